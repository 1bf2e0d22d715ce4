//! The decoder of HTTP/1.1 answers against hyper's client. The harness is that of the ordinary tests.
#![no_main]

#[path = "../../crates/engine/tests/answers/deliberate.rs"]
mod deliberate;
#[path = "../../crates/engine/tests/answers/differential.rs"]
mod differential;
#[path = "../../crates/engine/tests/answers/hyper_client.rs"]
mod hyper_client;
#[path = "../../crates/engine/tests/answers/specimen.rs"]
#[allow(dead_code, reason = "its limits and cuts are the other target's")]
mod specimen;

libfuzzer_sys::fuzz_target!(|data: &[u8]| differential::check(data));
