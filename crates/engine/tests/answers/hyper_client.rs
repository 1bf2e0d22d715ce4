//! What hyper's client makes of the same bytes, over a connection in memory that it is polled on by hand.

use http_body_util::Empty;
use hyper::{
    Request,
    body::{Body, Bytes},
    client::conn::http1::Builder,
    rt::{Read, ReadBufCursor, Write},
};
use std::{
    io,
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};

/// A status and the length of a body, or what hyper says is wrong.
pub type Reading = Result<(u16, u64), String>;

/// A connection whose other side answers the first bytes of a request with these, and closes.
struct Wire {
    asked: bool,
    answer: Vec<u8>,
    given: usize,
}

impl Read for Wire {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, mut space: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        if !self.asked {
            return Poll::Pending;
        }
        let rest = &self.answer[self.given..];
        let now = rest.len().min(space.remaining());
        space.put_slice(&rest[..now]);
        self.given += now;
        Poll::Ready(Ok(()))
    }
}

impl Write for Wire {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        self.asked = true;
        Poll::Ready(Ok(data.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Polls to the end of a future that waits for nothing outside.
fn finish<T>(what: &str, mut poll: impl FnMut(&mut Context<'_>) -> Poll<T>) -> T {
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..1000 {
        if let Poll::Ready(value) = poll(&mut context) {
            return value;
        }
    }
    panic!("{what} comes to no end");
}

/// The answer to a request with this method, after which the connection is closed.
pub fn read(method: &str, answer: &[u8]) -> Reading {
    let wire = Wire { asked: false, answer: answer.to_vec(), given: 0 };
    let mut builder = Builder::new();
    // As we do it: what is deliberately different is not made so by a setting.
    builder.allow_obsolete_multiline_headers_in_responses(true).max_headers(128);
    let mut handshake = pin!(builder.handshake::<_, Empty<Bytes>>(wire));
    let (mut sender, connection) = finish("a handshake", |context| handshake.as_mut().poll(context)).map_err(|error| error.to_string())?;
    let mut connection = pin!(connection);
    let mut connected = true;
    let mut drive = move |context: &mut Context<'_>| {
        if connected && connection.as_mut().poll(context).is_ready() {
            connected = false;
        }
    };
    let request = Request::builder().method(method).uri("/").header("host", "localhost").body(Empty::new()).expect("a request");
    let mut sending = pin!(sender.send_request(request));
    let response = finish("an answer", |context| {
        drive(context);
        sending.as_mut().poll(context)
    })
    .map_err(|error| error.to_string())?;
    let status = response.status().as_u16();
    let mut body = pin!(response.into_body());
    let mut length = 0;
    loop {
        let frame = finish("a body", |context| {
            drive(context);
            body.as_mut().poll_frame(context)
        });
        match frame {
            None => return Ok((status, length)),
            Some(Ok(frame)) => length += frame.data_ref().map_or(0, |data| data.len() as u64),
            Some(Err(error)) => return Err(error.to_string()),
        }
    }
}
