//! Servers of HTTP/2 that answer, and those that never do.

use super::{super::socket::Socket, *};
use crate::session::{link::Link, probe::ask};
use h2::server::{self, SendResponse};
use hyper::{Response, header::HeaderName};
use plimsoll_engine::{Protocol, Roots, Tls, TlsOptions};
use rustls::{ServerConfig, ServerConnection, StreamOwned, crypto::ring};
use std::{
    net::{TcpListener, TcpStream},
    num::NonZeroU32,
    sync::mpsc::{Receiver, channel},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

const PATIENCE: Duration = Duration::from_secs(10);
const HTTP2: Protocol = Protocol::Http2 { streams: NonZeroU32::MIN };

/// A way to a server that does this with its one connection.
fn link(serve: impl FnOnce(TcpStream) + Send + 'static) -> (Link, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let link = Link { protocol: HTTP2, ..Link::plain(listener.local_addr().unwrap(), Vec::new()) };
    (link, thread::spawn(move || serve(listener.accept().unwrap().0)))
}

/// What was asked: method, address, fields, and how many bytes of body.
type Asked = (String, String, Vec<(String, String)>, usize);

/// Answers every request on a connection once it has come whole.
async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    tell: impl Fn(Asked),
    answer: impl Fn(SendResponse<Bytes>),
) -> Result<(), h2::Error> {
    let mut connection = server::handshake(stream).await?;
    while let Some(request) = connection.accept().await {
        let (request, sender) = request?;
        let fields = request.headers().iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
        let (method, address) = (request.method().to_string(), request.uri().to_string());
        let (mut body, mut bytes) = (request.into_body(), 0);
        poll_fn(|context| {
            let over = connection.poll_closed(context);
            while let Poll::Ready(data) = body.poll_data(context) {
                let Some(Ok(data)) = data else { return Poll::Ready(()) };
                bytes += data.len();
                body.flow_control().release_capacity(data.len()).unwrap();
            }
            over.map(drop)
        })
        .await;
        tell((method, address, fields, bytes));
        answer(sender);
    }
    Ok(())
}

/// A server of HTTP/2, in TLS where a configuration is given.
fn serving(tls: Option<ServerConfig>, answer: impl Fn(SendResponse<Bytes>) + Send + 'static) -> (Link, Receiver<Asked>) {
    let (tell, told) = channel();
    let (link, _) = link(move |stream| {
        let (socket, input) = Socket::accepted(stream, Instant::now() + PATIENCE).split().unwrap();
        let tell = |asked| tell.send(asked).unwrap();
        // A client that has its answer breaks off.
        match tls {
            None => drop(drive(&input, serve(Polled { stream: socket, left: usize::MAX }, tell, answer))),
            Some(config) => {
                let stream = StreamOwned::new(ServerConnection::new(Arc::new(config)).unwrap(), socket);
                drop(drive(&input, serve(Polled { stream, left: usize::MAX }, tell, answer)));
            }
        }
    });
    (link, told)
}

fn redirect() -> Response<()> {
    Response::builder().status(308).header("location", " /b?c ").body(()).unwrap()
}

#[test]
fn the_fields_of_a_request_and_the_head_of_its_answer_go_over_plain_text() {
    let (link, told) = serving(None, |mut sender| {
        let hints = Response::builder().status(103).header("location", "/no").body(()).unwrap();
        sender.send_informational(hints).unwrap();
        drop(sender.send_response(redirect(), true).unwrap());
    });
    let headers = [("X-A", "b"), ("Connection", "close"), ("Host", "shop.test")];
    let request = Request {
        method: "PUT".to_owned(),
        headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        // More than a server takes before it has said that it will take more.
        body: vec![b'x'; 200_000],
        ..Request::get("127.0.0.1", "/a?b")
    };
    let answer = ask(&link, &request, PATIENCE).unwrap();
    assert_eq!((answer.code, answer.status().as_str(), answer.location.as_deref()), (308, "308", Some("/b?c")));
    let (method, address, fields, bytes) = told.recv().unwrap();
    assert_eq!((method.as_str(), address.as_str(), bytes), ("PUT", "http://shop.test/a?b", 200_000));
    let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["user-agent", "accept", "content-length", "x-a"]);
}

#[test]
fn an_answer_over_tls_is_read_too() {
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = rcgen::CertificateParams::new(vec!["shop.test".to_owned()]).unwrap().self_signed(&key).unwrap();
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], rustls::pki_types::PrivatePkcs8KeyDer::from(key.serialize_der()).into())
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let (link, told) = serving(Some(config), |mut sender| drop(sender.send_response(redirect(), true).unwrap()));
    let options = TlsOptions {
        server_name: "shop.test".to_owned(),
        roots: Roots::Pem(certificate.pem().into_bytes()),
        identity: None,
        protocol: HTTP2,
    };
    let link = Link { tls: Some(Tls::new(options).unwrap()), ..link };
    assert_eq!(ask(&link, &Request::get("shop.test", "/"), PATIENCE).unwrap().code, 308);
    assert_eq!(told.recv().unwrap().1, "https://shop.test/");
}

#[test]
fn a_head_without_bounds_is_no_answer() {
    let (link, told) = serving(None, |mut sender| {
        let long = (0..100).map(|n| (HeaderName::from_bytes(format!("x-{n}").as_bytes()).unwrap(), "y".repeat(1_000)));
        let answer = long.fold(Response::builder().status(200), |answer, (name, value)| answer.header(name, value)).body(()).unwrap();
        drop(sender.send_response(answer, true).unwrap());
    });
    assert_eq!(ask(&link, &Request::get("h", "/"), PATIENCE), None);
    drop(told);
}

/// Reads up to the fields of a request, and says this again and again until the client has closed.
fn saying(hello: &'static [u8], again: &'static [u8]) -> (Link, JoinHandle<()>) {
    link(move |mut stream| {
        let mut head = [0; 24];
        stream.read_exact(&mut head).unwrap();
        stream.write_all(hello).unwrap();
        let mut kind = 0;
        while kind != 1 {
            stream.read_exact(&mut head[..9]).unwrap();
            kind = head[3];
            let length = usize::from(head[1]) << 8 | usize::from(head[2]);
            stream.read_exact(&mut vec![0; length]).unwrap();
        }
        while stream.write_all(again).is_ok() && !again.is_empty() {}
    })
}

#[test]
fn what_never_comes_to_an_answer_is_given_up() {
    const SETTINGS: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];
    const PING: &[u8] = &[0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];
    // :status 103, not indexed.
    const INTERIM: &[u8] = &[0, 0, 5, 1, 4, 0, 0, 0, 1, 0x08, 3, b'1', b'0', b'3'];
    const DATA: &[u8] = &[0, 0, 1, 0, 0, 0, 0, 0, 1, b'x'];
    for (what, hello, again) in [
        ("garbage", &b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], &b""[..]),
        ("pings", SETTINGS, PING),
        ("settings", SETTINGS, SETTINGS),
        ("interim answers", SETTINGS, INTERIM),
        ("a body without a head", SETTINGS, DATA),
        ("an end", SETTINGS, b""),
    ] {
        let (link, server) = saying(hello, again);
        // Each ends by itself, long before patience does.
        assert_eq!(ask(&link, &Request::get("h", "/"), Duration::from_secs(3_600)), None, "{what}");
        // Where the client has left before the request was read, this has ended by a panic of its own.
        drop(server.join());
    }
}
