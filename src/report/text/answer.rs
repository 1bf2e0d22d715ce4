//! The answer as a person would repeat it, with how far it can be trusted.

use crate::report::{
    paint::Look,
    say::{self, answer},
};
use plimsoll_core::finding::Finding;

/// The sentences that lead the report.
pub fn answer(finding: &Finding, look: &Look) -> String {
    let mut out = super::painted(say::tone(finding.load_line.word), &answer::headline(finding), look);
    for sentence in answer::sentences(finding) {
        out.push_str(&look.wrap(&sentence, 0));
        out.push('\n');
    }
    out
}
