//! Running out of file descriptors in mid step. The limit concerns the whole process, so that this test has one of its own.

mod server;

use plimsoll_core::outcome::NotSent;
use plimsoll_engine::Engine;
use rustix::process::{Resource, Rlimit, setrlimit};
use server::{assert_accounted, config, ms, plan, run, users};
use std::{fs::File, net::TcpListener};

#[test]
fn what_finds_no_descriptor_is_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    setrlimit(Resource::Nofile, Rlimit { current: Some(64), maximum: Some(64) }).unwrap();
    let mut engine = Engine::start(config(listener.local_addr().unwrap())).unwrap();
    let mut hog: Vec<File> = Vec::new();
    while let Ok(file) = File::open("/dev/null") {
        hog.push(file);
    }
    // Room for the target's two connections, and none for a third.
    hog.truncate(hog.len() - 2);
    let result = run(&mut engine, &plan(users(5), ms(300)));
    assert_accounted(&result);
    assert_eq!((result.sent(), result.pending.count()), (2, 2));
    let not_sent = result.not_sent();
    assert_eq!(not_sent.get(NotSent::NoFile), not_sent.total());
    assert!(not_sent.total() >= 3, "three users find none: {not_sent:?}");
    assert_eq!(result.generator.steal_share, None, "what can't be read is unknown");
}
