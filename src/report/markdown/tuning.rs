//! A tuning.

use super::{
    warnings,
    write::{code, escaped, folded, head, row},
};
use crate::report::say::{self, names, tuning as say_tuning};
use plimsoll_core::finding::{Tuning, show_setting};

/// The answer with the command to use, what does as well, the load line against each of what was varied, and every run.
pub fn tuning(tuning: &Tuning) -> String {
    let mut out = format!("### {}\n\n", escaped(&tuning.start));
    out.extend(say::early(tuning.account.ending, tuning.account.took_s).map(|early| format!("*{}*\n\n", escaped(&early))));
    out.push_str(&format!("**{}**\n\n", escaped(&say_tuning::headline(tuning).1)));
    out.extend(tuning.best.iter().map(|best| format!("{}\n\n", code(&best.command))));
    let ties = tuning.ties.iter();
    let ties = ties.map(|tie| format!("no difference found: {}, {}", show_setting(&tie.setting), names::line(&tie.load_line)));
    let notes: Vec<String> = ties.chain(tuning.edges.iter().cloned()).map(|note| format!("- {}\n", escaped(&note))).collect();
    if !notes.is_empty() {
        out.push_str(&format!("{}\n", notes.concat()));
    }
    for curve in &tuning.curves {
        out.push_str(&head(&[&escaped(&curve.name), "carried"]));
        out.extend(curve.points.iter().map(|point| row(&[escaped(&point.value), escaped(&say_tuning::carried(point))])));
        out.push('\n');
    }
    out.push_str(&tried(tuning));
    out.push_str(&warnings(&tuning.account.warnings));
    out.push_str(&format!("{}, version {}\n", code(&tuning.account.command), escaped(&tuning.account.version)));
    out
}

fn tried(tuning: &Tuning) -> String {
    let mut table = head(&["Setting", "carried", "stops because"]);
    for one in say_tuning::by_load(tuning) {
        let (carried, cause) = say_tuning::tried(one);
        table.push_str(&row(&[escaped(&show_setting(&one.setting)), escaped(&carried), escaped(&cause)]));
    }
    folded(&say_tuning::heading(tuning), &table)
}
