//! A server whose processes are out of sight, and a cheap path beside the load: a limit behind the loaded path, and one that all paths share.

use super::run::Run;
use std::{
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex},
    thread,
    time::Duration,
};

const WORK: Duration = Duration::from_millis(40);

/// So many may pass at one time.
struct Gate {
    free: Mutex<u32>,
    freed: Condvar,
}

impl Gate {
    fn of(places: u32) -> Arc<Self> {
        Arc::new(Self { free: Mutex::new(places), freed: Condvar::new() })
    }

    fn pass(&self, work: impl FnOnce()) {
        let mut free = self.freed.wait_while(self.free.lock().unwrap(), |free| *free == 0).unwrap();
        *free -= 1;
        drop(free);
        work();
        *self.free.lock().unwrap() += 1;
        self.freed.notify_one();
    }
}

/// Answers every request; `/work` takes a while, `/health` none. `all` is what each request has to pass, `behind` what work has to.
fn serve(all: &Arc<Gate>, behind: &Arc<Gate>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (all, behind) = (Arc::clone(all), Arc::clone(behind));
    // It ends with the tests.
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (all, behind) = (Arc::clone(&all), Arc::clone(&behind));
            thread::spawn(move || answer(&stream, &all, &behind));
        }
    });
    address
}

fn answer(stream: &TcpStream, all: &Gate, behind: &Gate) {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    while let Some(first) = lines.next() {
        // The rest of the head.
        for line in lines.by_ref() {
            if line.is_empty() {
                break;
            }
        }
        all.pass(|| {
            if first.starts_with("GET /work") {
                behind.pass(|| thread::sleep(WORK));
            }
        });
        if (&*stream).write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").is_err() {
            return;
        }
    }
}

fn cause(all: &Arc<Gate>, behind: &Arc<Gate>) -> (String, String) {
    let address = serve(all, behind);
    let run = Run::find(&format!("http://{address}/work"), &["--no-watch", "--side-path", "/health", "--time", "12s"]);
    let cause = run.finding().cause.unwrap_or_else(|| panic!("{run}\n{}", run.stderr));
    (cause.verdict, cause.evidence.join("; "))
}

#[test]
#[ignore = "puts load on a real process"]
fn a_cheap_path_tells_a_limit_behind_one_path_from_a_front_that_is_full() {
    let (verdict, evidence) = cause(&Gate::of(1_000_000), &Gate::of(4));
    assert_eq!(verdict, "hidden_limit", "{evidence}");
    let (verdict, evidence) = cause(&Gate::of(4), &Gate::of(1_000_000));
    assert!(verdict == "unknown" && evidence.contains("shared by all paths"), "{verdict}: {evidence}");
}
