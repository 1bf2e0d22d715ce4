//! What a process is called by people: the server that a runtime runs, rather than the runtime.

use crate::proc;
use std::path::Path;

/// Longest name that is kept.
const MOST: usize = 32;
/// Programs that run others: what they run is the better name.
const RUNTIMES: [&str; 8] = ["python", "ruby", "perl", "java", "sh", "bash", "env", "pypy"];

/// The name of a process; `None` when it is gone.
pub(super) fn name(process: i32) -> Option<String> {
    let arguments = proc::text(&format!("/proc/{process}/cmdline"))?;
    let comm = || proc::text(&format!("/proc/{process}/comm"));
    called(&arguments).or_else(|| comm().map(|comm| short(comm.trim())))
}

/// The name in a command line, whose words end with a zero.
fn called(arguments: &str) -> Option<String> {
    // Titles that programs give themselves: "gunicorn: worker [app:app]", "nginx: worker process".
    if let Some((title, _)) = arguments.split_once(": ").filter(|(title, _)| !title.contains(['\0', '/', ' '])) {
        return Some(short(title));
    }
    let mut words = arguments.split('\0').filter(|word| !word.is_empty());
    let first = base(words.next()?);
    if !RUNTIMES.iter().any(|runtime| first.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.') == *runtime) {
        return Some(short(&first));
    }
    let mut rest = words.skip_while(|word| word.starts_with('-') && *word != "-m");
    let script = match rest.next() {
        Some("-m") => rest.next().map(str::to_owned),
        Some(script) => Some(base(script)),
        None => None,
    };
    Some(short(&script.unwrap_or(first)))
}

fn base(path: &str) -> String {
    Path::new(path).file_name().map_or_else(|| path.to_owned(), |name| name.to_string_lossy().into_owned())
}

fn short(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_called_by_their_own_names() {
        for (arguments, want) in [
            ("/usr/sbin/nginx\0-g\0daemon off;\0", "nginx"),
            ("/app/venv/bin/python3.11\0/app/venv/bin/gunicorn\0-w\0four\0app:app\0", "gunicorn"),
            ("python\0-m\0uvicorn\0app:app\0", "uvicorn"),
            ("python3\0-u\0serve.py\0", "serve.py"),
            ("gunicorn: worker [app:app]\0", "gunicorn"),
            ("nginx: worker process\0", "nginx"),
            ("node\0server.js\0", "node"),
            ("python3\0", "python3"),
        ] {
            assert_eq!(called(arguments).as_deref(), Some(want), "{arguments:?}");
        }
        assert_eq!(called(""), None);
        assert_eq!(called(&"x".repeat(100)).map(|name| name.len()), Some(MOST));
        assert_eq!(called("a\u{1b}[2J\0").as_deref(), Some("a[2J"));
    }
}
