//! What stands under the help of each command: examples, exit codes, environment, files.

use std::fmt::Write;

/// What is said of one command below its flags.
#[derive(Debug)]
pub struct Page {
    /// The command.
    pub name: &'static str,
    /// Command lines, each with what it does.
    pub examples: &'static [(&'static str, &'static str)],
    /// What the exit codes say, where they say more than done, failed and misused.
    pub exits: &'static [(u8, &'static str)],
    /// Sections that several commands share.
    pub sections: &'static [&'static Section],
}

/// A section of a long help.
#[derive(Debug)]
pub struct Section {
    /// Its heading.
    pub heading: &'static str,
    /// A word or more, each with what is said of it.
    pub lines: &'static [(&'static str, &'static str)],
}

/// So many examples stand under a short help.
const FEW: usize = 3;
/// Every command can end so.
const DONE: (u8, &str) = (0, "done");
const FAILED: (u8, &str) = (1, "the tool itself failed");
const MISUSED: (u8, &str) = (2, "what was asked for can't be; nothing was sent");
const REFUSED: (u8, &str) = (2, "what was asked for can't be");
const INTERRUPTED: (u8, &str) = (130, "interrupted; what was measured is reported and saved");
const UNREACHABLE: (u8, &str) = (4, "the target can't be reached, or is broken at the smallest load");

const UNITS: Section = Section {
    heading: "Units",
    lines: &[
        ("times", "50us, 250ms, 1.5s, 2m, 1h, 1m30s"),
        ("numbers, rates a second", "400, 2.5k (thousands), 1m (a million)"),
        ("shares", "5%, or 0.05"),
        ("sizes", "512MiB (powers of 1,024), 2GB (of 1,000)"),
    ],
};

const ENVIRONMENT: Section = Section {
    heading: "Environment",
    lines: &[
        ("PLIMSOLL_FLAG", "for --flag, which overrules it: PLIMSOLL_TIMEOUT=5s"),
        ("NO_COLOR", "no colours"),
        ("XDG_STATE_HOME", "where journals are kept [default: ~/.local/state]"),
    ],
};

/// The tool as a whole.
pub const ROOT: Page = Page {
    name: "plimsoll",
    examples: &[
        ("A built-in server with four workers: how many at one time?", "plimsoll find lab:pool"),
        ("A server of yours, whose answers should come within half a second", "plimsoll find http://127.0.0.1:8080/ --slo 'p99<500ms'"),
        ("One steady load, as other load generators put it on", "plimsoll hold http://127.0.0.1:8080/ -c 50 -z 10s"),
        ("Which carries more on the same core?", "plimsoll compare lab:pool lab:async"),
    ],
    exits: &[
        DONE,
        FAILED,
        MISUSED,
        (3, "inconclusive, or the load generator was the limit"),
        UNREACHABLE,
        (99, "an objective, or what was needed, is not met"),
        INTERRUPTED,
    ],
    sections: &[&ENVIRONMENT],
};

/// Each command, in the order in which they are listed.
pub const PAGES: [Page; 9] = [
    Page {
        name: "find",
        examples: &[
            ("A built-in server with four workers", "plimsoll find lab:pool"),
            ("How many while 99% are answered within half a second", "plimsoll find http://127.0.0.1:8080/ --slo 'p99<500ms'"),
            ("How many people who pause 10 s between two requests", "plimsoll find http://127.0.0.1:8080/ --think 10s"),
            ("How many requests a second", "plimsoll find http://127.0.0.1:8080/ --by rate"),
            (
                "A command that is started, held to a budget, and stopped",
                "plimsoll find --start 'gunicorn -b 127.0.0.1:{port} app:app' --cpus 1",
            ),
            (
                "For a pipeline: it fails where the load line lies below 900/s",
                "plimsoll find http://127.0.0.1:8080/ --by rate --fail-below 900 \\\n      --report junit.xml",
            ),
        ],
        exits: &[
            DONE,
            FAILED,
            MISUSED,
            (3, "inconclusive, or the load generator was the limit"),
            UNREACHABLE,
            (99, "the load line lies below --fail-below, or dropped from --baseline"),
            INTERRUPTED,
        ],
        sections: &[&UNITS, &ENVIRONMENT],
    },
    Page {
        name: "hold",
        examples: &[
            ("50 at one time, for 10 s", "plimsoll hold http://127.0.0.1:8080/"),
            ("200 at one time, for 30 s", "plimsoll hold http://127.0.0.1:8080/ -c 200 -z 30s"),
            ("1,000 a second, of which 99% should take less than 50 ms", "plimsoll hold http://127.0.0.1:8080/ -q 1k --slo 'p99<50ms'"),
            ("5,000 requests, every one of them counted", "plimsoll hold http://127.0.0.1:8080/ -n 5000"),
        ],
        exits: &[
            DONE,
            FAILED,
            MISUSED,
            (3, "an objective is not decided, or the load generator was the limit"),
            (4, "the target can't be reached, or gave no good answer"),
            (99, "an objective is broken"),
            INTERRUPTED,
        ],
        sections: &[&UNITS, &ENVIRONMENT],
    },
    Page {
        name: "compare",
        examples: &[
            ("Four workers that wait, against an event loop", "plimsoll compare lab:pool lab:async"),
            ("Two that run already", "plimsoll compare old=http://127.0.0.1:8080/ new=http://127.0.0.1:8081/"),
            ("Two of [systems.NAME] in plimsoll.toml, on one core each", "plimsoll compare sync async --cpus 1"),
            (
                "Two commands that are started in turn",
                "plimsoll compare 'sync=gunicorn -b 127.0.0.1:{port} app:wsgi' \\\n      'async=uvicorn --port {port} app:asgi' --cpus 1",
            ),
        ],
        exits: &[DONE, FAILED, MISUSED, (3, "of no pair can it be told which carries more"), UNREACHABLE, INTERRUPTED],
        sections: &[&UNITS, &ENVIRONMENT],
    },
    Page {
        name: "tune",
        examples: &[
            (
                "How many workers carry the most?",
                "plimsoll tune --start 'gunicorn -w {workers} -b 127.0.0.1:{port} app:app' \\\n      --vary workers=1..16",
            ),
            (
                "The smallest pool that carries 40",
                "plimsoll tune --start 'app --pool {pool} --port {port}' \\\n      --vary pool=1..256*2 --need 40",
            ),
        ],
        exits: &[
            DONE,
            FAILED,
            MISUSED,
            (4, "none of the settings could be measured"),
            (99, "no setting carries as many as --need asks for"),
            INTERRUPTED,
        ],
        sections: &[&UNITS, &ENVIRONMENT],
    },
    Page {
        name: "lab",
        examples: &[
            ("Eight workers that wait 20 ms, at port 8080", "plimsoll lab 'pool?workers=8&wait=20ms' --port 8080"),
            ("Their true load line", "plimsoll lab 'pool?workers=8&wait=20ms' --truth"),
        ],
        exits: &[DONE, FAILED, REFUSED],
        sections: &[],
    },
    Page {
        name: "report",
        examples: &[
            ("One screen", "plimsoll report result.json"),
            ("The whole document; docs/schema describes it", "plimsoll report result.json --format json"),
            ("A page to share", "plimsoll report result.json --format html"),
        ],
        exits: &[DONE, FAILED, REFUSED],
        sections: &[],
    },
    Page {
        name: "watch",
        examples: &[
            ("Whoever listens at port 8080, with all its processes", "plimsoll watch :8080"),
            ("The process 4711 and all that descend from it, for five seconds", "plimsoll watch 4711 -n 5"),
            ("A unit of systemd", "plimsoll watch /sys/fs/cgroup/system.slice/web.service"),
        ],
        exits: &[DONE, FAILED, REFUSED],
        sections: &[],
    },
    Page {
        name: "doctor",
        examples: &[("What this machine allows", "plimsoll doctor")],
        exits: &[DONE, FAILED, REFUSED, (3, "nothing can be measured on this machine")],
        sections: &[],
    },
    Page {
        name: "generate",
        examples: &[
            ("All man pages", "plimsoll generate man --output man1"),
            ("Completions for bash", "plimsoll generate completions bash"),
            ("The schema of what find gives", "plimsoll generate schema finding"),
        ],
        exits: &[DONE, FAILED, REFUSED],
        sections: &[],
    },
];

impl Page {
    /// What stands under `-h`.
    pub fn short(&self) -> String {
        let lines = self.examples.iter().take(FEW).map(|(_, line)| format!("  {line}\n"));
        format!("Examples:\n{}", lines.collect::<String>())
    }

    /// What stands under `--help`.
    pub fn long(&self) -> String {
        let mut out = "Examples:\n".to_owned();
        for (what, line) in self.examples {
            // Writing to memory can't fail.
            let _ = writeln!(out, "  {}\n    {line}", heading(what));
        }
        for Section { heading, lines } in self.sections {
            let _ = writeln!(out, "\n{heading}:\n{}", columns(lines.iter().map(|&(word, what)| (word.to_owned(), what))));
        }
        let exits = self.exits.iter().map(|&(code, what)| (code.to_string(), what));
        let _ = write!(out, "\nExit codes:\n{}", columns(exits));
        out
    }
}

/// What an example does, as it stands above it.
pub fn heading(what: &str) -> String {
    if what.ends_with('?') { what.to_owned() } else { format!("{what}:") }
}

/// Words and what is said of them, one below the other; no line end after the last.
fn columns<'a>(lines: impl Iterator<Item = (String, &'a str)> + Clone) -> String {
    let width = lines.clone().map(|(word, _)| word.len()).max().unwrap_or(0);
    lines.map(|(word, what)| format!("  {word:<width$}  {what}")).collect::<Vec<_>>().join("\n")
}
