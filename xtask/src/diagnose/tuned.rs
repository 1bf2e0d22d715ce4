//! Servers of kinds that the rules were made with.

use super::{
    beside::Beside,
    cage::Limits,
    needs::Need,
    servers::{GUNICORN, NGINX, NODE, POSTGRESQL, Server, UVICORN},
};

const ASGI: &str = "{bin}/uvicorn --port {port} --log-level critical async_app:app";
const AIOHTTP: &[Need] = &[Need::Python("aiohttp==3.14.5")];
const LAB: &[Need] = &[];
const GEVENT: &[Need] = &[GUNICORN[0], GUNICORN[1], Need::Python("gevent==25.9.1"), Need::Python("setuptools==80.9.0")];
const HALF_A_CORE: Limits = Limits { cores: Some(0.5), memory: None };
const MEMORY: Limits = Limits { cores: None, memory: Some(400 << 20) };
const SPINNER: &str = "taskset -c 0 sh -c 'while :; do :; done'";

pub static TUNED: &[Server] = &[
    Server::new(
        "gunicorn sync -w 4, waits 100 ms",
        GUNICORN,
        "{bin}/gunicorn -w 4 -b 127.0.0.1:{port} sync_app:app",
        "/",
        &["worker_pool"],
    )
    .slots(4.0),
    Server::new(
        "gunicorn gthread 4x8, waits 100 ms",
        GUNICORN,
        "{bin}/gunicorn -w 4 --threads 8 -b 127.0.0.1:{port} sync_app:app",
        "/",
        &["worker_pool"],
    )
    .slots(32.0),
    Server::new("gunicorn gevent, waits 100 ms", GEVENT, "{bin}/gunicorn -k gevent -b 127.0.0.1:{port} sync_app:app", "/", &["all_cpu"])
        .wide(),
    Server::new(
        "gunicorn sync -w 4, backlog 16",
        GUNICORN,
        "{bin}/gunicorn -w 4 --backlog 16 -b 127.0.0.1:{port} sync_app:app",
        "/",
        &["worker_pool"],
    )
    .slots(4.0),
    Server::new("uvicorn, awaits 100 ms", UVICORN, ASGI, "/sleep", &["all_cpu"]).wide(),
    Server::new("uvicorn, computes 5 ms, one core", UVICORN, ASGI, "/cpu", &["all_cpu"]),
    Server::new("uvicorn, computes 5 ms, two cores", UVICORN, ASGI, "/cpu", &["one_core"]).spread(),
    Server::new("uvicorn, time.sleep in the handler", UVICORN, ASGI, "/block", &["blocked_event_loop"]).slots(1.0),
    Server::new("uvicorn, 40 threads that wait", UVICORN, ASGI, "/offload", &["in_process_pool"]).slots(40.0),
    Server::new("uvicorn, semaphore of 10", UVICORN, ASGI, "/slots", &["hidden_limit"]).slots(10.0),
    Server::new(
        "uvicorn, 10 connections to PostgreSQL",
        POSTGRESQL,
        "env PGPORT={side} {bin}/uvicorn --port {port} --log-level critical database_app:app",
        "/",
        &["downstream_pool"],
    )
    .slots(10.0)
    .beside(Beside::PostgreSql),
    Server { files: Some(64), ..Server::new("uvicorn, ulimit -n 64", UVICORN, ASGI, "/sleep", &["file_descriptors"]) }.hangs(),
    Server { files: Some(256), ..Server::new("uvicorn, ulimit -n 256", UVICORN, ASGI, "/sleep", &["file_descriptors"]) }.hangs(),
    Server {
        cage: Some(HALF_A_CORE),
        ..Server::new("uvicorn, computes 5 ms, half a core", UVICORN, ASGI, "/cpu", &["cpu_quota"]).spread()
    },
    Server::new("uvicorn, computes 5 ms, beside a spinning process", UVICORN, ASGI, "/cpu", &["neighbour"]).beside(Beside::Runner(SPINNER)),
    Server {
        cage: Some(MEMORY),
        ..Server::new(
            "gunicorn, 20 MB a request, 400 MB in all",
            GUNICORN,
            "{bin}/gunicorn --threads 64 -b 127.0.0.1:{port} sync_app:app",
            "/keep",
            &["memory"],
        )
    },
    Server::new(
        "gunicorn 8 threads, computes 10 ms",
        GUNICORN,
        "{bin}/gunicorn --threads 8 -b 127.0.0.1:{port} sync_app:app",
        "/cpu",
        &["interpreter_lock"],
    )
    .spread(),
    Server::new("aiohttp, awaits 100 ms", AIOHTTP, "{bin}/python aiohttp_app.py {port}", "/", &["all_cpu"]).wide(),
    Server::new("node, waits 100 ms", NODE, "node app.js {port}", "/", &["all_cpu"]).wide(),
    Server::new("node, blocks 50 ms", NODE, "node app.js {port}", "/block", &["blocked_event_loop"]).slots(1.0),
    Server::new(
        "threads that hold a mutex for 5 ms",
        LAB,
        "{plimsoll} lab 'threads?wait=0&lock=5ms&lock_kind=mutex' --port {port}",
        "/",
        &["lock"],
    ),
    Server::new(
        "threads that are all woken for a lock",
        LAB,
        "{plimsoll} lab 'threads?wait=0&lock=300us&lock_kind=herd' --port {port}",
        "/",
        &["contention", "lock"],
    ),
    Server::new(
        "threads that spin for a lock",
        LAB,
        "{plimsoll} lab 'threads?wait=0&lock=300us&lock_kind=spin' --port {port}",
        "/",
        &["contention"],
    ),
    Server {
        slow_generator: true,
        ..Server::new(
            "nginx, a small file, searched with a twentieth of a core",
            &[NGINX],
            "nginx -c {dir}/file.conf",
            "/app.js",
            &["generator"],
        )
        .configs(&["file.conf"])
    },
];
