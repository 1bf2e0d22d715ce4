//! The servers whose cause is known, and how each is started.

/// A server.
pub struct Server {
    /// Its name in tables and for `--server`.
    pub name: &'static str,
    /// Its command line; `{port}` is a free port, `{bin}` where the pinned Python programs are, and it runs beside the applications.
    pub start: &'static str,
    /// What it is asked for.
    pub path: &'static str,
    /// Whether it is bound to one core.
    pub one_core: bool,
    /// Its limit on open files, where it has one of its own.
    pub files: Option<u32>,
    /// What the right answer is: where two name the same thing, both.
    pub right: &'static [&'static str],
    /// How many times as long as the others it is searched: what carries hundreds at one time takes longer to fill.
    pub times_as_long: u32,
    /// Whether the rules were made with servers of its kind in view.
    pub held_out: bool,
}

const fn server(name: &'static str, start: &'static str, path: &'static str, right: &'static [&'static str]) -> Server {
    Server { name, start, path, one_core: true, files: None, right, times_as_long: 1, held_out: false }
}

const fn other(name: &'static str, start: &'static str, path: &'static str, right: &'static [&'static str]) -> Server {
    Server { held_out: true, ..server(name, start, path, right) }
}

/// A server that carries hundreds at one time.
const fn wide(server: Server) -> Server {
    Server { times_as_long: 2, ..server }
}

const UVICORN: &str = "{bin}/uvicorn --port {port} --log-level critical async_app:app";

/// All of them.
pub static SERVERS: &[Server] = &[
    server("gunicorn sync -w 4, waits 100 ms", "{bin}/gunicorn -w 4 -b 127.0.0.1:{port} sync_app:app", "/", &["worker_pool"]),
    server("gunicorn gthread 4x8, waits 100 ms", "{bin}/gunicorn -w 4 --threads 8 -b 127.0.0.1:{port} sync_app:app", "/", &["worker_pool"]),
    wide(server("gunicorn gevent, waits 100 ms", "{bin}/gunicorn -k gevent -b 127.0.0.1:{port} sync_app:app", "/", &["all_cpu"])),
    server("gunicorn sync -w 4, backlog 16", "{bin}/gunicorn -w 4 --backlog 16 -b 127.0.0.1:{port} sync_app:app", "/", &["worker_pool"]),
    wide(server("uvicorn, awaits 100 ms", UVICORN, "/sleep", &["all_cpu"])),
    server("uvicorn, computes 5 ms, one core", UVICORN, "/cpu", &["all_cpu"]),
    Server { one_core: false, ..server("uvicorn, computes 5 ms, two cores", UVICORN, "/cpu", &["one_core"]) },
    server("uvicorn, time.sleep in the handler", UVICORN, "/block", &["blocked_event_loop"]),
    server("uvicorn, 40 threads that wait", UVICORN, "/offload", &["in_process_pool"]),
    server("uvicorn, semaphore of 10", UVICORN, "/slots", &["hidden_limit"]),
    Server { files: Some(64), ..server("uvicorn, ulimit -n 64", UVICORN, "/sleep", &["file_descriptors"]) },
    Server {
        one_core: false,
        ..server(
            "gunicorn 8 threads, computes 10 ms",
            "{bin}/gunicorn --threads 8 -b 127.0.0.1:{port} sync_app:app",
            "/cpu",
            &["interpreter_lock"],
        )
    },
    wide(server("node, waits 100 ms", "node app.js {port}", "/", &["all_cpu"])),
    server("node, blocks 50 ms", "node app.js {port}", "/block", &["blocked_event_loop"]),
    other(
        "waitress, 8 threads that wait 100 ms",
        "{bin}/waitress-serve --threads=8 --listen=127.0.0.1:{port} sync_app:app",
        "/",
        &["in_process_pool"],
    ),
    wide(other(
        "hypercorn, awaits 100 ms",
        "{bin}/hypercorn -b 127.0.0.1:{port} --log-level critical async_app:app",
        "/sleep",
        &["all_cpu"],
    )),
    other(
        "hypercorn, time.sleep in the handler",
        "{bin}/hypercorn -b 127.0.0.1:{port} --log-level critical async_app:app",
        "/block",
        &["blocked_event_loop"],
    ),
    other(
        "granian WSGI, 6 blocking threads",
        "{bin}/granian --interface wsgi --blocking-threads 6 --port {port} --no-ws --log-level error sync_app:app",
        "/",
        &["in_process_pool"],
    ),
];
