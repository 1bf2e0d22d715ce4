//! The decoder of HTTP/1.1 answers: no panic, bounded memory, one outcome whatever the pieces. The harness is that of the ordinary tests.
#![no_main]

#[path = "../../crates/engine/tests/answers/pieces.rs"]
mod pieces;
#[path = "../../crates/engine/tests/answers/specimen.rs"]
mod specimen;

libfuzzer_sys::fuzz_target!(|data: &[u8]| pieces::check(data));
