//! An examination as lines for people.

use super::{Check, Examination, State};
use crate::report::{
    Report,
    paint::{Look, Tone, plain},
};

/// Columns of the mark and the name.
const NAME: usize = 20;

impl Report for Examination {
    fn text(&self, look: &Look) -> String {
        let mut out = format!("{} What this machine allows\n\n", look.mark());
        self.checks.iter().for_each(|check| out.push_str(&lines(check, look)));
        out.push('\n');
        out.push_str(&look.wrap(&self.summary(), 0));
        out.push('\n');
        out
    }
}

impl Examination {
    fn summary(&self) -> String {
        let count = |state| self.checks.iter().filter(|check| check.state == state).count();
        let (short, blocked, unknown) = (count(State::Short), count(State::Blocked), count(State::Unknown));
        let all = self.checks.len();
        let mut parts = Vec::new();
        parts.extend((blocked > 0).then(|| format!("{blocked} of {all} must be changed before anything can be measured")));
        parts.extend((short > 0).then(|| format!("{short} of {all} limit what can be measured, each with its remedy")));
        parts.extend((unknown > 0).then(|| format!("{unknown} of {all} are not known")));
        if parts.is_empty() { format!("Nothing to change: all {all} are good.") } else { parts.join("; ") + "." }
    }
}

fn lines(check: &Check, look: &Look) -> String {
    let (mark, tone) = match check.state {
        State::Good => (' ', Tone::Soft),
        State::Short => ('!', Tone::Strong),
        State::Blocked => ('X', Tone::Degraded),
        State::Unknown => ('?', Tone::Soft),
    };
    let head = format!("{mark} {:<width$}", check.name.replace('_', " "), width = NAME - 2);
    let text = look.wrap(&format!("{head}{}: {}", plain(&check.value), check.means), NAME);
    let mut out = text.replacen(&head, &look.paint(tone, &head), 1) + "\n";
    if let Some(remedy) = &check.remedy {
        let indent = " ".repeat(NAME);
        out.push_str(&look.wrap(&format!("{indent}try: {remedy}"), NAME + 5));
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::{DOCTOR_SCHEMA, Machine};

    #[test]
    fn a_machine_of_which_much_is_known() {
        let machine = Machine {
            kernel: Some("6.1.0\u{1b}[2J".to_owned()),
            soft_files: Some(1024),
            hard_files: Some(4096),
            connections: Some(4066),
            port_range: Some((32_768, 60_999)),
            tw_reuse: Some(2),
            somaxconn: Some(4096),
            syn_backlog: Some(512),
            cores: Some(2),
            cpu_quota: Some(1.5),
            memory_limit: Some(u64::MAX),
            memory_available: Some(3 << 30),
            steal_since_boot: Some(0.004),
            steal_now: Some(0.0),
            clock_source: Some("tsc".to_owned()),
            clock_read_ns: Some(21.0),
            cgroups_writable: None,
            has_counters: Some(false),
            perf_paranoid: Some(2),
            may_count: Some(false),
        };
        let shown = Examination::of(&machine).text(&Look { unicode: false, ..Look::default() });
        assert!(shown.is_ascii() && shown.lines().all(|line| line.len() <= 80), "{shown}");
        insta::assert_snapshot!("much_is_known", shown);
    }

    #[test]
    fn nothing_to_change_is_said() {
        let good = Examination { schema: DOCTOR_SCHEMA, checks: vec![Check::good("cores", "2", "enough")] };
        assert!(good.text(&Look::default()).ends_with("\nNothing to change: all 1 are good.\n"));
    }
}
