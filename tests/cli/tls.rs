//! https:// from outside: whom the tool trusts, who it says it is, and what it says when a handshake fails.

use super::{
    hold::{hold, is_well},
    papers::Authority,
    plimsoll, schema,
    server::{on_tcp, on_unix, well},
};
use plimsoll_core::finding::Finding;
use std::{fs, path::Path};

/// The text in a file, by its path.
fn file(home: &Path, name: &str, text: &str) -> String {
    let path = home.join(name);
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_server_whose_authority_is_trusted_is_measured() {
    let (home, authority) = (tempfile::tempdir().unwrap(), Authority::new());
    let (address, seen) = on_tcp(Some(authority.server("shop.test", None)), well);
    let ca = file(home.path(), "ca.pem", &authority.pem);
    let to = format!("shop.test:443:{address}");
    for trust in [&["--cacert", &ca][..], &["-k"]] {
        let (code, held) = hold(home.path(), &[&["https://shop.test/a", "--connect-to", &to, "-n", "20", "-c", "2"], trust].concat());
        assert!(is_well(code, &held) && held.good == 20, "{trust:?}: {code:?}: {held:?}");
    }
    let asked = &seen.requests()[0];
    assert_eq!((asked.path(), asked.field("host")), ("/a", Some("shop.test")));
    assert_eq!(seen.requests().len(), 40);
}

#[test]
fn a_search_goes_over_tls_too() {
    let (home, authority) = (tempfile::tempdir().unwrap(), Authority::new());
    let (address, _) = on_tcp(Some(authority.server("localhost", None)), well);
    let ca = file(home.path(), "ca.pem", &authority.pem);
    let url = format!("https://localhost:{}/", address.port());
    let said = plimsoll(home.path(), &["find", &url, "--cacert", &ca, "--time", "5s", "--max-users", "2", "--no-overshoot", "--json"], &[]);
    // 3: beside the other tests the generator may not have had its core to itself.
    assert!(matches!(said.code, Some(0 | 3)), "{}{}", said.stdout, said.stderr);
    let finding: Finding = schema::read(&said.stdout).unwrap();
    assert!(finding.steps.iter().all(|step| step.good > 100 && step.errors.total() == 0), "{}", said.stdout);
}

#[test]
fn a_certificate_that_is_not_taken_is_a_broken_target_with_the_remedy() {
    let (home, authority) = (tempfile::tempdir().unwrap(), Authority::new());
    let (address, _) = on_tcp(Some(authority.server("shop.test", None)), well);
    let other = file(home.path(), "other.pem", &Authority::new().pem);
    let ca = file(home.path(), "ca.pem", &authority.pem);
    let to = |name: &str| format!("{name}:443:{address}");
    for (name, ca, parts) in [
        ("shop.test", &other, &["nobody who is trusted", "shop.test:443", "--cacert FILE", "-k"][..]),
        ("shop.example", &ca, &["for another name", "shop.example:443", "--connect-to"]),
    ] {
        let url = format!("https://{name}/");
        for command in [&["find", "--time", "5s"][..], &["hold", "-n", "5"]] {
            let said = plimsoll(home.path(), &[command, &[&url, "--connect-to", &to(name), "--cacert", ca]].concat(), &[]);
            // A search blames nobody while other tests keep the generator from its core.
            if command[0] == "find" && said.code == Some(3) {
                assert!(said.stdout.contains("the generator was the limit"), "{}", said.stdout);
                continue;
            }
            assert_eq!(said.code, Some(4), "{command:?} {name}: {}{}", said.stdout, said.stderr);
            for part in parts {
                assert!(said.stderr.contains(part), "{command:?} lacks {part:?}: {}", said.stderr);
            }
        }
    }
}

#[test]
fn a_certificate_that_signed_itself_is_taken_where_it_is_named_and_refused_with_the_remedy_where_not() {
    let home = tempfile::tempdir().unwrap();
    let (pem, config) = Authority::serving_itself("shop.test");
    let (address, _) = on_tcp(Some(config), well);
    let (own, other) = (file(home.path(), "own.pem", &pem), file(home.path(), "other.pem", &Authority::serving_itself("shop.test").0));
    let to = |name: &str| format!("{name}:443:{address}");
    let (code, held) = hold(home.path(), &["https://shop.test/", "--connect-to", &to("shop.test"), "--cacert", &own, "-n", "5", "-c", "1"]);
    assert!(is_well(code, &held) && held.good == 5, "{code:?}: {held:?}");
    for (name, trust, part) in [
        ("shop.example", &["--cacert", &own][..], "for another name"),
        ("shop.test", &["--cacert", &other], "--cacert FILE"),
        ("shop.test", &[], "--cacert FILE"),
    ] {
        let url = format!("https://{name}/");
        let said = plimsoll(home.path(), &[&["hold", &url, "--connect-to", &to(name), "-n", "5"], trust].concat(), &[]);
        // A machine that trusts nobody can't begin without --cacert.
        if trust.is_empty() && said.code == Some(2) {
            assert!(said.stderr.contains("that the system trusts"), "{}", said.stderr);
            continue;
        }
        assert_eq!(said.code, Some(4), "{name} {trust:?}: {}{}", said.stdout, said.stderr);
        assert!(said.stderr.contains(part), "{name} {trust:?}: {}", said.stderr);
    }
}

#[test]
fn a_server_that_wants_to_know_its_clients_is_shown_a_certificate() {
    let (home, servers, clients) = (tempfile::tempdir().unwrap(), Authority::new(), Authority::new());
    let (address, seen) = on_tcp(Some(servers.server("localhost", Some(&clients))), well);
    let url = format!("https://localhost:{}/", address.port());
    let papers = clients.papers("a client");
    let key = papers.key.serialize_pem();
    let ca = file(home.path(), "ca.pem", &servers.pem);
    let (certificate, both) = (file(home.path(), "client.pem", &papers.pem), file(home.path(), "both.pem", &(papers.pem.clone() + &key)));
    let key = file(home.path(), "client.key", &key);
    for identity in [&["--cert", &certificate, "--key", &key][..], &["-E", &both]] {
        let (code, held) = hold(home.path(), &[&[&url, "--cacert", &ca, "-n", "5", "-c", "1"], identity].concat());
        assert!(is_well(code, &held) && held.good == 5, "{identity:?}: {code:?}: {held:?}");
    }
    let said = plimsoll(home.path(), &["hold", &url, "--cacert", &ca, "-n", "5"], &[]);
    assert_eq!(said.code, Some(4), "{}{}", said.stdout, said.stderr);
    assert!(said.stderr.contains("alert") && said.stderr.contains("--cert"), "{}", said.stderr);
    assert_eq!(seen.requests().len(), 10);
}

#[test]
fn tls_goes_over_a_unix_socket_too() {
    let (home, authority) = (tempfile::tempdir().unwrap(), Authority::new());
    let socket = home.path().join("socket");
    let seen = on_unix(&socket, Some(authority.server("shop.test", None)), well);
    let ca = file(home.path(), "ca.pem", &authority.pem);
    let socket = socket.to_str().unwrap();
    let (code, held) = hold(home.path(), &["https://shop.test/", "--unix-socket", socket, "--cacert", &ca, "-n", "5", "-c", "1"]);
    assert!(is_well(code, &held) && held.good == 5, "{code:?}: {held:?}");
    assert_eq!(seen.requests()[0].field("host"), Some("shop.test"));
}

#[test]
fn a_status_is_quoted_over_tls() {
    let (home, authority) = (tempfile::tempdir().unwrap(), Authority::new());
    let answer = |_: &_| "HTTP/1.1 404 Not Here\r\nContent-Length: 0".to_owned();
    let (address, _) = on_tcp(Some(authority.server("localhost", None)), answer);
    let url = format!("https://localhost:{}/", address.port());
    let said = plimsoll(home.path(), &["hold", &url, "-k", "-n", "5"], &[]);
    assert_eq!(said.code, Some(4), "{}", said.stderr);
    assert!(said.stderr.contains("\"404 Not Here\""), "{}", said.stderr);
}

#[test]
fn files_that_hold_no_certificate_are_named_before_anything_is_sent() {
    let (home, authority) = (tempfile::tempdir().unwrap(), Authority::new());
    let ca = file(home.path(), "ca.pem", &authority.pem);
    let odd = file(home.path(), "odd.pem", "nothing of the kind");
    let other = file(home.path(), "other.key", &authority.papers("other").key.serialize_pem());
    let own = file(home.path(), "own.pem", &authority.papers("own").pem);
    for (flags, parts) in [
        (&["--cacert", "/no/such.pem"][..], &["--cacert", "/no/such.pem", "No such file"][..]),
        (&["--cacert", &odd], &["--cacert", "odd.pem", "no certificate in PEM form"]),
        (&["--cacert", &ca, "--cert", &odd], &["--cert", "odd.pem"]),
        (&["--cacert", &ca, "--cert", &own, "--key", &other], &["--cert", "own.pem", "--key", "other.key"]),
        (&["--cert", &own], &["--cert", "own.pem", "private key"]),
    ] {
        let said = plimsoll(home.path(), &[&["find", "https://127.0.0.1:9/"], flags].concat(), &[]);
        assert_eq!(said.code, Some(2), "{flags:?}: {}", said.stderr);
        for part in parts {
            assert!(said.stderr.contains(part), "{flags:?} lacks {part:?}: {}", said.stderr);
        }
    }
}
