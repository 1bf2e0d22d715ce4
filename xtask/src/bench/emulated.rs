//! Instructions counted without counters: the clients and servers run in an emulated machine in which each instruction takes a nanosecond
//! (QEMU, -icount), so that the CPU time of a process is the number of its instructions, user and kernel.
//!
//! A machine has one core, which client and server share. Nothing in it depends on the load of the machine around it, so that there may be
//! several at one time.

use super::{
    place::prepare,
    tools::{Tools, folder},
};
use crate::{
    machine::{self, Hardware, Image},
    tools::which,
};
use std::{
    num::NonZero,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::{
        Mutex,
        mpsc::{Sender, channel},
    },
    thread::available_parallelism,
};

/// What lies before a line that is meant for the machine around.
pub const MARK: &str = "BENCH ";

/// Runs this program in machines, as many side by side as there are cores, in each with words of its own, and gives each line that they mark to
/// `heard`.
///
/// # Errors
/// When something is missing, or a machine ends without having said that it is done.
pub fn run_inside(tools: &Tools, each: &[Vec<String>], heard: &mut dyn FnMut(&str) -> Result<(), String>) -> Result<(), String> {
    let kernel = machine::ready()?;
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
    let image = write_image(tools, number, words)?;
    machine::run(kernel, &image, Hardware { cores: 1, counted: true }, &mut |line| {
        match line.split_once(MARK) {
            Some((_, "done")) => return Ok(ControlFlow::Break(())),
            Some((_, marked)) => told.send(Ok(marked.to_owned())).map_err(|_| "nobody listens".to_owned())?,
            None => eprintln!("  {line}"),
        }
        Ok(ControlFlow::Continue(()))
    })
}

/// Programs, what they serve, and a first process that runs this one.
fn write_image(tools: &Tools, number: usize, words: &[String]) -> Result<PathBuf, String> {
    let file = folder().join(format!("machine-{number}.cpio"));
    let files = folder().join("files");
    let mut image = Image::to(&file)?;
    for program in tools.paths()?.into_iter().chain(which("timeout")) {
        let name = program.file_name().ok_or("a program has a name")?.to_string_lossy().into_owned();
        image.program(&program, &format!("/bin/{name}"))?;
    }
    image.folder("files/tmp")?;
    for name in ["index.html", "cert.pem", "key.pem"] {
        image.copy(&files.join(name), &format!("/files/{name}"))?;
    }
    let words = words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" ");
    let script = format!(
        "busybox sysctl -q -w net.core.somaxconn=4096 net.ipv4.tcp_max_syn_backlog=4096\n\
         xtask {words} 2>&1\n"
    );
    image.end(&script)?;
    Ok(file)
}
