//! A machine of our own: Debian's kernel in QEMU, with an archive of programs as its whole file system, without network or disk.
//!
//! What runs in it has a kernel to itself, whatever the machine around is allowed to do.

mod cpio;
mod image;
mod kernel;

pub use image::Image;

use crate::tools::{install, workspace};
use std::{
    io::{BufRead, BufReader},
    ops::ControlFlow,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// What a machine is like.
#[derive(Clone, Copy, Debug)]
pub struct Hardware {
    pub cores: u32,
    /// Whether each instruction takes a nanosecond of its clock (-icount, one core only), so that CPU times are numbers of instructions.
    pub counted: bool,
}

/// Installs what machines need, and gives the kernel that they start.
///
/// # Errors
/// With what to install, where that takes rights that this user has not, and when the kernel can't be downloaded.
pub fn ready() -> Result<PathBuf, String> {
    install(&[("qemu-system-x86_64", "qemu-system-x86"), ("/bin/busybox", "busybox-static")])?;
    kernel::unpacked(&workspace().join("target/machine/kernel"))
}

/// Starts a machine from an image, and gives each line that it says to `heard`, until that has heard enough.
///
/// # Errors
/// When the machine can't be started, or ends before enough was heard.
pub fn run(
    kernel: &Path,
    image: &Path,
    hardware: Hardware,
    heard: &mut dyn FnMut(&str) -> Result<ControlFlow<()>, String>,
) -> Result<(), String> {
    let mut machine = Machine::start(kernel, image, hardware)?;
    let said = BufReader::new(machine.0.stdout.take().ok_or("QEMU is not heard")?);
    let mut last = String::new();
    for line in said.split(b'\n') {
        let line = line.map_err(|error| format!("QEMU can't be heard: {error}"))?;
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        if line.is_empty() {
            continue;
        }
        if heard(&line)?.is_break() {
            return Ok(());
        }
        last = line;
    }
    Err(format!("the emulated machine ended too early; it last said: {last}"))
}

/// A machine that runs until this is dropped.
struct Machine(Child);

impl Machine {
    fn start(kernel: &Path, image: &Path, hardware: Hardware) -> Result<Self, String> {
        let mut qemu = Command::new("qemu-system-x86_64");
        // Without fast string instructions: a processor counts one of them as one, QEMU each byte of it.
        qemu.args(["-machine", "pc", "-cpu", "max,-erms,-fsrm", "-m", "3072", "-smp"]).arg(hardware.cores.to_string());
        qemu.args(["-nodefaults", "-no-reboot", "-display", "none", "-serial", "stdio"]);
        if hardware.counted {
            qemu.args(["-icount", "shift=0,sleep=off"]);
        }
        qemu.arg("-kernel").arg(kernel).arg("-initrd").arg(image);
        qemu.args(["-append", "console=ttyS0 quiet panic=-1 mitigations=off tsc=reliable random.trust_cpu=on"]);
        let machine = qemu.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        machine.map(Self).map_err(|error| format!("QEMU can't be started: {error}"))
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // It has mostly ended by itself; both calls then do nothing.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}
