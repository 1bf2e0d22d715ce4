//! The signals alone.

use super::plimsoll;
use serde_json::Value;
use std::{
    io::Write,
    net::{TcpListener, TcpStream},
};

#[test]
fn a_server_is_found_by_its_port_and_its_connections_are_told_apart() {
    let home = tempfile::tempdir().unwrap();
    // This process is the server.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut clients: Vec<TcpStream> = (0..3).map(|_| TcpStream::connect(address).unwrap()).collect();
    clients[0].write_all(b"question").unwrap();
    let _accepted = listener.accept().unwrap();
    let said = plimsoll(home.path(), &["watch", &format!(":{}", address.port()), "-n", "1", "--json"], &[]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let seen: Value = serde_json::from_str(&said.stdout).unwrap();
    let number = |path: &str| seen.pointer(path).and_then(Value::as_f64).unwrap_or_else(|| panic!("{path}: {seen}"));
    assert_eq!((number("/sockets/unread"), number("/sockets/not_accepted")), (1.0, 2.0), "{seen}");
    assert!(number("/threads") >= 1.0 && number("/allotted_cores") > 0.0 && number("/resident_bytes") > 1e5, "{seen}");
    assert!(number("/files") <= number("/file_limit"), "{seen}");

    let process = std::process::id().to_string();
    let said = plimsoll(home.path(), &["watch", &process, "-n", "2"], &[]);
    let lines: Vec<&str> = said.stdout.lines().collect();
    assert!(said.code == Some(0) && lines.len() == 3 && lines[0].contains("mostly in"), "{}", said.stdout);
    drop(clients);
}

#[test]
fn nobody_there_is_said() {
    let home = tempfile::tempdir().unwrap();
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for (whom, part) in [
        (format!(":{free}"), "nothing that can be looked at"),
        ("2147483647".to_owned(), "nothing that can"),
        ("web".to_owned(), "neither"),
    ] {
        let said = plimsoll(home.path(), &["watch", &whom], &[]);
        assert!(said.code == Some(2) && said.stderr.contains(part) && said.stderr.contains(&whom), "{whom}: {}", said.stderr);
    }
}
