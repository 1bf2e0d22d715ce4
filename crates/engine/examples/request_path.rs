//! The request path under a counter: `request_path fixed|ids|chunked REQUESTS`. `cargo xtask gate` runs it under callgrind.

use plimsoll_engine::request_path;
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let usage = "request_path fixed|ids|chunked REQUESTS";
    let (kind, requests) = (arguments.next().ok_or(usage)?, arguments.next().ok_or(usage)?.parse()?);
    let answers: Vec<Vec<u8>> = match kind.as_str() {
        "fixed" => vec![with_length("Server: bare")],
        // No two heads in a row are the same.
        "ids" => (0..16).map(|id| with_length(&format!("X-Request-Id: {id:016x}"))).collect(),
        "chunked" => vec![
            b"HTTP/1.1 200 OK\r\nServer: bare\r\nTransfer-Encoding: chunked\r\n\r\n7\r\nnothing\r\nc\r\n but an echo\r\n0\r\n\r\n".to_vec(),
        ],
        _ => return Err(usage.into()),
    };
    Ok(request_path(&answers, requests)?)
}

fn with_length(field: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\n{field}\r\nContent-Type: text/plain\r\nContent-Length: 19\r\n\r\nnothing but an echo").into_bytes()
}
