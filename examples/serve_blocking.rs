//! A server of blocking threads, to compare with `serve_async`: `serve_blocking PORT [THREADS]`. Each thread takes a connection, waits 100 ms for
//! each request on it, as if for a database, computes for a moment, and answers. `examples/rust/plimsoll.toml` compares the two.

use std::{
    env,
    hint::black_box,
    io::{self, Read, Write},
    net::{TcpListener, TcpStream},
    thread,
    time::Duration,
};

const WAIT: Duration = Duration::from_millis(100);
const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

fn main() -> io::Result<()> {
    let mut arguments = env::args().skip(1);
    let port: u16 = arguments.next().and_then(|port| port.parse().ok()).ok_or(io::ErrorKind::InvalidInput)?;
    let threads: usize = arguments.next().and_then(|threads| threads.parse().ok()).unwrap_or(64);
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                for connection in listener.incoming() {
                    // A client that goes away is no reason to stop.
                    let _gone = connection.and_then(serve).is_err();
                }
            });
        }
    });
    Ok(())
}

/// One request; then the thread is free for another connection.
fn serve(mut connection: TcpStream) -> io::Result<()> {
    let mut head = [0; 2048];
    let mut read = 0;
    while !head[..read].ends_with(b"\r\n\r\n") {
        match connection.read(&mut head[read..])? {
            0 => return Ok(()),
            n => read += n,
        }
    }
    thread::sleep(WAIT);
    render();
    connection.write_all(ANSWER)
}

/// What it takes to make the answer, in CPU time: some 0.2 ms.
fn render() {
    black_box((0..200_000u32).fold(1, |sum: u32, n| sum.rotate_left(5) ^ black_box(n)));
}
