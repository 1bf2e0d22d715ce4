//! The frames of HTTP/2 answers: no panic, bounded memory, one ending for each request whatever the pieces. The harness is that of the
//! ordinary tests.
#![no_main]

#[path = "../../crates/engine/tests/answers/specimen.rs"]
#[allow(dead_code, reason = "its method is the other targets'")]
mod specimen;
#[path = "../../crates/engine/tests/answers/streams.rs"]
mod streams;

libfuzzer_sys::fuzz_target!(|data: &[u8]| streams::check(data));
