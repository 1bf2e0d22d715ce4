//! A generator that is held back never yields a number that is sold as the target's.

use super::{quiet, quota::Quota, run::Run, spinner::Spinner};
use plimsoll::{
    lab::{LabSpec, READY_PREFIX, command_for},
    launch::{Launch, Ready, Target},
};
use plimsoll_core::finding::Word;
use std::time::Duration;

/// No search that ends for its generator takes longer.
const MOST: Duration = Duration::from_secs(30);
/// Who has a fiftieth of a core is late at everything: a pause of the whole machine that is put down to it costs fifty times as long. Such a run
/// is made again.
const TRIES: usize = 3;

fn assert_withheld(run: &Run, said: &str) {
    println!("{run}");
    let finding = run.finding();
    let line = &finding.load_line;
    assert_eq!((run.code, line.word, line.value), (Some(3), Word::Withheld, None), "{run}");
    assert!(finding.generator.findings.iter().any(|fault| fault.contains(said)), "{run}\n{:?}", finding.generator.findings);
    assert!(finding.generator.limited, "{run}");
}

#[test]
#[ignore = "puts load on a real process"]
fn a_core_that_is_shared_with_a_spinning_process() {
    let _spinner = Spinner::on(quiet::generators_core());
    for target in ["lab:pool", "lab:threads?wait=1ms", "lab:async?wait=100ms&cpu=1ms"] {
        let run = Run::find(target, &["--time", "20s"]);
        assert_withheld(&run, "core");
        assert!(run.took < MOST, "{run}");
    }
}

#[test]
#[ignore = "puts load on a real process"]
fn a_cpu_quota() {
    let others = (0..quiet::generators_core()).next_back().map(|core| vec![core]);
    let spec: LabSpec = "threads?wait=1ms".parse().expect("a specification");
    let launch =
        Launch { cpus: others, ..Launch::of(env!("CARGO_BIN_EXE_plimsoll"), command_for(&spec), Ready::Line(READY_PREFIX.to_owned())) };
    for share in [0.1, 0.02] {
        let quota = match Quota::of(share) {
            Ok(quota) => quota,
            Err(why) => return println!("skipped: {why}"),
        };
        let server = Target::start(&launch).expect("the server starts");
        let enter = quota.command();
        let timely = (0..TRIES).any(|_| {
            let run = Run::wrapped(&["sh", "-c", &enter, "sh"], &format!("http://{}/", server.address()), &["--time", "20s"]);
            assert_withheld(&run, "quota");
            run.took < MOST
        });
        assert!(timely, "no search with {share} of a core ended within {MOST:?}");
    }
}
