//! Very many connections from one process.

use super::quiet;
use plimsoll_core::finding::Hold;
use std::process::{Command, Stdio};

const CONNECTIONS: u32 = 15_000;

/// Under a soft limit that has to be raised first. The server computes nothing: one that is busy with requests accepts nobody meanwhile, and its
/// backlog runs over.
fn hold() -> Result<Hold, String> {
    let home = tempfile::tempdir().expect("a directory");
    let connections = CONNECTIONS.to_string();
    let output = Command::new("sh")
        .args(["-c", "ulimit -Hn 20000 && ulimit -Sn 256 && exec \"$@\"", "sh", env!("CARGO_BIN_EXE_plimsoll")])
        .args(["hold", "lab:async?wait=4s&cpu=0", "-c", &connections, "-z", "10s", "--timeout", "30s", "--json"])
        .env("HOME", home.path())
        .stdin(Stdio::null())
        .output()
        .expect("a shell");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if said.contains("ulimit") {
        return Err(said);
    }
    Ok(serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {said}")))
}

#[test]
#[ignore = "puts load on a real process"]
fn fifteen_thousand_connections_fit_under_twenty_thousand_file_descriptors() {
    quiet::wait_for_quiet();
    let hold = match hold() {
        Ok(hold) => hold,
        Err(why) => return println!("skipped: this system does not allow so many: {why}"),
    };
    let opened = hold.phases.as_ref().and_then(|phases| phases.connect.as_ref()).map(|connect| connect.n);
    // Each is opened once, none is turned away by a full backlog, and all are in use to the end.
    assert_eq!((hold.users, opened), (Some(CONNECTIONS), Some(u64::from(CONNECTIONS))));
    assert_eq!((hold.errors.total(), hold.not_sent.total()), (0, 0), "{:?}", hold.errors);
    assert!(hold.good > 0 && hold.in_flight == u64::from(CONNECTIONS), "{} answers, {} in flight", hold.good, hold.in_flight);
    let files = hold.generator.files.expect("file descriptors are counted");
    assert!(files.limit == 20_000 && (u64::from(CONNECTIONS)..20_000).contains(&files.open), "{files:?}");
}
