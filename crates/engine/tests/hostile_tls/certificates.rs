//! Certificates that are good, and those that are not.

use crate::{
    Scene,
    beside::{GOOD, assert_beside_good},
    server::Server,
    tls_server::{Authority, BOTH, Papers, VALID, client, serving},
};
use plimsoll_core::outcome::Failure::{CertificateExpired, CertificateName, CertificateUntrusted, TlsAlert};
use plimsoll_engine::{EngineConfig, Roots, Tls};
use rustls::version::{TLS12, TLS13};

/// A server that is good but for these.
fn showing(papers: &Papers) -> Server {
    serving(papers.server(BOTH), |tls| while tls.request() && tls.say(GOOD) {})
}

#[test]
fn good_ones_over_either_version() {
    let scene = Scene::new();
    for version in [&TLS12, &TLS13] {
        let papers = scene.authority.papers("localhost", VALID);
        let server = serving(papers.server(&[version]), |tls| while tls.request() && tls.say(GOOD) {});
        let result = scene.assert(&server, Ok(()), "a good server");
        let phases = result.phases.expect("phases are measured");
        assert_eq!(phases.tls.count(), phases.connect.count(), "each connection has its handshake");
    }
}

#[test]
fn bad_ones() {
    let scene = Scene::new();
    let stranger = Authority::new();
    let table = [
        ("expired", scene.authority.papers("localhost", (2000, 2001)), CertificateExpired),
        ("not valid yet", scene.authority.papers("localhost", (3000, 4000)), CertificateExpired),
        ("for another host", scene.authority.papers("example.org", VALID), CertificateName),
        ("for another kind of name", scene.authority.papers("127.0.0.1", VALID), CertificateName),
        ("of an unknown authority", stranger.papers("localhost", VALID), CertificateUntrusted),
        ("of nobody", Papers::self_signed("localhost"), CertificateUntrusted),
    ];
    for (what, papers, want) in &table {
        scene.assert(&showing(papers), Err(*want), what);
    }
    for (what, papers, _) in &table {
        let anybody = |config: EngineConfig| EngineConfig { tls: Some(client("localhost", Roots::Anybody, None)), ..config };
        assert_beside_good(&showing(papers), &scene.good, Ok(()), &format!("{what}, and nobody asks"), anybody);
    }
}

#[test]
fn a_self_signed_one_that_is_trusted_by_name() {
    let papers = Papers::self_signed("localhost");
    let tls = client("localhost", Roots::Pem(papers.pem.clone().into_bytes()), None);
    let trusting = |config: EngineConfig| EngineConfig { tls: Some(tls.clone()), ..config };
    assert_beside_good(&showing(&papers), &showing(&papers), Ok(()), "trusted itself", trusting);
}

#[test]
fn an_authority_that_serves_by_itself_is_taken_where_it_is_named_itself() {
    let scene = Scene::new();
    let papers = Papers::of_own_authority("localhost", VALID);
    let past = Papers::of_own_authority("localhost", (2000, 2001));
    let table = [
        ("named", &papers, vec![&papers], "localhost", Ok(())),
        ("named among others", &papers, vec![&past, &papers], "localhost", Ok(())),
        ("asked for by another name", &papers, vec![&papers], "example.org", Err(CertificateName)),
        ("out of date", &past, vec![&past], "localhost", Err(CertificateExpired)),
        ("another of the same name is named", &papers, vec![&past], "localhost", Err(CertificateUntrusted)),
    ];
    for (what, shown, named, name, want) in table {
        let named: String = named.iter().map(|papers| papers.pem.as_str()).chain([scene.authority.pem.as_str()]).collect();
        let tls = client(name, Roots::Pem(named.into_bytes()), None);
        // The good server beside it must be good under the name that is asked for.
        let good = showing(&scene.authority.papers(name, VALID));
        assert_beside_good(&showing(shown), &good, want, what, |config| EngineConfig { tls: Some(tls.clone()), ..config });
    }
    scene.assert(&showing(&papers), Err(CertificateUntrusted), "not named");
    // Whoever shows it must still have its key.
    let thief = Papers { key: Papers::self_signed("localhost").key, ..Papers::of_own_authority("localhost", VALID) };
    let tls = client("localhost", Roots::Pem((thief.pem.clone() + &scene.authority.pem).into_bytes()), None);
    for version in [&TLS12, &TLS13] {
        let server = serving(thief.server_with_any_key(&[version]), |_| ());
        assert_beside_good(&server, &scene.good, Err(CertificateUntrusted), "without its key", |config| EngineConfig {
            tls: Some(tls.clone()),
            ..config
        });
    }
}

#[test]
fn a_server_that_wants_one_of_the_client() {
    let scene = Scene::new();
    let with = |tls: Tls| move |config: EngineConfig| EngineConfig { tls: Some(tls.clone()), ..config };
    let known = scene.authority.papers("a client", VALID).identity();
    let stranger = Authority::new().papers("a client", VALID).identity();
    let trusted = || Roots::Pem(scene.authority.pem.clone().into_bytes());
    for version in [&TLS12, &TLS13] {
        let config = scene.authority.papers("localhost", VALID).server_for(&scene.authority, &[version]);
        let server = serving(config, |tls| while tls.request() && tls.say(GOOD) {});
        assert_beside_good(&server, &scene.good, Err(TlsAlert), "none is shown", with(client("localhost", trusted(), None)));
        let wrong = client("localhost", trusted(), Some(stranger.clone()));
        assert_beside_good(&server, &scene.good, Err(TlsAlert), "a stranger's is shown", with(wrong));
        let right = client("localhost", trusted(), Some(known.clone()));
        assert_beside_good(&server, &scene.good, Ok(()), "a good one is shown", with(right));
    }
}
