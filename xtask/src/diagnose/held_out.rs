//! Servers that the rules had not seen.

use super::{
    beside::Beside,
    needs::Need,
    servers::{NGINX, NODE, Server, WAITRESS},
};

const HYPERCORN: &[Need] = &[Need::Python("hypercorn==0.18.0")];
const GRANIAN: &[Need] = &[Need::Python("granian==2.6.0")];
const CHEROOT: &[Need] = &[Need::Python("cheroot==11.1.2")];
const TORNADO: &[Need] = &[Need::Python("tornado==6.6.1")];
const PUMA: &[Need] = &[Need::Debian("puma", "puma")];
const APACHE: &[Need] =
    &[Need::Debian("apache2", "apache2-bin"), Need::Debian("/usr/lib/apache2/modules/libphp8.2.so", "libapache2-mod-php8.2")];
const PHP: &[Need] = &[NGINX, Need::Debian("php-fpm8.2", "php8.2-fpm")];

pub static HELD_OUT: &[Server] = &[
    other(
        "waitress, 8 threads that wait 100 ms",
        WAITRESS,
        "{bin}/waitress-serve --threads=8 --listen=127.0.0.1:{port} sync_app:app",
        "/",
        &["in_process_pool"],
    )
    .slots(8.0),
    other(
        "hypercorn, awaits 100 ms",
        HYPERCORN,
        "{bin}/hypercorn -b 127.0.0.1:{port} --log-level critical async_app:app",
        "/sleep",
        &["all_cpu"],
    )
    .wide(),
    other(
        "hypercorn, time.sleep in the handler",
        HYPERCORN,
        "{bin}/hypercorn -b 127.0.0.1:{port} --log-level critical async_app:app",
        "/block",
        &["blocked_event_loop"],
    )
    .slots(1.0),
    other(
        "granian WSGI, 6 blocking threads",
        GRANIAN,
        "{bin}/granian --interface wsgi --blocking-threads 6 --port {port} --no-ws --log-level error sync_app:app",
        "/",
        &["in_process_pool"],
    )
    .slots(6.0),
    other(
        "cheroot, 10 threads that wait 100 ms",
        CHEROOT,
        "{bin}/python -m cheroot --bind 127.0.0.1:{port} --threads 10 --max-threads 10 sync_app:app",
        "/",
        &["worker_pool", "in_process_pool"],
    )
    .slots(10.0),
    other("tornado, time.sleep in the handler", TORNADO, "{bin}/python tornado_app.py {port}", "/", &["blocked_event_loop"]).slots(1.0),
    other(
        "puma, 5 threads that wait 100 ms",
        PUMA,
        "puma --quiet --threads 5:5 --bind tcp://127.0.0.1:{port} app.ru",
        "/",
        &["worker_pool", "in_process_pool"],
    )
    .slots(5.0),
    other(
        "Apache prefork with PHP, 8 processes that wait 100 ms",
        APACHE,
        "apache2 -DFOREGROUND -f {dir}/apache.conf",
        "/wait.php",
        &["worker_pool"],
    )
    .slots(8.0)
    .configs(&["apache.conf", "wait.php"]),
    other(
        "Apache prefork with PHP, 8 processes, connections kept",
        APACHE,
        "apache2 -DFOREGROUND -f {dir}/apache.conf -c 'KeepAlive On'",
        "/wait.php",
        &["worker_pool"],
    )
    .hangs()
    .slots(8.0)
    .configs(&["apache.conf", "wait.php"]),
    other(
        "nginx before PHP-FPM, 5 processes that wait 100 ms",
        PHP,
        "nginx -c {dir}/fastcgi.conf",
        "/wait.php",
        &["hidden_limit", "downstream_pool"],
    )
    .slots(5.0)
    .configs(&["fastcgi.conf", "fpm.conf", "wait.php"])
    .beside(Beside::Listener("php-fpm8.2 --nodaemonize --fpm-config {dir}/fpm.conf")),
    other("node cluster, 2 processes that block 50 ms", NODE, "node cluster.js {port}", "/block", &["worker_pool", "blocked_event_loop"])
        .slots(2.0),
];

const fn other(
    name: &'static str,
    needs: &'static [Need],
    start: &'static str,
    path: &'static str,
    right: &'static [&'static str],
) -> Server {
    Server { held_out: true, ..Server::new(name, needs, start, path, right) }
}
