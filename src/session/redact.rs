//! What is never saved: passwords and tokens, in addresses and in the command line.

use super::is_command;
use plimsoll_core::units::show_word;
use url::Url;

/// What stands in place of a secret.
const REDACTED: &str = "REDACTED";

/// Headers whose values are secrets.
const SECRET_HEADERS: [&str; 4] = ["authorization", "proxy-authorization", "cookie", "x-api-key"];

/// Short flags without a value, which others may follow in one argument.
const BARE_FLAGS: [char; 6] = ['k', 'L', '4', '6', 'v', 'h'];

/// Parts of the names of query parameters whose values are secrets.
const SECRET_PARAMETERS: [&str; 9] = ["token", "key", "secret", "password", "passwd", "pwd", "signature", "sig", "auth"];

/// The URL without its user information and without the values of query parameters that look like secrets. What is no URL stays as it is.
pub fn url(text: &str) -> String {
    let Ok(mut parsed) = Url::parse(text) else { return text.to_owned() };
    let mut changed = false;
    if !parsed.username().is_empty() || parsed.password().is_some() {
        changed = parsed.set_username(REDACTED).is_ok() && parsed.set_password(None).is_ok();
    }
    if let Some(query) = parsed.query() {
        let hidden: Vec<String> = query.split('&').map(parameter).collect();
        let hidden = hidden.join("&");
        if hidden != query {
            parsed.set_query(Some(&hidden));
            changed = true;
        }
    }
    // An address that holds no secret is shown as it was typed.
    if changed { parsed.into() } else { text.to_owned() }
}

fn parameter(pair: &str) -> String {
    match pair.split_once('=') {
        Some((name, _)) if is_secret_parameter(name) => format!("{name}={REDACTED}"),
        _ => pair.to_owned(),
    }
}

fn is_secret_parameter(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    // "key" and "sig" are parts of harmless words ("monkey", "design"), so they have to be words of their own.
    name.split(['_', '-', '.', '[', ']', '%']).any(|word| SECRET_PARAMETERS.contains(&word))
        || ["token", "secret", "password", "apikey"].iter().any(|part| name.contains(part))
}

/// Whether the value of a header with this name is a secret.
pub(super) fn is_secret_header(name: &str) -> bool {
    SECRET_HEADERS.contains(&name.trim().to_ascii_lowercase().as_str())
}

/// The header line with the value of a secret header hidden.
fn header(line: &str) -> String {
    match line.split_once(':') {
        Some((name, _)) if is_secret_header(name) => format!("{name}: {REDACTED}"),
        _ => line.to_owned(),
    }
}

/// What the value of a flag is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Value {
    Header,
    Secret,
    Command,
}

impl Value {
    /// What a long flag, without its dashes, is followed by; `None` for anything that shows as it is.
    fn of_long(flag: &str) -> Option<Self> {
        match flag {
            "header" => Some(Self::Header),
            "basic-auth" | "user" => Some(Self::Secret),
            "start" => Some(Self::Command),
            _ => None,
        }
    }

    /// The same for the first short flag with a value in a cluster such as `kLa`, with its place there.
    fn of_cluster(cluster: &str) -> Option<(usize, Self)> {
        let (place, flag) = cluster.char_indices().find(|(_, flag)| !BARE_FLAGS.contains(flag))?;
        match flag {
            'H' => Some((place + 1, Self::Header)),
            'a' | 'u' => Some((place + 1, Self::Secret)),
            _ => None,
        }
    }

    fn hidden(self, value: &str) -> String {
        match self {
            Self::Header => header(value),
            Self::Secret => REDACTED.to_owned(),
            // What is no command is not run either.
            Self::Command => shlex::split(value).map_or_else(|| REDACTED.to_owned(), |words| foreign_command(&words)),
        }
    }
}

/// A command of somebody else, whose flags are not known, as one line: what is called like a secret is hidden, as `NAME=value` or after `--name`.
pub(super) fn foreign_command(words: &[String]) -> String {
    let mut out = Vec::new();
    let mut hides_next = false;
    for word in words {
        let is_flag = word.starts_with('-');
        let shown = if hides_next && !is_flag { REDACTED.to_owned() } else { foreign_word(word) };
        hides_next = is_flag && !word.contains('=') && is_secret_parameter(word.trim_start_matches('-'));
        out.push(show_word(&shown));
    }
    out.join(" ")
}

/// One word; a script in it (`sh -c '...'`) is looked through as far as its first secret header.
fn foreign_word(word: &str) -> String {
    let lower = word.to_ascii_lowercase();
    if let Some(end) = SECRET_HEADERS.iter().find_map(|name| Some(lower.find(&format!("{name}:"))? + name.len())) {
        return format!("{}: {REDACTED}", &word[..end]);
    }
    let pieces = word.split(' ').map(|piece| match piece.split_once('=') {
        Some((name, _)) if !name.contains("://") && is_secret_parameter(name.trim_start_matches('-')) => format!("{name}={REDACTED}"),
        _ => url(piece),
    });
    pieces.collect::<Vec<_>>().join(" ")
}

/// The command line as one line, secrets hidden, quoted where a shell would need it.
pub fn command_line(arguments: impl IntoIterator<Item = String>) -> String {
    let mut out = Vec::new();
    let mut next: Option<Value> = None;
    for argument in arguments {
        let (shown, after) = match next {
            Some(value) => (value.hidden(&argument), None),
            None => flag(&argument).unwrap_or_else(|| (system(&argument), None)),
        };
        next = after;
        out.push(show_word(&shown));
    }
    out.join(" ")
}

/// A target or a command, also with a name before it (`NAME=TARGET`).
fn system(argument: &str) -> String {
    let (name, rest) = match argument.split_once('=') {
        Some((name, rest)) if !name.contains([':', '/', '?', ' ']) => (Some(name), rest),
        _ => (None, argument),
    };
    let shown = if is_command(rest) { Value::Command.hidden(rest) } else { url(rest) };
    name.map_or_else(|| shown.clone(), |name| format!("{name}={shown}"))
}

/// A flag that has a secret, or is followed by one, as it is shown, and what follows; `None` for any other argument.
fn flag(argument: &str) -> Option<(String, Option<Value>)> {
    if let Some(long) = argument.strip_prefix("--") {
        return match long.split_once('=') {
            Some((flag, value)) => Some((format!("--{flag}={}", Value::of_long(flag)?.hidden(value)), None)),
            None => Some((argument.to_owned(), Some(Value::of_long(long)?))),
        };
    }
    let cluster = argument.strip_prefix('-')?;
    let (end, value) = Value::of_cluster(cluster)?;
    let (flags, rest) = cluster.split_at(end);
    Some(match rest {
        "" => (argument.to_owned(), Some(value)),
        rest => (format!("-{flags}{}", value.hidden(rest.strip_prefix('=').unwrap_or(rest))), None),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_stays_in_an_address() {
        for (given, wanted) in [
            ("http://ann:hunter2@host/a", "http://REDACTED@host/a"),
            ("http://host/a?access_token=abc&page=2", "http://host/a?access_token=REDACTED&page=2"),
            ("http://host/a?api-key=abc", "http://host/a?api-key=REDACTED"),
            ("http://host/a?apikey=abc", "http://host/a?apikey=REDACTED"),
            ("http://host/a?monkey=abc&design=1", "http://host/a?monkey=abc&design=1"),
            ("http://host", "http://host"),
            ("lab:pool?workers=4", "lab:pool?workers=4"),
        ] {
            assert_eq!(url(given), wanted);
        }
    }

    #[test]
    fn no_secret_stays_in_a_command_line() {
        let secrets = [
            "-H",
            "Authorization: Bearer s3cret",
            "-HCookie: id=s3cret",
            "-H=X-Api-Key: s3cret",
            "-kH",
            "Cookie: s3cret",
            "--header",
            "proxy-authorization: s3cret",
            "--header=COOKIE: s3cret",
            "http://u:s3cret@h/?token=s3cret",
            "-a",
            "ann:s3cret",
            "-aann:s3cret",
            "-u=ann:s3cret",
            "-L4ku",
            "ann:s3cret",
            "-vaann:s3cret",
            "--basic-auth",
            "ann:s3cret",
            "--basic-auth=ann:s3cret",
            "--user",
            "-a:s3cret",
            "--user=ann:s3cret",
            "-H",
            "Accept: text/html",
        ];
        let line = command_line(secrets.map(str::to_owned));
        assert!(!line.contains("s3cret") && !line.contains("ann"), "{line}");
        assert!(line.contains("'Accept: text/html'") && !line.contains("Bearer"), "{line}");
    }

    #[test]
    fn no_secret_stays_in_a_command_that_is_started() {
        let start = |command: &str| command_line(["find", "--start", command].map(str::to_owned));
        for (command, wanted) in [
            ("app --bind=:{port} -w 4", "'app --bind=:{port} -w 4'"),
            ("app -w {workers} --port={port}", "'app -w {workers} --port={port}'"),
            ("env DB_PASSWORD=s3cret app", "'env DB_PASSWORD=REDACTED app'"),
            ("app --api-key s3cret --token=s3cret --keep 4", "'app --api-key REDACTED --token=REDACTED --keep 4'"),
            ("app --db http://u:s3cret@h/", "'app --db http://REDACTED@h/'"),
            ("app -H 'Authorization: Bearer s3cret'", r"'app -H '\''Authorization: REDACTED'\'''"),
            ("sh -c 'TOKEN=s3cret exec app'", r"'sh -c '\''TOKEN=REDACTED exec app'\'''"),
            ("app 's3cret", "REDACTED"),
        ] {
            assert_eq!(start(command), format!("find --start {wanted}"));
        }
        assert_eq!(command_line(["--start=app TOKEN=s3cret".to_owned()]), "'--start=app TOKEN=REDACTED'");
    }

    #[test]
    fn no_secret_stays_in_a_system_that_is_compared() {
        let line = command_line(
            ["compare", "old=http://u:s3cret@h/", "new=app --token s3cret --port {port}", "http://h/?token=s3cret"].map(str::to_owned),
        );
        assert!(!line.contains("s3cret") && line.contains("old=http://REDACTED@h/") && line.contains("{port}"), "{line}");
    }

    #[test]
    fn what_is_no_secret_is_shown() {
        let line = ["find", "-kL", "--cert", "a.pem", "--key", "k.pem", "-dab=u", "-m", "PUT", "http://h/"];
        assert_eq!(command_line(line.map(str::to_owned)), line.join(" "));
    }
}
