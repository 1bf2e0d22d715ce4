//! A thread for each connection, kept alive.

use super::{BREATH, Blocking};
use std::{net::TcpListener, sync::Arc, thread};

/// Stack of a connection's thread: small, for there may be thousands.
const STACK: usize = 128 * 1024;

/// Serves each connection on a thread of its own, for ever. What can't be accepted stays in the listen queue; a connection for which there is no
/// thread is closed.
pub fn serve_threads(listener: &TcpListener, server: &Arc<Blocking>) -> ! {
    loop {
        let Ok((stream, _)) = listener.accept() else {
            thread::sleep(BREATH);
            continue;
        };
        let server = Arc::clone(server);
        let started = thread::Builder::new().stack_size(STACK).spawn(move || {
            let mut hand = server.service.hand();
            // What goes wrong on a connection is the client's to see.
            drop(server.serve_connection(&stream, &mut hand, false));
        });
        if started.is_err() {
            thread::sleep(BREATH);
        }
    }
}
