//! What is never saved: passwords and tokens, in addresses and in the command line.

use url::Url;

/// What stands in place of a secret.
const REDACTED: &str = "REDACTED";

/// Headers whose values are secrets.
const SECRET_HEADERS: [&str; 4] = ["authorization", "proxy-authorization", "cookie", "x-api-key"];

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

/// The header line with the value of a secret header hidden.
fn header(line: &str) -> String {
    match line.split_once(':') {
        Some((name, _)) if SECRET_HEADERS.contains(&name.trim().to_ascii_lowercase().as_str()) => format!("{name}: {REDACTED}"),
        _ => line.to_owned(),
    }
}

/// The command line as one line, secrets hidden, quoted where a shell would need it.
pub fn command_line(arguments: impl IntoIterator<Item = String>) -> String {
    let mut out = Vec::new();
    let mut header_next = false;
    for argument in arguments {
        let shown = if header_next {
            header(&argument)
        } else if let Some(line) = argument.strip_prefix("--header=") {
            format!("--header={}", header(line))
        } else if let Some(line) = argument.strip_prefix("-H").filter(|line| !line.is_empty()) {
            format!("-H{}", header(line.strip_prefix('=').unwrap_or(line)))
        } else {
            url(&argument)
        };
        header_next = argument == "-H" || argument == "--header";
        out.push(quoted(&shown));
    }
    out.join(" ")
}

fn quoted(argument: &str) -> String {
    let harmless = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    if !argument.is_empty() && argument.chars().all(harmless) {
        argument.to_owned()
    } else {
        format!("'{}'", argument.replace('\'', r"'\''"))
    }
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
            "--header",
            "proxy-authorization: s3cret",
            "--header=COOKIE: s3cret",
            "http://u:s3cret@h/?token=s3cret",
            "-H",
            "Accept: text/html",
        ];
        let line = command_line(secrets.map(str::to_owned));
        assert!(!line.contains("s3cret"), "{line}");
        assert!(line.contains("'Accept: text/html'") && !line.contains("Bearer"), "{line}");
    }
}
