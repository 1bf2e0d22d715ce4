//! Spellings of wrk, wrk2, hey, oha, curl, vegeta, ab, h2load and others that mean something else here, or nothing.
//!
//! In what to write, `{..}` stands for the value that was given, and `{DURATION}` for it as a duration: others count in bare seconds.

/// Where a spelling is answered so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    /// In every command that puts on load.
    Everywhere,
    /// In this command alone.
    Only(&'static str),
}

/// One answer.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The spellings.
    pub spelled: &'static [&'static str],
    /// Where.
    pub place: Where,
    /// What is the matter, after the spelling; no full stop.
    pub says: &'static str,
    /// What to write.
    pub instead: &'static [&'static str],
}

const fn everywhere(spelled: &'static [&'static str], says: &'static str, instead: &'static [&'static str]) -> Row {
    Row { spelled, place: Where::Everywhere, says, instead }
}

const fn find(spelled: &'static [&'static str], says: &'static str, instead: &'static [&'static str]) -> Row {
    Row { spelled, place: Where::Only("find"), says, instead }
}

const fn hold(spelled: &'static [&'static str], says: &'static str, instead: &'static [&'static str]) -> Row {
    Row { spelled, place: Where::Only("hold"), says, instead }
}

const NOT_SPELLED_SO: &str = "is not spelled so here";
const LEFT_OUT: &[&str] = &["the same without it"];

/// All of them.
pub const ROWS: &[Row] = &[
    find(
        &["-c", "--connections", "--concurrency", "--clients", "--users", "--vus"],
        "sets a load, and find seeks it",
        &["--max-users {N} for a ceiling", "plimsoll hold TARGET -c {N} for this one load"],
    ),
    find(
        &["-q", "-R", "--rate", "--rps", "--qps"],
        "sets a load, and find seeks it",
        &["--by rate to seek a rate, with --max-rate {RATE} for a ceiling", "plimsoll hold TARGET -q {RATE} for this one load"],
    ),
    find(
        &["-z", "--duration", "--run-time", "--timelimit"],
        "sets how long one load lasts, and find tries many",
        &["--time {DURATION} for the whole search", "plimsoll hold TARGET -z {DURATION} for one load"],
    ),
    find(
        &["-n", "--requests", "--iterations"],
        "sets a number of requests, and find takes as many as it needs",
        &["plimsoll hold TARGET -n {N}"],
    ),
    hold(&["--concurrency", "--clients", "--users", "--vus"], NOT_SPELLED_SO, &["-c {N}"]),
    hold(&["--rps", "--qps"], NOT_SPELLED_SO, &["-q {RATE}, which is the total"]),
    hold(&["--time", "--run-time", "--timelimit"], NOT_SPELLED_SO, &["-z {DURATION}"]),
    hold(&["--iterations"], NOT_SPELLED_SO, &["-n {N}"]),
    hold(
        &["--max-users", "--max-rate", "--by", "--tolerance", "--no-overshoot"],
        "is of a search, and hold puts on one load",
        &["-c N or -q RATE for that load", "plimsoll find TARGET for a search"],
    ),
    everywhere(
        &["-t"],
        "is the number of threads in wrk and h2load, a time-out in hey and oha, and a length in ab",
        &["--threads {N}", "--timeout {DURATION}", "-z {DURATION} with hold, --time {DURATION} with find"],
    ),
    everywhere(&["-w", "--workers", "--max-workers", "-cpus"], "is about the generator's threads, or their windows", &["--threads {N}"]),
    everywhere(
        &["-s", "--script", "--lua"],
        "is a script in wrk, a time-out in ab, and silence in curl; scripts are not in this version",
        &["-m, -H and -d for what each request is", "--timeout {DURATION}"],
    ),
    everywhere(&["-p"], "is the number of streams in oha, and the file of a body in ab", &["--http2 --streams {N}", "-D {FILE}"]),
    everywhere(
        &["-A", "-U", "--user-agent"],
        "is Accept in hey and oha, the user agent in curl, and credentials in ab",
        &["-H 'Accept: TYPE'", "-H 'User-Agent: NAME'", "-a USER:PASSWORD"],
    ),
    everywhere(&["-b", "-C", "--cookie"], "is a cookie in curl and ab", &["-H 'Cookie: NAME=VALUE'"]),
    everywhere(&["-e", "--referer"], "is a referer in curl", &["-H 'Referer: ADDRESS'"]),
    everywhere(&["--oauth2-bearer"], NOT_SPELLED_SO, &["-H 'Authorization: Bearer TOKEN'"]),
    everywhere(&["--host", "-host"], NOT_SPELLED_SO, &["-H 'Host: {NAME}'"]),
    everywhere(&["-I", "-i", "--head"], "asks for heads only", &["-m HEAD"]),
    everywhere(&["-G", "--get"], NOT_SPELLED_SO, &["-m GET"]),
    everywhere(
        &["-F", "--form", "--data-urlencode", "--data-raw", "--upload-file"],
        "makes a body in a way that this version does not",
        &["-d BODY or -D FILE with the body as it is sent, and -T TYPE"],
    ),
    everywhere(
        &["-x", "-P", "--proxy", "--proxy-header", "--proxy-user", "--socks5"],
        "is a proxy, and proxies are not in this version",
        &["a target that is reached without one", "--connect-to HOST:PORT:ADDR:PORT to send requests to another address"],
    ),
    everywhere(
        &["-r", "--redirect", "--redirects", "--max-redirs", "--follow", "--follow-redirects", "--location-trusted"],
        "is about redirects, which are followed once, before the load, and only if asked",
        &["-L"],
    ),
    everywhere(&["--disable-redirects", "--no-redirect"], "says what holds anyhow: redirects are not followed unless asked", LEFT_OUT),
    everywhere(
        &["-Z", "--targets", "--urls-from-file", "--rand-regex-url", "--input-file"],
        "names many addresses, and this version measures one",
        &["the address that matters most as TARGET"],
    ),
    everywhere(&["--http1.1", "--http1", "--h1"], "says what holds anyhow: HTTP/1.1 is spoken without --http2", LEFT_OUT),
    everywhere(&["-0", "--http1.0"], "asks for HTTP/1.0, which is not in this version", &["--no-keepalive for a connection a request"]),
    everywhere(&["--h2", "-h2", "--h2c", "--http-version"], NOT_SPELLED_SO, &["--http2, or nothing for HTTP/1.1"]),
    everywhere(&["--http3"], "asks for HTTP/3, which is not in this version", &["--http2"]),
    everywhere(
        &["--disable-compression", "--no-compression"],
        "says what holds anyhow: no compression is asked for, and answers are counted as they come",
        LEFT_OUT,
    ),
    everywhere(&["--compressed"], "asks for compressed answers", &["-H 'Accept-Encoding: gzip'"]),
    everywhere(
        &["--latency-correction", "--correct-latency", "--u_latency", "-U_latency"],
        "says what holds anyhow: latency counts from the moment at which a request was due",
        LEFT_OUT,
    ),
    everywhere(&["--keepalive", "--keep-alive"], "says what holds anyhow: connections are kept unless --no-keepalive is given", LEFT_OUT),
    everywhere(&["--warm-up-time", "--warmup"], "says what holds anyhow: a target settles before it is measured", LEFT_OUT),
    everywhere(&["--skip-tls-verify", "--tls-skip-verify", "--no-check-certificate"], NOT_SPELLED_SO, &["-k"]),
    everywhere(&["--root-certs", "--ca", "--capath"], NOT_SPELLED_SO, &["--cacert FILE, with all authorities in one file"]),
    everywhere(&["-B", "--laddr", "--local-addr", "--bind-address"], NOT_SPELLED_SO, &["--source ADDRESS"]),
    everywhere(&["--connect-timeout"], "is part of --timeout, which counts connecting too", &["--timeout {DURATION}"]),
    everywhere(&["--output"], NOT_SPELLED_SO, &["--save {FILE}"]),
    everywhere(&["-j", "--format", "--output-format"], NOT_SPELLED_SO, &["--json"]),
];
