//! Blocking workers that accept a connection, answer one request and close, as gunicorn's sync workers do.

use super::{BREATH, Blocking};
use std::{io, net::TcpListener, thread};

/// Stack of a worker thread.
const STACK: usize = 256 * 1024;

/// Serves with this many workers, for ever.
///
/// # Errors
/// When the threads can't be started.
pub fn serve_pool(listener: &TcpListener, server: &Blocking, workers: u32) -> io::Result<()> {
    thread::scope(|scope| {
        for _ in 0..workers {
            thread::Builder::new().stack_size(STACK).spawn_scoped(scope, || work_for_ever(listener, server))?;
        }
        Ok(())
    })
}

fn work_for_ever(listener: &TcpListener, server: &Blocking) {
    let mut hand = server.service.hand();
    loop {
        match listener.accept() {
            // What goes wrong on a connection is the client's to see; the worker takes the next.
            Ok((stream, _)) => drop(server.serve_connection(&stream, &mut hand, true)),
            Err(_) => thread::sleep(BREATH),
        }
    }
}
