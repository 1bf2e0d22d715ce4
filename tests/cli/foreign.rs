//! The spellings of other load generators: taken where they mean the same, answered with the right one where they don't.

use super::{
    hold::{hold, is_well},
    plimsoll,
    server::{on_tcp, well},
};

#[test]
fn spellings_that_mean_the_same_are_taken() {
    let home = tempfile::tempdir().unwrap();
    let (address, seen) = on_tcp(None, well);
    let url = format!("http://{address}/");
    let few = ["--connections", "1", "--requests", "5"];
    for arguments in [
        // curl
        &["--request", "PUT", "--data", "a=b", "--header", "A: b", "--user", "ann:x", "--max-time", "2s"][..],
        // ab, hey, oha
        &["-m", "PUT", "-d", "a=b", "-H", "A: b", "-a", "ann:x", "--timeout", "2s", "--disable-keepalive"],
    ] {
        let before = seen.requests().len();
        let (code, held) = hold(home.path(), &[&[&*url], &few[..], arguments].concat());
        assert!(is_well(code, &held) && held.good == 5, "{arguments:?}: {code:?}: {held:?}");
        let asked = &seen.requests()[before];
        assert!(asked.head.starts_with("PUT / ") && asked.body == b"a=b", "{}", asked.head);
        assert_eq!((asked.field("a"), asked.field("authorization")), (Some("b"), Some("Basic YW5uOng=")));
    }
    // wrk2
    let (code, held) = hold(home.path(), &[&url, "-R", "50", "--duration", "1s", "-c", "5"]);
    assert!(is_well(code, &held) && held.good >= 45, "{code:?}: {held:?}");
}

#[test]
fn a_table_of_latencies_needs_no_asking() {
    let home = tempfile::tempdir().unwrap();
    let (address, _) = on_tcp(None, well);
    let said = plimsoll(home.path(), &["hold", &format!("http://{address}/"), "-n", "5", "-c", "1", "--latency"], &[]);
    assert!(matches!(said.code, Some(0 | 3)), "{}", said.stderr);
    assert!(said.stderr.contains("--latency can be left out"), "{}", said.stderr);
}

#[test]
fn a_wrong_spelling_is_usage_and_the_right_one_is_named() {
    let home = tempfile::tempdir().unwrap();
    let url = "http://127.0.0.1:9/";
    for (arguments, parts) in [
        (&["find", url, "-c", "64"][..], &["-c sets a load", "--max-users 64", "plimsoll hold TARGET -c 64"][..]),
        (&["hold", url, "-t", "4"], &["-t is", "--threads 4"]),
        (&["hold", url, "-s", "a.lua"], &["scripts are not in this version"]),
        (&["hold", url, "-disable-keepalive"], &["two dashes", "--disable-keepalive"]),
        (&["hold", url, "-cpus", "2"], &["--threads 2"]),
        (&["hold", url, "-d", "10s"], &["--body 10s", "looks like 10 s", "-z 10s", "-m POST"]),
        (&["hold", url, "-D", "10s"], &["--body-file 10s", "-z 10s"]),
        (&["hold", url, "-T", "2s"], &["--content-type", "--timeout 2s"]),
        (&["hold", url, "-m", "100"], &["--method", "--streams 100"]),
        (&["hold", url, "-k"], &["--insecure", "plain text", "kept alive"]),
    ] {
        let said = plimsoll(home.path(), arguments, &[]);
        assert_eq!(said.code, Some(2), "{arguments:?}: {}", said.stderr);
        assert!(said.stderr.starts_with("error: ") && said.stderr.contains("\n  try: "), "{arguments:?}: {}", said.stderr);
        for part in parts {
            assert!(said.stderr.contains(part), "{arguments:?} lacks {part:?}: {}", said.stderr);
        }
    }
}
