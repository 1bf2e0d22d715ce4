//! `cargo xtask groups`: that a budget binds where the machine at hand can't show it: with control groups of version 2, and where no group may be
//! written to.
//!
//! A kernel has its controllers in one version or the other, so the tests of targets and budgets run in a machine of our own: once as root with
//! version 2, once as a user without rights, whose targets are held by affinity and limits on each process.

use crate::{
    machine::{self, Hardware, Image},
    tools::{run, which, workspace},
};
use serde_json::Value;
use std::{
    ops::ControlFlow,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Programs that the tests start.
const PROGRAMS: [&str; 7] = ["sh", "sleep", "head", "tail", "setsid", "kill", "setpriv"];
/// The tests of one user take less than a minute; what hangs ends after so many seconds, and is then no test that passed.
const MOST_S: u32 = 300;
/// What each user runs. It stands where no repository does: with a folder of the same name above it that would hide it.
const CHECK: &str = "/bin/plimsoll-groups";
/// What the machine says when it is done.
const DONE: &str = "GROUPS done";
/// Before what is to be found in what one user's tests say.
const NOW: &str = "GROUPS as ";

/// Who runs the tests, by name and number, and what must then have been said to hold a target.
const USERS: [(&str, u32, &[&str]); 2] = [
    ("root", 0, &["cgroup v2 (cpuset, memory), affinity (core 0)", "held by [\"cgroup v2 (cpuset, cpu)\", \"affinity (core 0)\"]"]),
    ("nobody", 65_534, &["rlimit (address space of each process), affinity (core 0)", "held by [\"affinity (core 0)\"]"]),
];

/// Runs the tests of budgets in a machine.
pub fn check() -> Result<(), String> {
    let kernel = machine::ready()?;
    let tests = built()?;
    let file = workspace().join("target/machine/groups.cpio");
    write_image(&file, &tests)?;
    let mut heard: Vec<String> = Vec::new();
    machine::run(&kernel, &file, Hardware { cores: 2, counted: false }, &mut |line| {
        println!("  {line}");
        heard.push(line.to_owned());
        Ok(if line == DONE { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    judge(&heard, tests.binaries.len())
}

/// Each user's tests passed, and were held by what should hold them.
fn judge(heard: &[String], binaries: usize) -> Result<(), String> {
    for (user, _, words) in USERS {
        let begin = format!("{NOW}{user}");
        let said = heard.iter().skip_while(|line| **line != begin).skip(1).take_while(|line| !line.starts_with(NOW));
        // Long lines are broken, wherever that is.
        let said: Vec<&str> = said.map(|line| line.trim()).collect();
        let passed = said.iter().filter(|line| line.starts_with("test result: ok.") && !line.contains(" 0 passed")).count();
        if passed != binaries {
            return Err(format!("as {user}, {passed} of {binaries} test programs passed"));
        }
        let said = said.join(" ");
        if let Some(missing) = words.iter().find(|words| !said.contains(**words)) {
            return Err(format!("as {user}, nothing was {missing:?}"));
        }
    }
    Ok(())
}

/// What runs in the machine.
struct Tests {
    plimsoll: PathBuf,
    binaries: Vec<PathBuf>,
}

fn built() -> Result<Tests, String> {
    let cargo = || {
        let mut cargo = Command::new("cargo");
        cargo.current_dir(workspace());
        cargo
    };
    run(cargo().args(["build", "--release", "--bin", "plimsoll"]))?;
    let mut tests = cargo();
    tests.args(["test", "--release", "--test", "launch", "--test", "e2e", "--no-run", "--message-format", "json"]).stderr(Stdio::inherit());
    let output = tests.output().map_err(|error| format!("cargo can't be started: {error}"))?;
    let messages = String::from_utf8_lossy(&output.stdout).into_owned();
    let of = |name: &str| {
        let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let mut named = messages.filter(|message| message["target"]["name"] == name);
        let path = named.find_map(|message| Some(PathBuf::from(message["executable"].as_str()?)));
        path.ok_or_else(|| format!("cargo built no test {name:?}"))
    };
    let plimsoll = workspace().join("target/release/plimsoll").canonicalize().map_err(|error| format!("plimsoll is not built: {error}"))?;
    Ok(Tests { plimsoll, binaries: vec![of("launch")?, of("e2e")?] })
}

fn write_image(file: &Path, tests: &Tests) -> Result<(), String> {
    let mut image = Image::to(file)?;
    for name in PROGRAMS {
        image.program(&which(name).ok_or_else(|| format!("{name} is not there"))?, &format!("/bin/{name}"))?;
    }
    // The tests know the program by the path at which it was built.
    for program in tests.binaries.iter().chain([&tests.plimsoll]) {
        image.program(program, &program.display().to_string())?;
    }
    let [launch, e2e] = [0, 1].map(|index| tests.binaries[index].display());
    let plimsoll = tests.plimsoll.display();
    let find = format!("{plimsoll} find --start \"{plimsoll} lab pool --port {{port}}\" --cpus 1 --memory 256MiB --time 8s --no-tui");
    image.add(
        CHECK,
        &format!(
            "#!/bin/busybox sh\nexport PATH=/bin HOME=/tmp TMPDIR=/tmp\ncd /tmp\n\
             {launch} --test-threads=1\n\
             {e2e} budget:: --ignored --nocapture --test-threads=1\n\
             {find}\n"
        ),
    )?;
    let as_user = |(user, number, _): &(&str, u32, _)| {
        format!(
            "echo {NOW}{user}\nbusybox timeout -k 5 {MOST_S} /bin/setpriv --reuid {number} --regid {number} --clear-groups {CHECK} 2>&1\n"
        )
    };
    let each: String = USERS.iter().map(as_user).collect();
    image.end(&format!(
        "busybox mount -t cgroup2 g /sys/fs/cgroup\n\
         echo +cpuset +cpu +memory > /sys/fs/cgroup/cgroup.subtree_control\n\
         {each}echo {DONE}\n"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_without_a_passing_program_or_without_what_holds_it_is_found() {
        let said = |last: &str| {
            let mut lines = Vec::new();
            for (user, _, words) in USERS {
                lines.push(format!("{NOW}{user}"));
                lines.push("test result: ok. 3 passed; 0 failed".to_owned());
                lines.extend(words.iter().map(|words| format!("   {words}")));
            }
            lines.push(last.to_owned());
            lines
        };
        assert_eq!(judge(&said(DONE), 1), Ok(()));
        assert_eq!(judge(&said(DONE), 2).unwrap_err(), "as root, 1 of 2 test programs passed");
        let silent: Vec<String> = said(DONE).into_iter().filter(|line| !line.contains("cgroup v2 (cpuset, memory)")).collect();
        assert!(judge(&silent, 1).unwrap_err().starts_with("as root, nothing was \"cgroup v2"));
        let failed: Vec<String> = said(DONE).into_iter().take(5).collect();
        assert_eq!(judge(&failed, 1).unwrap_err(), "as nobody, 0 of 1 test programs passed");
    }
}
