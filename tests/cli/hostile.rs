//! Targets that are not there, or that answer anything but what they should: exit code 4 and a sentence that says what was seen.

use super::plimsoll;
use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener},
    thread,
};

/// A listener that gives every connection these bytes for each request, then closes it. It lives as long as the test process.
fn answering(answer: &'static [u8]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || {
                let mut stream = stream;
                let mut request = [0; 4096];
                // A client that goes away early is no failure of this server.
                if stream.read(&mut request).is_ok_and(|n| n > 0) {
                    let _ = stream.write_all(answer);
                }
            });
        }
    });
    address
}

#[test]
fn a_target_that_is_broken_from_the_start_is_named_with_what_was_seen() {
    let home = tempfile::tempdir().unwrap();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (address, parts) in [
        (closed, &["nobody listens", "start the server"][..]),
        (answering(b"SSH-2.0-OpenSSH_9.2\r\n"), &["no HTTP", "check the port"]),
        (answering(b""), &["closes connections without an answer", "TLS"]),
        (answering(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), &["404 Not Found", "check the path"]),
        (answering(b"HTTP/1.1 500 Oh no\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), &["500 Oh no", "log of the server"]),
        (answering(b"HTTP/1.1 429 Slow down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), &["429 Slow down", "raise its limit"]),
        (answering(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort"), &["cuts its answers off"]),
    ] {
        let url = format!("http://{address}/shop");
        let said = plimsoll(home.path(), &["find", &url, "--time", "5s"], &[]);
        assert_eq!(said.code, Some(4), "{parts:?}: {}{}", said.stdout, said.stderr);
        let flat = said.stdout.replace('\n', " ");
        assert!(flat.contains("No number is given") && said.stderr.contains("error: "), "{flat}");
        assert!(said.stderr.contains(&address.to_string()), "{}", said.stderr);
        for part in parts {
            assert!(said.stderr.contains(part), "{parts:?}: {}", said.stderr);
        }
    }
}

#[test]
fn a_name_that_does_not_resolve_is_named() {
    let home = tempfile::tempdir().unwrap();
    let said = plimsoll(home.path(), &["find", "http://nowhere.invalid/"], &[]);
    assert_eq!(said.code, Some(4), "{}", said.stderr);
    assert!(said.stderr.contains("nowhere.invalid") && said.stderr.contains("spelling"), "{}", said.stderr);
}

#[test]
fn a_status_that_holds_escapes_does_not_steer_the_terminal() {
    let home = tempfile::tempdir().unwrap();
    let address = answering(b"HTTP/1.1 404 \x1b[2Jgone\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    let said = plimsoll(home.path(), &["find", &format!("http://{address}/"), "--time", "5s"], &[]);
    assert_eq!(said.code, Some(4), "{}", said.stderr);
    for text in [said.stdout, said.stderr] {
        assert!(!text.contains('\u{1b}'), "{text:?}");
    }
}

#[test]
fn a_status_that_holds_markup_is_text_in_a_page() {
    let home = tempfile::tempdir().unwrap();
    let page = home.path().join("page.html");
    let address = answering(b"HTTP/1.1 404 <script>alert(1)</script><img src=x>\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    let arguments = ["find", &format!("http://{address}/"), "--time", "5s", "--report", page.to_str().unwrap()];
    let said = plimsoll(home.path(), &arguments, &[]);
    assert_eq!(said.code, Some(4), "{}", said.stderr);
    let html = std::fs::read_to_string(&page).unwrap();
    assert!(html.contains("&#60;script&#62;alert(1)") && !html.contains("<script") && !html.contains("<img"), "{html}");
}

#[test]
fn secrets_are_neither_shown_nor_saved() {
    let home = tempfile::tempdir().unwrap();
    let result = home.path().join("result.json");
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://ann:s3cret@{closed}/?token=s3cret");
    let arguments = ["find", &url, "-H", "Authorization: Bearer s3cret", "--time", "5s", "--save", result.to_str().unwrap()];
    let said = plimsoll(home.path(), &arguments, &[]);
    assert_eq!(said.code, Some(4), "{}", said.stderr);
    let saved = std::fs::read_to_string(&result).unwrap();
    for text in [&said.stdout, &said.stderr, &saved] {
        assert!(!text.contains("s3cret"), "{text}");
    }
    assert!(saved.contains("REDACTED"));
}
