//! A result as figures with names and labels, for systems that gather them. What is not known has no figure.

use plimsoll_core::finding::{
    Axis, Comparison, Finding, Gate, GateVerdict, Hold, LatencySummary, LoadLine, PairWord, Tuning, Word, show_setting,
};

/// One figure. Those of one name have the same help, and stand together.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// Its name with its unit at the end, without the tool's.
    pub name: &'static str,
    /// What it is, in a sentence without a full stop.
    pub help: &'static str,
    /// What tells it from others of its name.
    pub labels: Labels,
    /// How much.
    pub value: f64,
}

/// Labels with their values.
pub type Labels = Vec<(&'static str, String)>;

/// A result's figures, and when its run began (RFC 3339).
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    /// When the run began.
    pub started_at: String,
    /// The figures.
    pub figures: Vec<Figure>,
}

/// A figure in digits: whole numbers with all of them, others with six.
pub fn digits(value: f64) -> String {
    if value.fract() == 0.0 || !value.is_finite() {
        return value.to_string();
    }
    let unit = 10f64.powi(5 - value.abs().log10().floor() as i32);
    let rounded = (value * unit).round() / unit;
    rounded.to_string()
}

/// Gathers the figures that are known.
struct Gathered {
    labels: Labels,
    figures: Vec<Figure>,
}

impl Gathered {
    fn of(labels: Labels) -> Self {
        Self { labels, figures: Vec::new() }
    }

    fn add(&mut self, name: &'static str, help: &'static str, value: Option<f64>) {
        self.with(name, help, &[], value);
    }

    fn with(&mut self, name: &'static str, help: &'static str, more: &[(&'static str, &str)], value: Option<f64>) {
        let Some(value) = value.filter(|value| value.is_finite()) else { return };
        let more = more.iter().map(|(name, text)| (*name, (*text).to_owned()));
        self.figures.push(Figure { name, help, labels: self.labels.iter().cloned().chain(more).collect(), value });
    }

    fn line(&mut self, line: &LoadLine) {
        let axis = match line.axis {
            Axis::Users => "users",
            Axis::Rate => "rate",
        };
        let labels = [("axis", axis)];
        let value = line.value.filter(|_| line.word != Word::Withheld);
        self.with("load_line", "The largest load that does not degrade: users, or requests a second", &labels, value);
        self.with("load_line_low", "Lower end of its 95% interval", &labels, line.low);
        self.with("load_line_high", "Upper end of its 95% interval", &labels, line.high);
        // What changes from run to run labels no figure, or each of its values would begin a series of its own.
        let labels = [("axis", axis), ("word", word(line.word)), ("binding", line.binding.as_str())];
        self.with("load_line_info", "How far the load line can be trusted, and what breaks first above it", &labels, Some(1.0));
    }

    fn latency(&mut self, at: &str, latency: &LatencySummary) {
        let help = "Response time from the intended send";
        let seconds = |ms: Option<f64>| ms.map(|ms| ms / 1e3);
        for (quantile, ms) in [("0.5", latency.p50_ms), ("0.95", latency.p95_ms), ("0.99", latency.p99_ms)] {
            self.with("response_time_seconds", help, &[("at", at), ("quantile", quantile)], seconds(ms));
        }
        self.with("response_time_mean_seconds", "Mean response time of the good answers", &[("at", at)], seconds(latency.mean_ms));
    }

    fn gates(&mut self, gates: &[Gate]) {
        for gate in gates {
            let flag = gate.gate.flag().trim_start_matches('-');
            for (name, verdict) in
                [("passed", GateVerdict::Passed), ("failed", GateVerdict::Failed), ("cannot_tell", GateVerdict::CannotTell)]
            {
                let is_it = f64::from(u8::from(gate.verdict == verdict));
                self.with("gate", "What a gate came to: 1 for the verdict that it has", &[("gate", flag), ("verdict", name)], Some(is_it));
            }
        }
    }

    /// What a finding says beside its target's name.
    fn finding(&mut self, finding: &Finding) {
        self.line(&finding.load_line);
        self.add("rate_at_line_per_second", "Good answers a second at the load line", finding.also.rate_per_s);
        self.add("users_at_line", "Requests in flight at the load line", finding.also.users_at_once);
        self.add("peak_per_second", "The most good answers a second", finding.peak.as_ref().map(|peak| peak.throughput_per_s));
        self.latency("alone", &finding.unloaded);
        self.latency("line", &finding.at_line);
        let headroom = finding.headroom.as_ref();
        self.add("headroom_low", "What the same hardware could carry, lower end, estimated", headroom.map(|headroom| headroom.low));
        self.add("headroom_high", "What the same hardware could carry, upper end, estimated", headroom.map(|headroom| headroom.high));
        let recovered = finding.recovery.recovered.map(|recovered| f64::from(u8::from(recovered)));
        self.add("recovered", "Whether it became healthy again after the load was taken away", recovered);
        self.generator(finding.generator.limited, finding.generator.cpu_share);
        self.gates(&finding.gates);
    }

    fn generator(&mut self, limited: bool, cpu_share: Option<f64>) {
        self.add("generator_limited", "Whether the load generator was the limit", Some(f64::from(u8::from(limited))));
        self.add("generator_cpu_share", "What the busiest thread of the load generator used of a core", cpu_share);
    }

    fn started(self, started_at: &str) -> Figures {
        Figures { started_at: started_at.to_owned(), figures: self.figures }
    }
}

fn word(word: Word) -> &'static str {
    match word {
        Word::Firm => "firm",
        Word::Rough => "rough",
        Word::Unstable => "unstable",
        Word::AtLeast => "at_least",
        Word::Withheld => "withheld",
    }
}

/// Those of a finding, labelled with its target.
pub fn finding(finding: &Finding) -> Figures {
    let mut gathered = Gathered::of(vec![("target", finding.subject.target.clone())]);
    gathered.finding(finding);
    gathered.add("took_seconds", "How long the run took", Some(finding.took_s));
    gathered.started(&finding.subject.started_at)
}

/// Those of each system, and the ratios of each pair.
pub fn comparison(comparison: &Comparison) -> Figures {
    let mut all = Gathered::of(Vec::new());
    for system in &comparison.systems {
        let mut gathered = Gathered::of(vec![("system", system.name.clone()), ("target", system.finding.subject.target.clone())]);
        gathered.finding(&system.finding);
        gathered.add("cpu_seconds_per_request", "CPU time that one request takes near the peak", system.cpu_seconds_per_request);
        gathered.add("memory_per_user_bytes", "Memory that one more request inside takes", system.memory_per_user_bytes);
        all.figures.append(&mut gathered.figures);
    }
    for pair in &comparison.pairs {
        let said = match pair.word {
            PairWord::Different => "different",
            PairWord::NoDifference => "no_difference",
            PairWord::CannotTell => "cannot_tell",
        };
        let labels = [("a", pair.a.as_str()), ("b", pair.b.as_str())];
        all.with("capacity_ratio", "The load line of b over that of a", &labels, pair.capacity_ratio);
        all.with("capacity_ratio_low", "Lower end of its 95% interval", &labels, pair.low);
        all.with("capacity_ratio_high", "Upper end of its 95% interval", &labels, pair.high);
        all.with("pair_info", "What is said of the ratio of a pair", &[labels[0], labels[1], ("word", said)], Some(1.0));
        let help = "The time of one request alone, of b over that of a";
        all.with("unloaded_latency_ratio", help, &labels, pair.unloaded_latency_ratio);
    }
    all.add("took_seconds", "How long the run took", Some(comparison.account.took_s));
    all.started(&comparison.account.started_at)
}

/// Those of one load.
pub fn hold(hold: &Hold) -> Figures {
    let mut gathered = Gathered::of(vec![("target", hold.subject.target.clone())]);
    gathered.add("users", "Requests at one time that were put on", hold.users.map(f64::from));
    gathered.add("rate_per_second", "Requests a second that were put on", hold.rate);
    let rates = [
        ("offered", hold.offered, hold.offered_per_s),
        ("sent", hold.sent, hold.sent_per_s),
        ("answered", hold.answered, hold.answered_per_s),
        ("good", hold.good, hold.good_per_s),
    ];
    for (kind, count, per_s) in rates {
        gathered.with(
            "requests",
            "Requests that fell due, were sent, were answered, were answered well",
            &[("kind", kind)],
            Some(count as f64),
        );
        gathered.with("requests_per_second", "The same in a second", &[("kind", kind)], per_s);
    }
    gathered.add("success_share", "Good answers as a share of the requests that ended", hold.success_share);
    let seconds = |ms: Option<f64>| ms.map(|ms| ms / 1e3);
    for (at, times) in [("response", &hold.latency), ("service", &hold.service)] {
        let help = "Response time from the intended send, service time from the actual one";
        let quantiles = [
            ("0.5", times.p50_ms),
            ("0.75", times.p75_ms),
            ("0.9", times.p90_ms),
            ("0.95", times.p95_ms),
            ("0.99", times.p99_ms),
            ("0.999", times.p999_ms),
        ];
        for (quantile, ms) in quantiles {
            gathered.with("time_seconds", help, &[("of", at), ("quantile", quantile)], seconds(ms));
        }
        gathered.with("time_mean_seconds", "Their means over the good answers", &[("of", at)], seconds(times.mean_ms));
        gathered.with("time_max_seconds", "The longest of the good answers", &[("of", at)], seconds(times.max_ms));
    }
    for (kind, count) in hold.errors.seen() {
        gathered.with("failed", "Requests that failed", &[("kind", kind.name())], Some(count as f64));
    }
    for judged in &hold.criteria {
        let objective = judged.objective.to_string();
        let allowed = Some(judged.allowed_share);
        gathered.with(
            "objective_bad_share",
            "Requests that failed or were too slow, as a share",
            &[("objective", &objective)],
            judged.bad_share,
        );
        gathered.with("objective_allowed_share", "The share that the objective allows", &[("objective", &objective)], allowed);
    }
    gathered.generator(hold.generator.summary.limited, hold.generator.summary.cpu_share);
    gathered.add("took_seconds", "How long the run took", Some(hold.took_s));
    gathered.started(&hold.subject.started_at)
}

/// The load line of the best setting and of every run.
pub fn tuning(tuning: &Tuning) -> Figures {
    let mut gathered = Gathered::of(vec![("start", tuning.start.clone())]);
    gathered.add("settings", "How many settings there are", Some(tuning.grid as f64));
    gathered.add("settings_tried", "How many of them were tried", Some(f64::from(tuning.settings_tried)));
    let best = tuning.best.as_ref();
    let setting = best.map(|best| show_setting(&best.setting)).unwrap_or_default();
    let value = best.and_then(|best| best.load_line.value);
    gathered.with("best_load_line", "The load line with the best setting", &[("setting", &setting)], value);
    gathered.add("enough", "Whether the best setting carries what is needed", tuning.enough.map(|enough| f64::from(u8::from(enough))));
    for (run, tried) in tuning.tried.iter().enumerate() {
        let (setting, run) = (show_setting(&tried.setting), (run + 1).to_string());
        let value = tried.load_line.as_ref().and_then(|line| line.value);
        gathered.with("tried_load_line", "The load line of one run", &[("setting", &setting), ("run", &run)], value);
    }
    gathered.add("took_seconds", "How long the run took", Some(tuning.account.took_s));
    gathered.started(&tuning.account.started_at)
}

#[cfg(test)]
mod tests {
    use super::digits;

    #[test]
    fn no_more_digits_than_tell_something() {
        for (value, text) in [
            (4.0, "4"),
            (12_345_678.0, "12345678"),
            (55.220000000000006, "55.22"),
            (0.055110000000000006, "0.05511"),
            (1234.56789, "1234.57"),
            (0.0, "0"),
            (-0.25, "-0.25"),
            (1e-9 / 3.0, "0.000000000333333"),
        ] {
            assert_eq!(digits(value), text);
        }
    }
}
