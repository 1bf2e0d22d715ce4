//! --http2 from outside: prior knowledge in plain text, ALPN over TLS.

use super::{
    hold::{hold, is_well},
    papers::Authority,
    plimsoll,
};
use hyper::{Response, body::Incoming, server::conn::http2, service::service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo};
use plimsoll_core::finding::Finding;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::{
    convert::Infallible,
    io::Read,
    net::{SocketAddr, TcpListener},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
        mpsc::{Receiver, channel},
    },
    thread,
};

/// What hyper's server saw.
#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    /// Host and path of each request.
    requests: Mutex<Vec<String>>,
}

/// Status and location of the answer to a path.
type Answer = (u16, Option<String>);

/// A server of HTTP/2 alone. It lives as long as the test process.
fn serving(answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> (SocketAddr, Arc<Seen>) {
    let answer = Arc::new(answer);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    listener.set_nonblocking(true).unwrap();
    let seen = Arc::new(Seen::default());
    let all = Arc::clone(&seen);
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                all.connections.fetch_add(1, SeqCst);
                let (seen, answer) = (Arc::clone(&all), Arc::clone(&answer));
                tokio::spawn(async move {
                    let answer = service_fn(|request: hyper::Request<Incoming>| {
                        let asked = format!("{:?} {}", request.uri().authority().map(ToString::to_string), request.uri().path());
                        seen.requests.lock().unwrap().push(asked);
                        let (status, location) = answer(request.uri().path());
                        let mut head = Response::builder().status(status);
                        if let Some(location) = location {
                            head = head.header("location", location);
                        }
                        let answer = head.body(String::new()).unwrap();
                        async { Ok::<_, Infallible>(answer) }
                    });
                    // A client that breaks off is no failure of this server.
                    drop(http2::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), answer).await);
                });
            }
        });
    });
    (address, seen)
}

#[test]
fn requests_share_connections_in_streams() {
    let home = tempfile::tempdir().unwrap();
    let (address, seen) = serving(|_| (200, None));
    let url = format!("http://{address}/shop");
    let (code, held) = hold(home.path(), &[&url, "--http2", "--streams", "4", "-c", "1", "-n", "200"]);
    assert!(is_well(code, &held) && held.good == 200, "{code:?}: {held:?}");
    assert_eq!(seen.connections.load(SeqCst), 1);
    assert_eq!(seen.requests.lock().unwrap()[0], format!("Some({:?}) /shop", address.to_string()));
}

#[test]
fn a_search_goes_over_http_2_too() {
    let home = tempfile::tempdir().unwrap();
    let (address, seen) = serving(|_| (200, None));
    let url = format!("http://{address}/");
    let brief = ["--http2", "--streams", "2", "--time", "5s", "--max-users", "2", "--no-overshoot", "--json"];
    let said = plimsoll(home.path(), &[&["find", &*url], &brief[..]].concat(), &[]);
    // 3: beside the other tests the generator may not have had its core to itself.
    assert!(matches!(said.code, Some(0 | 3)), "{}{}", said.stdout, said.stderr);
    let finding: Finding = serde_json::from_str(&said.stdout).unwrap();
    assert!(finding.steps.iter().all(|step| step.good > 100 && step.errors.total() == 0), "{}", said.stdout);
    assert_eq!(seen.connections.load(SeqCst), 1, "two users share a connection of two streams");
}

#[test]
fn a_cheap_path_is_asked_for_over_http_2_beside_the_load() {
    let home = tempfile::tempdir().unwrap();
    let (address, seen) = serving(|_| (200, None));
    let url = format!("http://{address}/");
    let (code, held) = hold(home.path(), &[&url, "--http2", "-c", "1", "-z", "1s", "--side-path", "/cheap"]);
    assert!(is_well(code, &held), "{code:?}: {held:?}");
    // A request without an answer would count as five seconds.
    assert!(held.signals.and_then(|signals| signals.side_ms).is_some_and(|ms| ms < 5_000.0));
    assert!(seen.requests.lock().unwrap().iter().any(|asked| asked.ends_with(" /cheap")));
}

#[test]
fn redirects_are_followed_over_http_2_once() {
    let home = tempfile::tempdir().unwrap();
    let (address, seen) = serving(|path| match path {
        "/a" => (307, Some("/b".to_owned())),
        "/b" => (301, Some("c?d".to_owned())),
        _ => (200, None),
    });
    let (code, held) = hold(home.path(), &[&format!("http://{address}/a"), "--http2", "-L", "-c", "1", "-n", "10"]);
    assert!(is_well(code, &held) && held.good == 10, "{code:?}: {held:?}");
    assert_eq!((held.subject.url, held.statuses), (format!("http://{address}/c?d"), [(200, 10)].into()));
    let paths: Vec<String> = seen.requests.lock().unwrap().iter().map(|asked| asked.rsplit(' ').next().unwrap().to_owned()).collect();
    assert_eq!(paths[..3], ["/a", "/b", "/c"]);
    assert!(paths.len() == 13 && paths[3..].iter().all(|path| path == "/c"), "{paths:?}");
}

#[test]
fn what_leads_to_a_server_of_http_2_need_be_none() {
    let home = tempfile::tempdir().unwrap();
    let (address, _) = serving(|_| (200, None));
    let there = format!("http://{address}/there");
    let to = there.clone();
    let (old, _) = super::server::on_tcp(None, move |_| super::server::redirect(301, &to));
    let (code, held) = hold(home.path(), &[&format!("http://{old}/"), "--http2", "-L", "-c", "1", "-n", "5"]);
    assert!(is_well(code, &held) && held.good == 5 && held.subject.url == there, "{code:?}: {held:?}");
}

#[test]
fn redirects_that_nobody_asked_to_follow_are_said_with_where_they_lead() {
    let home = tempfile::tempdir().unwrap();
    let (address, _) = serving(|_| (302, Some("/login".to_owned())));
    let (code, held) = hold(home.path(), &[&format!("http://{address}/"), "--http2", "-c", "1", "-n", "5"]);
    assert!(is_well(code, &held) && held.good == 5, "{code:?}: {held:?}");
    let there = format!("redirects to http://{address}/login");
    assert!(held.warnings.iter().any(|warning| warning.text.contains(&there)), "{:?}", held.warnings);
}

#[test]
fn a_status_of_http_2_is_quoted_by_its_number() {
    let home = tempfile::tempdir().unwrap();
    let (address, _) = serving(|_| (404, None));
    let said = plimsoll(home.path(), &["hold", &format!("http://{address}/"), "--http2", "-c", "1", "-n", "5"], &[]);
    assert_eq!(said.code, Some(4), "{}", said.stderr);
    assert!(said.stderr.contains("answers \"404\""), "{}", said.stderr);
}

#[test]
fn a_server_that_speaks_no_http_2_is_said_to_be_none() {
    let home = tempfile::tempdir().unwrap();
    let (address, _) = super::server::on_tcp(None, super::server::well);
    let said = plimsoll(home.path(), &["hold", &format!("http://{address}/"), "--http2", "-c", "1", "-n", "5"], &[]);
    assert_eq!(said.code, Some(4), "{}", said.stderr);
    assert!(said.stderr.contains("HTTP/2") && said.stderr.contains("--http2"), "{}", said.stderr);
}

/// What a client agreed on by ALPN, and the first bytes that it sent.
struct Begun {
    agreed: Option<Vec<u8>>,
    first: [u8; 16],
}

/// A server that tells how its clients begin.
fn agreeing(config: ServerConfig) -> (SocketAddr, Receiver<Begun>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (tell, told) = channel();
    let config = Arc::new(config);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut stream = StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), stream);
            let mut first = [0; 16];
            let read = stream.read_exact(&mut first);
            if read.is_err() || tell.send(Begun { agreed: stream.conn.alpn_protocol().map(<[u8]>::to_vec), first }).is_err() {
                return;
            }
        }
    });
    (address, told)
}

#[test]
fn alpn_offers_what_was_asked_for_and_nothing_else() {
    let home = tempfile::tempdir().unwrap();
    let config = ServerConfig::clone(&Authority::new().server("localhost", None));
    for (flags, protocol, begins) in [(&["--http2"][..], &b"h2"[..], &b"PRI * HTTP/2.0\r\n"[..]), (&[], b"http/1.1", b"GET / HTTP/1.1\r\n")]
    {
        // The server would rather have the other one.
        let mut config = config.clone();
        config.alpn_protocols = [&b"h2"[..], b"http/1.1"].map(<[u8]>::to_vec).into();
        config.alpn_protocols.sort_by_key(|offered| offered == protocol);
        let (address, told) = agreeing(config);
        let url = format!("https://localhost:{}/", address.port());
        plimsoll(home.path(), &[&["hold", &url, "-k", "-n", "1", "-c", "1"], flags].concat(), &[]);
        let Begun { agreed, first } = told.recv().unwrap();
        assert_eq!((agreed.as_deref(), &first[..begins.len()]), (Some(protocol), begins), "{flags:?}");
    }
}
