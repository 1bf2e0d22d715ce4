//! Instructions counted without counters: the clients and servers run in an emulated machine in which each instruction takes a nanosecond
//! (QEMU, -icount), so that the CPU time of a process is the number of its instructions, user and kernel.
//!
//! A machine has one core, which client and server share. Nothing in it depends on the load of the machine around it, so that there may be
//! several at one time.

use super::{
    cpio::Archive,
    place::prepare,
    tools::{Tools, folder},
};
use crate::tools::{install, run, which};
use std::{
    fs::{self, File},
    io::{BufRead, BufReader, BufWriter},
    num::NonZero,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Mutex,
        mpsc::{Sender, channel},
    },
    thread::available_parallelism,
};

/// The kernel of the machine: Debian's package of this name.
const KERNEL: &str = "linux-image-cloud-amd64";

/// What lies before a line that is meant for the machine around.
pub const MARK: &str = "BENCH ";

/// Runs this program in machines, as many side by side as there are cores, in each with words of its own, and gives each line that they mark to
/// `heard`.
///
/// # Errors
/// When something is missing, or a machine ends without having said that it is done.
pub fn run_inside(tools: &Tools, each: &[Vec<String>], heard: &mut dyn FnMut(&str) -> Result<(), String>) -> Result<(), String> {
    install(&[("qemu-system-x86_64", "qemu-system-x86"), ("/bin/busybox", "busybox-static")])?;
    let kernel = kernel()?;
    prepare(&folder().join("files"))?;
    let at_one_time = available_parallelism().map_or(1, NonZero::get).min(each.len());
    let waiting = Mutex::new(each.iter().enumerate());
    let next = || waiting.lock().ok()?.next();
    let (told, lines) = channel();
    std::thread::scope(|scope| {
        for _ in 0..at_one_time {
            let (told, kernel, next) = (told.clone(), &kernel, &next);
            scope.spawn(move || {
                while let Some((number, words)) = next() {
                    if let Err(why) = run_one(tools, kernel, number, words, &told) {
                        // Nobody listens any more where another machine failed first.
                        drop(told.send(Err(why)));
                        return;
                    }
                }
            });
        }
        drop(told);
        // A failure ends the listening, and with it each machine at the next line that it says.
        lines.into_iter().try_for_each(|line| heard(&line?))
    })
}

/// Runs this program in the machine of this number.
fn run_one(tools: &Tools, kernel: &Path, number: usize, words: &[String], told: &Sender<Result<String, String>>) -> Result<(), String> {
    let image = folder().join(format!("machine-{number}.cpio"));
    write_image(tools, words, &image).map_err(|error| format!("can't write {}: {error}", image.display()))?;
    let mut machine = Machine::start(kernel, &image)?;
    let stdout = machine.0.stdout.take().ok_or("QEMU is not heard")?;
    listen(BufReader::new(stdout), &mut |line| told.send(Ok(line.to_owned())).map_err(|_| "nobody listens".to_owned()))
}

/// A machine that runs until this is dropped.
struct Machine(Child);

impl Machine {
    fn start(kernel: &Path, image: &Path) -> Result<Self, String> {
        let mut qemu = Command::new("qemu-system-x86_64");
        // Without fast string instructions: a processor counts one of them as one, QEMU each byte of it.
        qemu.args(["-machine", "pc", "-cpu", "max,-erms,-fsrm", "-smp", "1", "-m", "3072"]);
        qemu.args(["-nodefaults", "-no-reboot", "-display", "none"]);
        qemu.args(["-serial", "stdio", "-icount", "shift=0,sleep=off", "-kernel"]).arg(kernel).arg("-initrd").arg(image);
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

fn listen(lines: impl BufRead, heard: &mut dyn FnMut(&str) -> Result<(), String>) -> Result<(), String> {
    let mut last = String::new();
    for line in lines.split(b'\n') {
        let line = line.map_err(|error| format!("QEMU can't be heard: {error}"))?;
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        match line.split_once(MARK) {
            Some((_, "done")) => return Ok(()),
            Some((_, told)) => heard(told)?,
            None if line.trim().is_empty() => {}
            None => {
                eprintln!("  {line}");
                last = line;
            }
        }
    }
    Err(format!("the emulated machine ended too early; it last said: {last}"))
}

/// The kernel, unpacked from Debian's package, which is not installed.
fn kernel() -> Result<PathBuf, String> {
    let unpacked = folder().join("kernel");
    if let Some(kernel) = kernel_in(&unpacked) {
        return Ok(kernel);
    }
    fs::create_dir_all(&unpacked).map_err(|error| format!("can't make {}: {error}", unpacked.display()))?;
    // The package is empty but for the name of the one that holds the present version.
    let output = Command::new("apt-cache").args(["depends", KERNEL]).output().map_err(|error| format!("apt-cache: {error}"))?;
    let depends = String::from_utf8_lossy(&output.stdout).into_owned();
    let package = depends.lines().find_map(|line| line.trim().strip_prefix("Depends: linux-image-"));
    let package = package.ok_or_else(|| format!("Debian's package {KERNEL} is not known here: apt-get update"))?;
    run(Command::new("apt-get").current_dir(&unpacked).args(["download", &format!("linux-image-{package}")]))?;
    let deb = entries(&unpacked).into_iter().find(|path| path.extension().is_some_and(|extension| extension == "deb"));
    run(Command::new("dpkg-deb").arg("-x").arg(deb.ok_or("apt-get downloaded nothing")?).arg(&unpacked))?;
    kernel_in(&unpacked).ok_or_else(|| format!("{package} holds no kernel"))
}

fn kernel_in(unpacked: &Path) -> Option<PathBuf> {
    entries(&unpacked.join("boot"))
        .into_iter()
        .find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("vmlinuz")))
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}

/// Programs, the libraries that they need, and a first process that runs this one.
fn write_image(tools: &Tools, words: &[String], image: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let files = folder().join("files");
    let mut archive = Archive::to(BufWriter::new(File::create(image)?));
    for empty in ["proc", "sys", "dev", "tmp", "files/tmp"] {
        archive.folder(empty)?;
    }
    let mut libraries = Vec::new();
    for program in tools.paths()?.into_iter().chain(which("timeout")) {
        let name = program.file_name().ok_or("a program has a name")?.to_string_lossy().into_owned();
        archive.copy(&program, &format!("/bin/{name}"))?;
        libraries.extend(libraries_of(&program)?);
    }
    libraries.sort();
    libraries.dedup();
    for library in libraries {
        archive.copy(Path::new(&library), &library)?;
    }
    for file in ["index.html", "cert.pem", "key.pem"] {
        archive.copy(&files.join(file), &format!("/files/{file}"))?;
    }
    archive.copy(Path::new("/bin/busybox"), "/bin/busybox")?;
    archive.add("/etc/passwd", b"root:x:0:0:root:/:/bin/sh\n")?;
    archive.add("/etc/group", b"root:x:0:\n")?;
    let words = words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" ");
    let init = format!(
        "#!/bin/busybox sh\n\
         export PATH=/bin\n\
         busybox mount -t proc p /proc; busybox mount -t sysfs s /sys; busybox mount -t devtmpfs d /dev; busybox mount -t tmpfs t /tmp\n\
         busybox ip link set lo up\n\
         ulimit -n 20000\n\
         busybox sysctl -q -w net.core.somaxconn=4096 net.ipv4.tcp_max_syn_backlog=4096\n\
         xtask {words} 2>&1\n\
         busybox poweroff -f\n"
    );
    archive.add("/init", init.as_bytes())?;
    archive.end()?;
    Ok(())
}

/// The libraries that the loader would map for a program, by path.
fn libraries_of(program: &Path) -> Result<Vec<String>, String> {
    let output = Command::new("ldd").arg(program).output().map_err(|error| format!("ldd can't be started: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(text.split_whitespace().filter(|word| word.starts_with('/')).map(str::to_owned).collect())
}
