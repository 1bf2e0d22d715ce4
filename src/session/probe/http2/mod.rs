//! The request and its answer over HTTP/2, by the `h2` crate: one request needs no speed, but the fields of its answer.

#[cfg(test)]
mod tests;

use super::{Answer, LONGEST_HEAD, socket::Input};
use h2::client::{Builder, Connection, SendRequest};
use hyper::{Method, Uri, body::Bytes, header::LOCATION};
use plimsoll_engine::Request;
use std::{
    future::poll_fn,
    io::{self, ErrorKind, Read, Write},
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    task::{Context, Poll, Wake, Waker},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// All that a server may say before its answer: a head, a window of its body, and a few frames of its own.
const MOST_BYTES: usize = 256 << 10;

/// Sends a request on a connection of its own, whose reads don't wait and whose `input` can be waited for, and reads the head of its answer;
/// `None` when no answer comes in time, or none that is HTTP/2.
pub(super) fn exchange(stream: impl Read + Write + Unpin, input: &Input, request: &Request, scheme: &str) -> Option<Answer> {
    let asked = message(request, scheme)?;
    drive(input, answer(Polled { stream, left: MOST_BYTES }, asked, Bytes::from(request.body.clone())))?
}

/// Runs what waits for nothing but input; `None` when that does not come in time.
fn drive<T>(input: &Input, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let woken = Arc::new(Woken(AtomicBool::new(false)));
    let waker = Waker::from(Arc::clone(&woken));
    loop {
        if let Poll::Ready(done) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return Some(done);
        }
        if !woken.0.swap(false, SeqCst) {
            input.wait().ok()?;
        }
    }
}

async fn answer(stream: impl AsyncRead + AsyncWrite + Unpin, asked: hyper::Request<()>, body: Bytes) -> Option<Answer> {
    let mut client = Builder::new();
    client.enable_push(false).max_header_list_size(LONGEST_HEAD as u32);
    let (sender, connection): (SendRequest<Bytes>, Connection<_, Bytes>) = client.handshake(stream).await.ok()?;
    let (mut connection, mut answered) = (pin!(connection), pin!(head(sender, asked, body)));
    poll_fn(|context| {
        // What the answer waits for, the connection brings.
        let is_over = connection.as_mut().poll(context).is_ready();
        match answered.as_mut().poll(context) {
            Poll::Pending if is_over => Poll::Ready(None),
            answered => answered,
        }
    })
    .await
}

/// The head of the answer, of a connection that is seen to.
async fn head(sender: SendRequest<Bytes>, asked: hyper::Request<()>, body: Bytes) -> Option<Answer> {
    let mut sender = sender.ready().await.ok()?;
    let (answered, mut sending) = sender.send_request(asked, body.is_empty()).ok()?;
    if !body.is_empty() {
        sending.send_data(body, true).ok()?;
    }
    let answer = answered.await.ok()?;
    let location = answer.headers().get(LOCATION).and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
    Some(Answer { code: answer.status().as_u16(), reason: String::new(), location: location.map(|text| text.trim().to_owned()) })
}

/// The request as `h2` takes it; `None` for one that HTTP/2 can't carry.
fn message(request: &Request, scheme: &str) -> Option<hyper::Request<()>> {
    let mut fields = request.fields().ok()?.into_iter();
    let (_, host) = fields.next().filter(|(name, _)| name == "host")?;
    let uri = Uri::builder().scheme(scheme).authority(host).path_and_query(request.target.as_str()).build().ok()?;
    let method = Method::from_bytes(request.method.as_bytes()).ok()?;
    let message = hyper::Request::builder().method(method).uri(uri);
    fields.fold(message, |message, (name, value)| message.header(name, value)).body(()).ok()
}

/// Notes that there is more to do than to wait for input.
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, SeqCst);
    }
}

/// A stream whose reads don't wait, as `h2` takes it. Writes wait by themselves.
struct Polled<S> {
    stream: S,
    /// Bytes that may still come.
    left: usize,
}

impl<S: Read + Write + Unpin> AsyncRead for Polled<S> {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, space: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let most = self.left.min(space.remaining());
        if most == 0 {
            return Poll::Ready(Err(ErrorKind::InvalidData.into()));
        }
        let read = tried(|| self.stream.read(space.initialize_unfilled_to(most)));
        read.map_ok(|bytes| {
            space.advance(bytes);
            self.left -= bytes;
        })
    }
}

impl<S: Read + Write + Unpin> AsyncWrite for Polled<S> {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        tried(|| self.stream.write(data))
    }

    fn poll_flush(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        tried(|| self.stream.flush())
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_flush(context)
    }
}

/// Pending where it would have to wait.
fn tried<T>(mut call: impl FnMut() -> io::Result<T>) -> Poll<io::Result<T>> {
    loop {
        match call() {
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Poll::Pending,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            done => return Poll::Ready(done),
        }
    }
}
