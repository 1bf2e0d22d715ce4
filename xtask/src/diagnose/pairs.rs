//! Pairs of the same stack, once with its limit and once with it raised so far that the hardware is the limit: what head-room had said, and what
//! was there.

use super::{
    beside::Beside,
    find::Said,
    servers::{GUNICORN, POSTGRESQL, Server, UVICORN, WAITRESS},
};

/// A limit that is raised.
pub struct Pair {
    pub before: Server,
    pub after: Server,
}

/// What was said before, and what was measured after.
pub struct Raised {
    pub pair: &'static Pair,
    /// Both searches, or why they were not made.
    pub said: Result<(Said, Said), String>,
}

impl Raised {
    /// Head-room before and slots after, where both are known.
    pub fn figures(&self) -> Option<((f64, f64), f64)> {
        let (before, after) = self.said.as_ref().ok()?;
        before.headroom.zip(after.slots)
    }

    /// Whether what was measured lies in the head-room; `None` where that can't be told.
    pub fn is_inside(&self) -> Option<bool> {
        self.figures().map(|((low, high), measured)| (low..=high).contains(&measured))
    }
}

/// A server whose cause is of no concern.
const fn stack(name: &'static str, needs: &'static [super::needs::Need], start: &'static str, path: &'static str) -> Server {
    Server::new(name, needs, start, path, &[])
}

pub static PAIRS: &[Pair] = &[
    Pair {
        before: stack("gunicorn sync, 4 workers", GUNICORN, "{bin}/gunicorn -w 4 -b 127.0.0.1:{port} sync_app:app", "/"),
        after: stack("gunicorn sync, 256 workers", GUNICORN, "{bin}/gunicorn -w 256 -b 127.0.0.1:{port} sync_app:app", "/").wide(),
    },
    Pair {
        before: stack("gunicorn gthread, 8 threads", GUNICORN, "{bin}/gunicorn --threads 8 -b 127.0.0.1:{port} sync_app:app", "/"),
        after: stack(
            "gunicorn gthread, 1,000 threads",
            GUNICORN,
            "{bin}/gunicorn --threads 1000 --worker-connections 3000 -b 127.0.0.1:{port} sync_app:app",
            "/",
        )
        .wide(),
    },
    Pair {
        before: stack(
            "uvicorn, 40 threads",
            UVICORN,
            "env POOL=40 {bin}/uvicorn --port {port} --log-level critical async_app:app",
            "/offload",
        ),
        after: stack("1,000 threads", UVICORN, "env POOL=1000 {bin}/uvicorn --port {port} --log-level critical async_app:app", "/offload")
            .wide(),
    },
    Pair {
        before: stack(
            "uvicorn, semaphore of 10",
            UVICORN,
            "env SLOTS=10 {bin}/uvicorn --port {port} --log-level critical async_app:app",
            "/slots",
        ),
        after: stack("of 5,000", UVICORN, "env SLOTS=5000 {bin}/uvicorn --port {port} --log-level critical async_app:app", "/slots").wide(),
    },
    Pair {
        before: stack("waitress, 8 threads", WAITRESS, "{bin}/waitress-serve --threads=8 --listen=127.0.0.1:{port} sync_app:app", "/"),
        after: stack(
            "1,000 threads",
            WAITRESS,
            "{bin}/waitress-serve --threads=1000 --connection-limit=3000 --listen=127.0.0.1:{port} sync_app:app",
            "/",
        )
        .wide(),
    },
    Pair {
        before: stack(
            "uvicorn, 10 connections to PostgreSQL",
            POSTGRESQL,
            "env POOL=10 PGPORT={side} {bin}/uvicorn --port {port} --log-level critical database_app:app",
            "/",
        )
        .beside(Beside::PostgreSql),
        after: stack(
            "300 connections",
            POSTGRESQL,
            "env POOL=300 PGPORT={side} {bin}/uvicorn --port {port} --log-level critical database_app:app",
            "/",
        )
        .beside(Beside::PostgreSql)
        .wide(),
    },
];
