//! Where we read an answer otherwise than hyper does, and mean to (docs/FUZZING.md). Each reason is looked for in the bytes, by a reading of
//! heads that shares no code with either.

/// How two readings differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    /// An answer to us, an error to hyper.
    OnlyWeAccept,
    /// An error to us, an answer to hyper.
    OnlyHyperAccepts,
    /// Two answers.
    Disagreement,
}

/// The head of an answer, as far as bounds of bodies go.
#[derive(Default)]
struct Head {
    status: u16,
    is_version_0: bool,
    lengths: Vec<Vec<u8>>,
    codings: Vec<Vec<u8>>,
}

impl Head {
    fn is_interim(&self) -> bool {
        matches!(self.status, 100 | 102..=199)
    }
}

/// Why the readings of this answer differ, where that is deliberate.
pub fn explains(difference: Difference, method: &str, answer: &[u8]) -> Option<&'static str> {
    use Difference::{Disagreement, OnlyHyperAccepts, OnlyWeAccept};
    let (heads, body) = heads(answer);
    let last = heads.last();
    let awaits_head = last.is_none_or(Head::is_interim);
    let chunked = || last.is_some_and(|head| codings(head).iter().any(|coding| coding == b"chunked"));
    let reasons = [
        (OnlyHyperAccepts, "an empty line before a head", awaits_head && (body.starts_with(b"\r\n") || body.starts_with(b"\n"))),
        (OnlyHyperAccepts, "a switch of protocols", heads.iter().any(|head| head.status == 101)),
        (OnlyHyperAccepts, "two bounds of one body", heads.iter().any(|head| !head.lengths.is_empty() && !head.codings.is_empty())),
        (
            OnlyHyperAccepts,
            "a length that is none where it bounds nothing",
            heads.iter().any(|head| is_unbounded(head, method) && has_bad_length(head)),
        ),
        (OnlyHyperAccepts, "a coding over chunks, or chunks twice", heads.iter().any(has_coding_over_chunks)),
        (OnlyHyperAccepts, "a chunk size of more than 16 digits", chunked() && has_long_size(body)),
        (OnlyHyperAccepts, "trailers whose lines end with a line feed alone", chunked() && has_bare_line_feed(body)),
        (OnlyWeAccept, "chunks over HTTP/1.0", last.is_some_and(|head| head.is_version_0 && !head.codings.is_empty())),
        (OnlyWeAccept, "more trailers than fields of a head", chunked() && body.iter().filter(|&&byte| byte == b':').count() > 128),
        (OnlyHyperAccepts, "empty elements, or foreign letters, in the list of codings", last.is_some_and(has_odd_list)),
        (Disagreement, "empty elements, or foreign letters, in the list of codings", last.is_some_and(has_odd_list)),
    ];
    reasons.into_iter().find(|&(of, _, holds)| of == difference && holds).map(|(_, reason, _)| reason)
}

/// The heads of an answer, interim ones included, and what follows them.
fn heads(mut bytes: &[u8]) -> (Vec<Head>, &[u8]) {
    let mut all = Vec::new();
    loop {
        let Some((head, rest)) = head(bytes) else { return (all, bytes) };
        all.push(head);
        bytes = rest;
        if !all.last().is_some_and(Head::is_interim) {
            return (all, bytes);
        }
    }
}

fn head(bytes: &[u8]) -> Option<(Head, &[u8])> {
    let mut lines: Vec<Vec<u8>> = Vec::new();
    let mut rest = bytes;
    loop {
        let end = rest.iter().position(|&byte| byte == b'\n')?;
        let line = rest[..end].strip_suffix(b"\r").unwrap_or(&rest[..end]);
        rest = &rest[end + 1..];
        match lines.last_mut() {
            _ if line.is_empty() => break,
            // A folded line goes on with the one before.
            Some(before) if line.starts_with(b" ") || line.starts_with(b"\t") => before.extend_from_slice(line),
            _ => lines.push(line.to_vec()),
        }
    }
    let first = lines.first()?;
    let digits = first.get(9..12)?;
    let status = std::str::from_utf8(digits).ok()?.parse().ok()?;
    let mut head = Head { status, is_version_0: first.starts_with(b"HTTP/1.0"), ..Head::default() };
    for line in &lines[1..] {
        let colon = line.iter().position(|&byte| byte == b':')?;
        let value = line[colon + 1..].trim_ascii().to_vec();
        match line[..colon].to_ascii_lowercase().as_slice() {
            b"content-length" => head.lengths.push(value),
            b"transfer-encoding" => head.codings.push(value),
            _ => {}
        }
    }
    Some((head, rest))
}

/// Whether no body can follow, whatever the head says.
fn is_unbounded(head: &Head, method: &str) -> bool {
    method == "HEAD" || matches!(head.status, 100..=199 | 204 | 304)
}

fn has_bad_length(head: &Head) -> bool {
    let mut all = head.lengths.iter().flat_map(|value| value.split(|&byte| byte == b',')).map(<[u8]>::trim_ascii);
    let number = |digits: &[u8]| {
        let digits = std::str::from_utf8(digits).ok()?;
        if digits.bytes().all(|byte| byte.is_ascii_digit()) { digits.parse::<u64>().ok() } else { None }
    };
    let Some(first) = all.next() else { return false };
    let first = number(first);
    first.is_none() || all.any(|other| number(other) != first)
}

fn codings(head: &Head) -> Vec<Vec<u8>> {
    let elements = head.codings.iter().flat_map(|value| value.split(|&byte| byte == b','));
    elements.map(|element| element.trim_ascii().to_ascii_lowercase()).collect()
}

fn has_coding_over_chunks(head: &Head) -> bool {
    let all: Vec<Vec<u8>> = codings(head).into_iter().filter(|element| !element.is_empty()).collect();
    all.iter().position(|coding| coding == b"chunked").is_some_and(|first| first + 1 < all.len())
}

fn has_odd_list(head: &Head) -> bool {
    codings(head).iter().any(Vec::is_empty) || head.codings.iter().any(|value| !value.is_ascii())
}

fn has_long_size(body: &[u8]) -> bool {
    body.split(|&byte| byte == b'\n').any(|line| line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count() > 16)
}

fn has_bare_line_feed(body: &[u8]) -> bool {
    body.windows(2).any(|pair| pair[0] != b'\r' && pair[1] == b'\n')
}
