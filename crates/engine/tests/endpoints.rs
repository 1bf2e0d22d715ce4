//! Where connections go, and from where they come.

mod server;

use plimsoll_core::{outcome::Failure, step::StepPlan};
use plimsoll_engine::{Endpoint, Engine, EngineConfig, EngineError};
use server::{OK, Server, config, ms, plan, run_once, users};
use std::{
    collections::BTreeSet,
    io::{Read, Write},
    net::IpAddr,
    os::unix::net::UnixListener,
    sync::{Arc, Mutex},
};

#[test]
fn connections_come_from_each_source_in_turn() {
    let seen: Arc<Mutex<Vec<IpAddr>>> = Arc::default();
    let noted = Arc::clone(&seen);
    let server = Server::start(move |peer| {
        noted.lock().unwrap().push(peer.stream.peer_addr().expect("a peer").ip());
        while peer.request() && peer.say(OK) {}
    });
    let sources: Vec<IpAddr> = ["127.0.0.2", "127.0.0.3", "127.0.0.4"].map(|address| address.parse().unwrap()).into();
    let result = run_once(EngineConfig { sources: sources.clone(), ..config(server.address) }, &plan(users(6), ms(300)));
    assert_eq!((result.failed().total(), server.connections()), (0, 6));
    let seen = seen.lock().unwrap();
    for source in sources {
        assert_eq!(seen.iter().filter(|&&one| one == source).count(), 2, "{source}: {seen:?}");
    }
}

#[test]
fn every_endpoint_has_its_turn() {
    let servers = [Server::answering(OK), Server::answering(OK)];
    let endpoints = servers.iter().map(|server| Endpoint::Tcp(server.address)).collect();
    let result = run_once(EngineConfig { endpoints, ..config(servers[0].address) }, &plan(users(4), ms(300)));
    assert_eq!(result.failed().total(), 0);
    assert_eq!(servers.each_ref().map(Server::connections), [2, 2]);
}

#[test]
fn a_source_that_is_not_ours_is_named_and_nothing_is_sent() {
    let server = Server::answering(OK);
    // TEST-NET-1 (RFC 5737) is nobody's.
    let sources = vec!["192.0.2.1".parse().unwrap()];
    let result = run_once(EngineConfig { sources, ..config(server.address) }, &plan(users(2), ms(300)));
    assert_eq!((result.good(), server.connections()), (0, 0));
    assert!(result.not_sent().total() >= 2, "{:?}", result.not_sent());
}

#[test]
fn a_plan_beyond_the_ports_is_refused_before_the_first_request() {
    let server = Server::answering(OK);
    let config = EngineConfig { max_in_flight: Some(70_000), ..config(server.address) };
    let refused = Engine::start(config).map(drop);
    assert!(matches!(refused, Err(EngineError::TooFewPorts { .. } | EngineError::TooFewFiles { .. })), "{refused:?}");
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_unix_domain_socket_is_an_endpoint_like_another() {
    let directory = std::env::temp_dir().join(format!("plimsoll-endpoints-{}", std::process::id()));
    std::fs::create_dir(&directory).unwrap();
    let path = directory.join("socket");
    let listener = UnixListener::bind(&path).unwrap();
    let serving = std::thread::spawn(move || {
        let mut hosts = BTreeSet::new();
        for stream in listener.incoming().take(2) {
            let mut stream = stream.unwrap();
            let mut request = vec![0; 4096];
            while let Ok(read @ 1..) = stream.read(&mut request) {
                hosts.insert(String::from_utf8_lossy(&request[..read]).contains("Host: localhost\r\n"));
                stream.write_all(OK).unwrap();
            }
        }
        hosts
    });
    let over =
        |path: &std::path::Path| EngineConfig { endpoints: vec![Endpoint::Unix(path.to_owned())], ..config(([127, 0, 0, 1], 9).into()) };
    let exactly = StepPlan { requests: Some(50), ..plan(users(1), ms(10_000)) };
    for _ in 0..2 {
        let result = run_once(over(&path), &exactly);
        assert_eq!((result.good(), result.failed().total()), (50, 0));
    }
    assert_eq!(serving.join().unwrap(), BTreeSet::from([true]));
    let nowhere = run_once(over(&directory.join("nobody")), &plan(users(2), ms(200)));
    assert_eq!(nowhere.failed().get(Failure::Refused), nowhere.ended());
    std::fs::remove_dir_all(&directory).unwrap();
}
