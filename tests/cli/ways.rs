//! What is sent, and the ways that it goes: sockets, other addresses, other sources, kept connections or none.

use super::{
    hold::{hold, is_well},
    plimsoll,
    server::{on_tcp, on_unix, well},
};
use assert_cmd::{Command, cargo::cargo_bin};
use std::{fs, net::TcpListener};

const FEW: [&str; 4] = ["-n", "10", "-c", "2"];

#[test]
fn a_unix_socket_is_a_target_and_a_way_to_one() {
    let home = tempfile::tempdir().unwrap();
    let socket = home.path().join("socket");
    let seen = on_unix(&socket, None, well);
    let socket = socket.to_str().unwrap();
    for arguments in [&[&*format!("unix:{socket}:/shop?a=b")][..], &["http://shop.test/shop?a=b", "--unix-socket", socket]] {
        let (code, held) = hold(home.path(), &[arguments, &FEW].concat());
        assert!(is_well(code, &held) && held.good == 10, "{arguments:?}: {code:?}: {held:?}");
    }
    let asked = seen.requests();
    assert_eq!((asked[0].path(), asked[0].field("host")), ("/shop?a=b", Some("localhost")));
    assert_eq!((asked[10].path(), asked[10].field("host")), ("/shop?a=b", Some("shop.test")));
    let target = format!("unix:{socket}");
    let said = plimsoll(home.path(), &["find", &target, "--time", "5s", "--max-users", "2", "--no-overshoot"], &[]);
    assert!(matches!(said.code, Some(0 | 3)) && said.stdout.contains(&target), "{}{}", said.stdout, said.stderr);
}

#[test]
fn a_socket_that_nobody_listens_on_is_named() {
    let home = tempfile::tempdir().unwrap();
    let said = plimsoll(home.path(), &["hold", &format!("unix:{}", home.path().join("none").display()), "-n", "5"], &[]);
    assert_eq!(said.code, Some(4), "{}", said.stderr);
    assert!(said.stderr.contains("/none"), "{}", said.stderr);
}

#[test]
fn connections_go_where_they_are_sent() {
    let home = tempfile::tempdir().unwrap();
    let (address, seen) = on_tcp(None, well);
    let url = format!("http://shop.test:{}/", address.port());
    let given = format!("shop.test:{}:127.0.0.1", address.port());
    let any = format!("*:{}:127.0.0.1", address.port());
    let instead = format!("shop.test:80:{address}");
    let all = format!("::{address}");
    for arguments in [
        &[&url, "--resolve", &given][..],
        &[&url, "--resolve", &any, "-4"],
        &["http://shop.test/", "--connect-to", &instead],
        &["http://shop.test/", "--connect-to", &all],
    ] {
        let before = seen.requests().len();
        let (code, held) = hold(home.path(), &[arguments, &FEW].concat());
        assert!(is_well(code, &held) && held.good == 10, "{arguments:?}: {code:?}: {held:?}");
        let host = seen.requests()[before].field("host").unwrap().to_owned();
        assert!(host.starts_with("shop.test"), "{host}");
    }
    // Where connections really go is named with what was asked for.
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let said = plimsoll(home.path(), &["hold", "http://shop.test/", "--connect-to", &format!("::{closed}"), "-n", "5"], &[]);
    assert_eq!(said.code, Some(4), "{}", said.stderr);
    assert!(said.stderr.contains(&format!("nobody listens at {closed} (shop.test:80)")), "{}", said.stderr);
}

#[test]
fn a_family_without_an_address_is_said() {
    let home = tempfile::tempdir().unwrap();
    let said = plimsoll(home.path(), &["find", "http://127.0.0.1:9/", "-6"], &[]);
    assert_eq!(said.code, Some(4), "{}", said.stderr);
    assert!(said.stderr.contains("127.0.0.1 has no IPv6 address"), "{}", said.stderr);
}

#[test]
fn connections_come_from_the_sources_in_turn() {
    let home = tempfile::tempdir().unwrap();
    let (address, seen) = on_tcp(None, well);
    let url = format!("http://{address}/");
    let (code, held) = hold(home.path(), &[&url, "--source", "127.0.0.7,127.0.0.10-11", "--no-keepalive", "-n", "60", "-c", "1"]);
    assert!(is_well(code, &held) && held.good == 60, "{code:?}: {held:?}");
    let mut from: Vec<String> = seen.requests().iter().map(|asked| asked.from.unwrap().to_string()).collect();
    from.sort();
    from.dedup();
    assert_eq!(from, ["127.0.0.10", "127.0.0.11", "127.0.0.7"]);
    // 192.0.2.0/24 is nobody's (RFC 5737).
    let said = plimsoll(home.path(), &["find", &url, "--source", "192.0.2.1"], &[]);
    assert_eq!(said.code, Some(2), "{}", said.stderr);
    assert!(said.stderr.contains("192.0.2.1") && said.stderr.contains("--source"), "{}", said.stderr);
}

#[test]
fn a_body_comes_from_the_command_line_a_file_or_standard_input() {
    let home = tempfile::tempdir().unwrap();
    let (address, seen) = on_tcp(None, well);
    let url = format!("http://{address}/");
    let body: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let path = home.path().join("body");
    fs::write(&path, &body).unwrap();
    let path = path.to_str().unwrap();
    let at = format!("@{path}");
    for arguments in [&["-D", path][..], &["-d", &at], &["--data-binary", &at, "-X", "PUT"], &["--body-file", path, "-T", "a/b"]] {
        let before = seen.requests().len();
        let (code, held) = hold(home.path(), &[&[&*url], arguments, &FEW].concat());
        assert!(is_well(code, &held) && held.good == 10, "{arguments:?}: {code:?}: {held:?}");
        let asked = &seen.requests()[before];
        assert!(asked.body == body && !asked.head.starts_with("GET"), "{arguments:?}: {}", asked.head);
    }
    let mut command = Command::new(cargo_bin!("plimsoll"));
    command.env_clear().env("HOME", home.path()).args(["hold", &url, "-D", "-"]).args(FEW).write_stdin("from afar");
    command.output().unwrap();
    assert_eq!(seen.requests().last().unwrap().body, b"from afar");
    let said = plimsoll(home.path(), &["find", &url, "-D", "/dev/zero"], &[]);
    assert_eq!(said.code, Some(2), "{}", said.stderr);
    assert!(said.stderr.contains("/dev/zero") && said.stderr.contains("64 MiB"), "{}", said.stderr);
}

#[test]
fn credentials_are_sent_and_neither_shown_nor_saved() {
    let home = tempfile::tempdir().unwrap();
    let result = home.path().join("result.json");
    let (address, seen) = on_tcp(None, well);
    let url = format!("http://{address}/");
    for (spelled, environment) in
        [(&["-a", "ann:s3cret"][..], None), (&["-kLuann:s3cret"], None), (&["--user=ann:s3cret"], None), (&[], Some("ann:s3cret"))]
    {
        let before = seen.requests().len();
        // -k and -L are of no use without TLS or redirects, but a cluster may hold them: -L makes both possible.
        let arguments = [&["hold", &url, "--save", result.to_str().unwrap()], &FEW[..], spelled].concat();
        let environment: Vec<(&str, &str)> = environment.map(|pair| ("PLIMSOLL_BASIC_AUTH", pair)).into_iter().collect();
        let said = plimsoll(home.path(), &arguments, &environment);
        assert!(matches!(said.code, Some(0 | 3)), "{spelled:?}: {}", said.stderr);
        // "ann:s3cret"
        assert_eq!(seen.requests()[before].field("authorization"), Some("Basic YW5uOnMzY3JldA=="), "{spelled:?}");
        let saved = fs::read_to_string(&result).unwrap();
        for text in [&said.stdout, &said.stderr, &saved] {
            assert!(!text.contains("s3cret") && !text.contains("YW5uOnMzY3JldA"), "{text}");
        }
        fs::remove_file(&result).unwrap();
    }
}

#[test]
fn connections_are_kept_unless_they_are_not_to_be() {
    let home = tempfile::tempdir().unwrap();
    for (flags, connections) in [(&[][..], 1), (&["--no-keepalive"], 10), (&["--disable-keepalive"], 10)] {
        let (address, seen) = on_tcp(None, well);
        let url = format!("http://{address}/");
        let (code, held) = hold(home.path(), &[&[&*url, "-n", "10", "-c", "1"], flags].concat());
        assert!(is_well(code, &held) && held.good == 10, "{flags:?}: {code:?}: {held:?}");
        assert_eq!((seen.requests().len(), seen.connections()), (10, connections), "{flags:?}");
    }
}
