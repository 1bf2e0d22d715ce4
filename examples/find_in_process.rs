//! Finds the load line of a server in this very process: two workers that take 20 ms each, so the truth is 2 at one time.
//!
//! `cargo run --release --example find_in_process`

use plimsoll::{
    report::{self, paint::Look},
    session::{self, Event, Interrupt},
};
use plimsoll_core::{search::Goal, step::Signals};
use plimsoll_engine::{Engine, EngineConfig, Request};
use std::{
    error::Error,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    thread,
    time::Duration,
};

const WORKERS: usize = 2;
const WORK: Duration = Duration::from_millis(20);

/// Workers that share a listener; each takes a connection, works, answers and closes.
fn serve() -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    for _ in 0..WORKERS {
        let listener = listener.try_clone()?;
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if let Err(error) = answer(stream) {
                    let _ = writeln!(std::io::stderr(), "a connection failed: {error}");
                }
            }
        });
    }
    Ok(address)
}

fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    let mut request = [0; 4096];
    if stream.read(&mut request)? == 0 {
        return Ok(());
    }
    thread::sleep(WORK);
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
}

fn main() -> Result<(), Box<dyn Error>> {
    let address = serve()?;
    let mut engine = Engine::start(EngineConfig::sending(Request::get(address.to_string(), "/"), vec![address]))?;
    let goal = Goal { budget: Duration::from_secs(20), ..Goal::default() };
    let subject = session::subject("two workers", &format!("http://{address}/"));
    let run = session::run(&goal, subject, &mut engine, None, &Interrupt::default(), &mut |_| Signals::default(), &mut |event| {
        if let Event::StepBegun { plan, .. } = event {
            let _ = writeln!(std::io::stderr(), "trying {}", plan.load.size());
        }
    });
    write!(std::io::stdout(), "{}", report::text(&run.finding, &Look::default()))?;
    Ok(())
}
