//! A server on one thread of tokio, to compare with `serve_blocking`: `serve_async PORT`. Each request waits 100 ms, as if for a database, while the
//! thread serves others; then it computes for a moment. `examples/rust/plimsoll.toml` compares the two.

use std::{env, hint::black_box, io, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    runtime::Builder,
    time::sleep,
};

const WAIT: Duration = Duration::from_millis(100);
const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

fn main() -> io::Result<()> {
    let port: u16 = env::args().nth(1).and_then(|port| port.parse().ok()).ok_or(io::ErrorKind::InvalidInput)?;
    Builder::new_current_thread().enable_all().build()?.block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        loop {
            let (connection, _) = listener.accept().await?;
            tokio::spawn(serve(connection));
        }
    })
}

/// One request.
async fn serve(mut connection: TcpStream) -> io::Result<()> {
    let mut head = [0; 2048];
    let mut read = 0;
    while !head[..read].ends_with(b"\r\n\r\n") {
        match connection.read(&mut head[read..]).await? {
            0 => return Ok(()),
            n => read += n,
        }
    }
    sleep(WAIT).await;
    render();
    connection.write_all(ANSWER).await
}

/// What it takes to make the answer, in CPU time: some 0.2 ms.
fn render() {
    black_box((0..200_000u32).fold(1, |sum: u32, n| sum.rotate_left(5) ^ black_box(n)));
}
