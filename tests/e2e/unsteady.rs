//! A target that does not stay the same has no one load line, and that is the answer.

use super::quiet;
use plimsoll_core::finding::Word;

#[test]
#[ignore = "puts load on a real process"]
fn a_step_in_speed_is_unstable() {
    for _ in 0..2 {
        let Some(run) = quiet::find("lab:pool?step=1.5@9s", &["--time", "20s"]) else { return };
        let line = run.finding().load_line;
        assert_eq!(line.word, Word::Unstable, "{run}");
        assert!(!line.reasons.is_empty(), "{run}");
        assert_eq!(run.code, Some(0), "{run}");
    }
}
