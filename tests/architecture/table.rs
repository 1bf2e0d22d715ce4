//! The import table. ARCHITECTURE.md says it in words; change both together, and only with a reason.

/// A package of the workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crate {
    Core,
    Engine,
    Shell,
}

use Crate::{Core, Engine, Shell};

type Targets = &'static [(Crate, &'static str)];

/// The engine as a whole: it is imported by its root, and within itself its modules are free.
pub const ROOT: &str = "";

/// What the load needs to know, and nothing of why it is sent.
const ENGINE: Targets = &[(Core, "outcome"), (Core, "schedule"), (Core, "stat"), (Core, "step"), (Core, "units")];

/// Each module with what it may import besides itself.
pub const ALLOWED: &[(Crate, &str, Targets)] = &[
    (Core, "units", &[]),
    (Core, "outcome", &[(Core, "units")]),
    (Core, "stat", &[(Core, "units")]),
    (Core, "schedule", &[(Core, "units")]),
    (Core, "step", &[(Core, "units"), (Core, "outcome"), (Core, "stat"), (Core, "schedule")]),
    (Core, "criterion", &[(Core, "units"), (Core, "step"), (Core, "stat")]),
    (Core, "model", &[(Core, "units"), (Core, "stat")]),
    (Core, "evidence", &[(Core, "units"), (Core, "outcome"), (Core, "stat"), (Core, "step"), (Core, "criterion")]),
    (
        Core,
        "finding",
        &[(Core, "units"), (Core, "outcome"), (Core, "stat"), (Core, "schedule"), (Core, "step"), (Core, "criterion"), (Core, "evidence")],
    ),
    (
        Core,
        "search",
        &[
            (Core, "units"),
            (Core, "outcome"),
            (Core, "stat"),
            (Core, "schedule"),
            (Core, "step"),
            (Core, "criterion"),
            (Core, "evidence"),
            (Core, "model"),
            (Core, "finding"),
        ],
    ),
    (Core, "diagnose", &[(Core, "units"), (Core, "step"), (Core, "finding")]),
    (Core, "compare", &[(Core, "units"), (Core, "stat"), (Core, "step"), (Core, "evidence"), (Core, "finding"), (Core, "diagnose")]),
    (Core, "gate", &[(Core, "units"), (Core, "criterion"), (Core, "finding")]),
    (Core, "tune", &[(Core, "units"), (Core, "finding")]),
    // The cases of the simulation state the goal that each is searched with; the search itself never sees a simulation.
    (
        Core,
        "sim",
        &[
            (Core, "units"),
            (Core, "outcome"),
            (Core, "schedule"),
            (Core, "step"),
            (Core, "stat"),
            (Core, "criterion"),
            (Core, "finding"),
            (Core, "search"),
        ],
    ),
    (Shell, "lab", &[(Core, "units"), (Core, "model")]),
    // Where the groups are that a target may be put in.
    (Shell, "launch", &[(Core, "units"), (Engine, ROOT), (Shell, "proc")]),
    // Both read the kernel's accounts, of which the engine has its own for the self-check.
    (Shell, "limits", &[(Engine, ROOT)]),
    (Shell, "proc", &[]),
    (Shell, "repeat", &[]),
    (Shell, "watch", &[(Core, "step"), (Engine, ROOT), (Shell, "launch"), (Shell, "limits"), (Shell, "proc"), (Shell, "repeat")]),
    (
        Shell,
        "session",
        &[
            (Core, "units"),
            (Core, "outcome"),
            (Core, "step"),
            (Core, "criterion"),
            (Core, "evidence"),
            (Core, "search"),
            (Core, "finding"),
            (Engine, ROOT),
            (Core, "compare"),
            (Core, "diagnose"),
            (Core, "tune"),
            (Shell, "lab"),
            (Shell, "launch"),
            (Shell, "repeat"),
            (Shell, "watch"),
        ],
    ),
    (
        Shell,
        "report",
        &[
            (Core, "units"),
            (Core, "outcome"),
            (Core, "stat"),
            (Core, "schedule"),
            (Core, "step"),
            // A chart draws the limit of an objective.
            (Core, "criterion"),
            (Core, "evidence"),
            (Core, "finding"),
        ],
    ),
    (Shell, "doctor", &[(Core, "units"), (Engine, ROOT), (Shell, "limits"), (Shell, "report")]),
    // A view shows what a target said, so it needs the report's escaping of hostile text.
    (
        Shell,
        "view",
        &[
            (Core, "units"),
            (Core, "stat"),
            (Core, "step"),
            (Core, "criterion"),
            (Core, "evidence"),
            (Core, "finding"),
            (Core, "search"),
            (Shell, "session"),
            (Shell, "report"),
        ],
    ),
    (
        Shell,
        "cli",
        &[
            (Core, "units"),
            (Core, "schedule"),
            (Core, "step"),
            (Core, "criterion"),
            (Core, "evidence"),
            (Core, "finding"),
            (Core, "gate"),
            (Core, "search"),
            (Core, "tune"),
            (Shell, "doctor"),
            (Shell, "lab"),
            (Shell, "launch"),
            (Shell, "report"),
            (Shell, "session"),
            (Shell, "view"),
            (Shell, "watch"),
        ],
    ),
];

/// What a module may import besides itself; `None` for a module that the table does not know.
pub fn allowed(of: Crate, module: &str) -> Option<Targets> {
    match of {
        Engine => Some(ENGINE),
        _ => ALLOWED.iter().find(|(package, name, _)| (*package, *name) == (of, module)).map(|(.., targets)| *targets),
    }
}

/// Modules of `std` through which the world gets in; the core uses none of them.
pub const STD_FORBIDDEN: [&str; 7] = ["env", "fs", "io", "net", "os", "process", "thread"];

/// Clocks.
pub const STD_TIME_FORBIDDEN: [&str; 2] = ["Instant", "SystemTime"];
