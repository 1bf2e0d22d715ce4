//! What to try next: for each verdict a few commands or settings, those of the stack first where it was recognised.

/// What is tried where nothing better is known.
const MEASURE: &str = "prove it: `plimsoll find` again with the change, on the same hardware";

/// What to try for a verdict, given the names of the target's programs.
pub(super) fn next(verdict: &str, programs: &[String]) -> Vec<String> {
    let runs = |name: &str| programs.iter().any(|program| program.contains(name));
    let of_stack: Option<&str> = match verdict {
        "worker_pool" if runs("gunicorn") => {
            Some("gunicorn --threads 32, or -k gevent, if requests wait for something; more -w if they compute")
        }
        "worker_pool" if runs("php-fpm") => Some("pm.max_children in the pool's configuration"),
        "worker_pool" if runs("puma") => Some("puma -t 32:32, or more -w"),
        "worker_pool" if runs("apache2") || runs("httpd") => Some("MaxRequestWorkers, or mpm_event in place of prefork"),
        "one_core" if runs("uvicorn") => Some("uvicorn --workers with one worker for each core"),
        "one_core" if runs("node") => Some("node's cluster module, or one process for each core behind a balancer"),
        "interpreter_lock" if runs("gunicorn") => Some("gunicorn -w with one worker for each core in place of --threads"),
        "interpreter_lock" => Some("one process for each core in place of threads"),
        "blocked_event_loop" if runs("uvicorn") || runs("python") => {
            Some("await the call, hand it to a thread (`await asyncio.to_thread(call)`), or make the handler `def` rather than `async def`")
        }
        "blocked_event_loop" if runs("node") => Some("the asynchronous form of the call (no ...Sync), or a worker thread"),
        "in_process_pool" if runs("uvicorn") => {
            Some("a larger thread pool: anyio.to_thread.current_default_thread_limiter().total_tokens = 200")
        }
        "in_process_pool" if runs("node") => Some("UV_THREADPOOL_SIZE=64"),
        "downstream_pool" if runs("uvicorn") || runs("gunicorn") || runs("python") => {
            Some("pool_size and max_overflow (SQLAlchemy), max_size (asyncpg, psycopg_pool)")
        }
        _ => None,
    };
    let general: &[&str] = match verdict {
        "worker_pool" => {
            &["more workers or threads: each holds one request while it waits", "an asynchronous server, if requests wait for something"]
        }
        "one_core" => &["a process or a thread for each core", "a profile of the busy thread (`perf top -t`)"],
        "all_cpu" => &["a profile: what a request costs is the limit", "more cores, or another machine"],
        "cpu_quota" => &["a larger quota (cpu.max, `--cpus` of the container)", "as many workers as the quota has cores"],
        "contention" => &["fewer workers: beyond the peak each one costs the others", "a profile of locks and switches (`perf trace -s`)"],
        "lock" => &["a shorter hold of the lock, or several locks (`perf lock`)", "fewer threads: they only queue"],
        "blocked_event_loop" => &["no call inside the loop that waits or computes for long", "a pool of threads for what has to block"],
        "in_process_pool" => &["a larger pool of threads", "the asynchronous form of what they wait for"],
        "downstream_pool" => &[
            "a larger pool of connections, if the server behind it carries more (for PostgreSQL below max_connections)",
            "a shorter hold of each connection: take it late, give it back before the answer is rendered",
        ],
        "hidden_limit" => {
            &["the sizes of pools (database, HTTP client), semaphores and rate limits behind the target", "the slow part asked by itself"]
        }
        "file_descriptors" => &["ulimit -n, or LimitNOFILE= of the service"],
        "memory" => &["a larger limit, or fewer at one time (a bound in front)", "what a request keeps in memory"],
        "neighbour" => &["what else runs on the target's cores (`top -H`)", "cores of its own (`taskset`, cpuset)"],
        "rate_limit" => &["the limiter's setting, or a key that it does not limit"],
        "unknown" if !programs.is_empty() => {
            &["a longer search, --time 2m: more is seen at each load", "a profile of it while `plimsoll hold` keeps it full"]
        }
        "unknown" => &["the same find on the target's own machine, as its user or as root: its processes can be looked at there"],
        _ => &[],
    };
    let all = of_stack.into_iter().chain(general.iter().copied());
    let changes =
        matches!(verdict, "worker_pool" | "one_core" | "interpreter_lock" | "blocked_event_loop" | "in_process_pool" | "downstream_pool");
    all.chain(changes.then_some(MEASURE)).take(3).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_the_stack_comes_first() {
        let of = |verdict, program: &str| next(verdict, &[program.to_owned()]);
        assert!(of("worker_pool", "gunicorn")[0].starts_with("gunicorn --threads"));
        assert!(of("worker_pool", "something")[0].starts_with("more workers"));
        assert!(of("unknown", "gunicorn")[0].contains("longer") && next("unknown", &[])[0].contains("own machine"));
        assert!(of("in_process_pool", "node")[0].starts_with("UV_THREADPOOL_SIZE"));
        for verdict in
            ["worker_pool", "one_core", "all_cpu", "contention", "hidden_limit", "downstream_pool", "unknown", "cpu_quota", "lock"]
        {
            assert!((1..=3).contains(&of(verdict, "x").len()), "{verdict}");
        }
    }
}
