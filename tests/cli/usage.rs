//! What can't be is refused before anything is sent, with the value, its place and the remedy.

use super::plimsoll;

#[test]
fn bad_input_is_named_with_its_place_and_the_remedy() {
    let home = tempfile::tempdir().unwrap();
    let url = "http://127.0.0.1:9/";
    for (arguments, parts) in [
        (&["find", url, "--slo", "p99<banana"][..], &["--slo", "banana", "250ms"][..]),
        (&["find", url, "--slo", "p99<20s"], &["--slo", "p99<20s", "10 s", "--timeout"]),
        (&["find", url, "--slo", "p99<1s", "--slo", "p99<2s"], &["p99<2s", "second limit"]),
        (&["find", url, "--by", "rate", "--think", "1s"], &["--think", "--by rate", "leave --think out"]),
        (&["find", url, "--by", "rate", "--max-users", "9"], &["--max-users", "--max-rate"]),
        (&["find", url, "--max-rate", "9"], &["--max-rate", "--by users", "--max-users"]),
        (&["find", url, "--time", "1s"], &["--time 1s", "5 s", "60 min"]),
        (&["find", url, "--time", "60"], &["--time", "\"60\"", "250ms"]),
        (&["find", url, "--tolerance", "90%"], &["--tolerance 90%", "0.5%", "50%"]),
        (&["find", url, "--timeout", "0s"], &["--timeout 0s", "1 ms"]),
        (&["find", url, "--threads", "0"], &["--threads 0", "whole number from 1"]),
        (&["find", url, "--threads", "200"], &["--threads 200", "fewer --threads"]),
        (&["find", url, "--watch", "web"], &["--watch", "\"web\"", ":8080"]),
        (&["find", url, "--side-path", "health"], &["--side-path", "\"health\"", "/health"]),
        (&["find", "lab:pool", "--side-path", "/health"], &["--side-path", "lab:"]),
        (&["find", url, "--watch", ":8080", "--no-watch"], &["--watch", "--no-watch"]),
        (&["find", url, "--watch", "2147483647"], &["--watch", "no process"]),
        (&["find", url, "--max-users", "1.5"], &["--max-users 1.5", "whole number"]),
        (&["find", url, "--cpus", "1"], &["--cpus", "runs already", "lab:"]),
        (&["find", "lab:pool", "--cpus", "900"], &["--cpus 900"]),
        (&["find", "lab:pool", "--cpus", "0"], &["--cpus 0", "0.05"]),
        (&["find", "lab:pool", "--memory", "1KiB"], &["--memory 1KiB", "4 MiB"]),
        (&["find", "lab:pool", "--memory", "much"], &["--memory", "much", "64KiB"]),
        (&["find", url, "--memory", "1GiB"], &["--memory", "runs already", "--start"]),
        (&["find", url, "--ready", "/up"], &["--ready", "--start"]),
        (&["find", "--start", "app 'x"], &["--start", "quote"]),
        (&["find", "--start", ""], &["--start", "no command"]),
        (&["find", "--start", "cd x && app {port}"], &["--start", "\"&&\"", "sh -c"]),
        (&["find", "--start", "app"], &["--start", "{port}", "env PORT="]),
        (&["find", "lab:pool", "--start", "app {port}"], &["lab:pool", "listens"]),
        (&["find", "--start", "app {port}", "--ready", "up"], &["--ready", "\"up\"", "/health"]),
        (&["find", "--start", "app {port}", "--ready-within", "1h"], &["--ready-within 1h", "100 ms", "10 min"]),
        (&["find", "--start", "app {port}", "--unix-socket", "/t"], &["--unix-socket", "TCP"]),
        (&["find", "--start", "app {port}", "-k"], &["--insecure", "plain text"]),
        (&["find", url, "-m", "GET /"], &["--method", "GET /"]),
        (&["find", url, "-m", "CONNECT"], &["--method", "CONNECT"]),
        (&["find", url, "-H", "nonsense"], &["--header", "nonsense", "Name: value"]),
        (&["find", url, "-H", "Content-Length: 3"], &["Content-Length", "leave it out"]),
        (&["find", url, "-T", "text/plain"], &["--content-type", "text/plain", "-d"]),
        (&["find", url, "-d", "x", "-T", "a/b", "-H", "content-type: c/d"], &["--content-type", "only one"]),
        (&["find", "localhost:8080"], &["localhost:8080", "http://localhost:8080"]),
        (&["find", "127.0.0.1"], &["127.0.0.1", "http://127.0.0.1"]),
        (&["find", "wss://example.org/"], &["wss", "not in this version", "https://"]),
        (&["find", "http://"], &["http://", "lab:pool"]),
        (&["find", "unix:"], &["names no socket"]),
        (&["find", "unix:/s", "--unix-socket", "/t"], &["--unix-socket", "does nothing here"]),
        (&["find", "unix:/s", "--source", "127.0.0.2"], &["--source", "neither ports nor addresses"]),
        (&["find", "unix:/s", "-4"], &["--ipv4", "neither ports nor addresses"]),
        (&["find", url, "--cacert", "/a"], &["--cacert", "plain text", "https://"]),
        (&["find", "https://h/", "-k", "--cacert", "/a"], &["--cacert", "--insecure", "only one"]),
        (&["find", "https://h/", "--key", "/a"], &["--key /a", "--cert FILE"]),
        (&["find", url, "--streams", "5"], &["--streams", "--http2"]),
        (&["find", url, "--http2", "--streams", "0"], &["--streams 0", "whole number"]),
        (&["find", url, "--http2", "--no-keepalive"], &["--no-keepalive", "--http2"]),
        (&["find", "lab:pool", "--http2"], &["--http2", "HTTP/1.1 in plain text"]),
        (&["find", "lab:pool", "-k"], &["--insecure", "does nothing here"]),
        (&["find", "lab:pool", "-L"], &["--location", "does nothing here"]),
        (&["find", url, "--connect-to", "a:b"], &["--connect-to", "HOST:PORT:ADDR:PORT"]),
        (&["find", url, "--connect-to", "other:80:127.0.0.1:80"], &["--connect-to", "127.0.0.1:9", "no entry"]),
        (&["find", url, "--resolve", "a:80:nowhere"], &["--resolve", "nowhere", "no IP address"]),
        (&["find", url, "--resolve", "a:80:127.0.0.1"], &["--resolve", "127.0.0.1:9", "no entry"]),
        (&["find", url, "--source", "eth0"], &["--source", "eth0", "127.0.0.2-9"]),
        (&["find", url, "--source", "127.0.0.1,::1"], &["--source", "different families"]),
        (&["find", url, "--source", "::1", "-4"], &["--source ::1", "IPv4"]),
        (&["find", url, "-4", "-6"], &["--ipv4", "--ipv6", "contradict"]),
        (&["find", url, "-d", "x", "-D", "/a"], &["--body", "--body-file /a", "two bodies"]),
        (&["find", url, "-D", "/no/such/body"], &["/no/such/body", "No such file"]),
        (&["find", url, "-a", "ann"], &["--basic-auth", "USER:PASSWORD"]),
        (&["find", url, "-a", "a:b", "-H", "authorization: c"], &["--basic-auth", "only one"]),
        (&["find", "http://a:b@h/", "-a", "a:b"], &["--basic-auth", "REDACTED", "only one"]),
        (&["find", "lab:poll"], &["poll", "pool"]),
        (&["find", "lab:pool?workers=many"], &["many", "workers"]),
        (&["find", url, "-o", "/"], &["saved to /", "directory"]),
        (&["find", url, "-o", "/proc/no/such/out.json"], &["/proc/no/such/out.json", "--save FILE"]),
        (&["report", "/no/such/file"], &["/no/such/file", "--save"]),
    ] {
        let said = plimsoll(home.path(), arguments, &[]);
        assert_eq!(said.code, Some(2), "{arguments:?}: {}", said.stderr);
        assert!(said.stderr.starts_with("error: ") && said.stdout.is_empty(), "{arguments:?}: {}", said.stderr);
        for part in parts {
            assert!(said.stderr.contains(part), "{arguments:?} lacks {part:?}: {}", said.stderr);
        }
    }
}

#[test]
fn what_clap_refuses_is_usage_too_and_help_is_none() {
    let home = tempfile::tempdir().unwrap();
    for arguments in [&["find"][..], &["find", "lab:pool", "--no-such-flag"], &["nonsense"], &[]] {
        assert_eq!(plimsoll(home.path(), arguments, &[]).code, Some(2), "{arguments:?}");
    }
    for arguments in [&["--help"][..], &["find", "--help"], &["--version"]] {
        let said = plimsoll(home.path(), arguments, &[]);
        assert_eq!(said.code, Some(0), "{arguments:?}");
        assert!(said.stdout.contains("plimsoll"), "{}", said.stdout);
    }
}

#[test]
fn the_environment_stands_in_for_flags_and_is_named_and_overruled_by_them() {
    let home = tempfile::tempdir().unwrap();
    let said = plimsoll(home.path(), &["find", "lab:pool"], &[("PLIMSOLL_TIME", "1x")]);
    assert_eq!(said.code, Some(2));
    assert!(said.stderr.contains("PLIMSOLL_TIME") && said.stderr.contains("1x"), "{}", said.stderr);
    let said = plimsoll(home.path(), &["find", "lab:pool", "--time", "2s"], &[("PLIMSOLL_TIME", "1x")]);
    assert!(said.stderr.contains("--time 2s"), "{}", said.stderr);
    let said = plimsoll(home.path(), &["find", "lab:pool"], &[("PLIMSOLL_SLO", "p99<1s,p95<banana")]);
    assert!(said.stderr.contains("PLIMSOLL_SLO") && said.stderr.contains("banana"), "{}", said.stderr);
}

#[test]
fn a_state_directory_that_can_not_be_written_to_is_said_before_any_load() {
    let home = tempfile::tempdir().unwrap();
    let blocked = home.path().join("blocked");
    std::fs::write(&blocked, "").unwrap();
    let blocked = blocked.to_str().unwrap();
    let said = plimsoll(home.path(), &["find", "http://127.0.0.1:9/"], &[("XDG_STATE_HOME", blocked), ("TMPDIR", blocked)]);
    assert_eq!(said.code, Some(1), "{}", said.stderr);
    assert!(said.stderr.contains(blocked) && said.stderr.contains("XDG_STATE_HOME"), "{}", said.stderr);
}

#[test]
fn what_this_machine_allows_is_said_as_text_and_as_json() {
    let home = tempfile::tempdir().unwrap();
    let said = plimsoll(home.path(), &["doctor"], &[]);
    // Whoever can run the other tests of this file can measure.
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert!(said.stdout.contains("file descriptors") && said.stdout.contains("connections at one time"), "{}", said.stdout);
    let said = plimsoll(home.path(), &["doctor", "--json"], &[]);
    let document: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!(document["schema"], "plimsoll.doctor/1");
    let checks = document["checks"].as_array().unwrap();
    assert!(checks.iter().any(|check| check["name"] == "kernel" && check["state"] == "good"), "{checks:?}");
    assert!(checks.iter().filter(|check| check["state"] == "short").all(|check| check["remedy"].is_string()), "{checks:?}");
}

#[test]
fn the_truth_of_a_reference_server_is_printed() {
    let home = tempfile::tempdir().unwrap();
    let said = plimsoll(home.path(), &["lab", "pool?workers=7", "--truth"], &[]);
    assert_eq!(said.code, Some(0));
    assert!(said.stdout.contains("knee") && said.stdout.contains(" 7"), "{}", said.stdout);
    assert_eq!(plimsoll(home.path(), &["lab", "poll"], &[]).code, Some(2));
}
