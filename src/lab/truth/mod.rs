//! The true load line of a reference server, from what it was asked to be (docs/METHOD.md, definitions and acceptance suite).
//!
//! With R0 the unloaded latency and Xp the highest rate of good answers, the knee is Xp x R0 users at one time. Xp is the least of what each
//! station lets through: c workers (or no more than c admitted) give c/R0, CPU time D on k cores k/D, a lock held for L gives 1/L, s permits held
//! for W give s/W, a rate limit r gives r.

mod limits;
mod notes;

use super::LabSpec;
use limits::{error_line, limits};
use plimsoll_core::units::{show_duration, show_number};
use serde::Serialize;
use std::{fmt, time::Duration};

/// What is true of a reference server in a closed loop without pauses. `None` is "not known in closed form".
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Truth {
    /// The specification.
    pub spec: String,
    /// The cores that the server may use.
    pub cores: u32,
    /// Mean latency of a request that meets no other, in milliseconds.
    pub unloaded_ms: f64,
    /// The highest rate of good answers, a second.
    pub rate_per_s: Option<f64>,
    /// Users at one time at the knee.
    pub knee_users: Option<f64>,
    /// The largest number of users at one time of whom none gets an error.
    pub error_line_users: Option<f64>,
    /// The load line without an objective: whichever of the two comes first.
    pub load_line_users: Option<f64>,
    /// How the numbers come about, in words.
    pub formula: String,
    /// What else happens, or bounds the truth.
    pub notes: Vec<String>,
}

impl LabSpec {
    /// The truth about this server when it may use `cores` cores (at least 1).
    pub fn truth(&self, cores: u32) -> Truth {
        let cores = cores.max(1);
        let unloaded_s = (self.wait + self.cpu + self.lock).as_secs_f64();
        let mut notes = Vec::new();
        let limits = limits(self, cores, unloaded_s);
        let bound = limits.first();
        if let [first, second, ..] = &limits[..]
            && second.per_s < first.per_s * 1.3
        {
            notes.push(format!(
                "two limits lie close together ({} and {}/s), so that the true values are a few percent lower",
                show_number(first.per_s),
                show_number(second.per_s)
            ));
        }
        let rate_per_s = bound.map(|limit| limit.per_s);
        let knee_users = rate_per_s.map(|rate| (rate * unloaded_s).max(1.0));
        let error_line = error_line(self, rate_per_s, unloaded_s);
        let mut formula = match (bound, knee_users) {
            (Some(limit), Some(knee)) => format!(
                "{}: {}/s; times {} unloaded is {} at one time",
                limit.words,
                show_number(limit.per_s),
                show_duration(Duration::from_secs_f64(unloaded_s)),
                show_number(knee)
            ),
            _ => format!("nothing but its own handling bounds {}", self.model.name()),
        };
        if let Some((words, line)) = &error_line {
            formula.push_str(&format!("; {words}: no errors up to {} at one time", show_number(*line)));
        }
        let mut truth = Truth {
            spec: self.to_string(),
            cores,
            unloaded_ms: unloaded_s * 1e3,
            rate_per_s,
            knee_users,
            error_line_users: error_line.map(|(_, line)| line),
            load_line_users: None,
            formula,
            notes,
        };
        truth.load_line_users = match (truth.knee_users, truth.error_line_users) {
            (Some(knee), Some(line)) => Some(knee.min(line)),
            (knee, line) => knee.or(line),
        };
        if !notes::withdraw(self, &mut truth) {
            notes::note(self, &mut truth);
        }
        truth
    }
}

impl fmt::Display for Truth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = |value: Option<f64>| value.map_or("not known in closed form".to_owned(), show_number);
        let plural = if self.cores == 1 { "" } else { "s" };
        writeln!(f, "{} on {} core{plural}", self.spec, self.cores)?;
        writeln!(
            f,
            "  load line    {}",
            self.load_line_users.map_or(known(None), |users| format!("{} users at one time", show_number(users)))
        )?;
        writeln!(f, "  knee         {}", known(self.knee_users))?;
        writeln!(f, "  error line   {}", self.error_line_users.map_or("none known".to_owned(), show_number))?;
        writeln!(f, "  highest rate {}", self.rate_per_s.map_or(known(None), |rate| format!("{}/s", show_number(rate))))?;
        writeln!(f, "  unloaded     {} ms", show_number(self.unloaded_ms))?;
        write!(f, "  because      {}", self.formula)?;
        for note in &self.notes {
            write!(f, "\n  note         {note}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn truth(text: &str, cores: u32) -> Truth {
        text.parse::<LabSpec>().unwrap().truth(cores)
    }

    fn close(got: Option<f64>, want: Option<f64>) -> bool {
        match (got, want) {
            (Some(got), Some(want)) => (got / want - 1.0).abs() < 1e-9,
            (got, want) => got == want,
        }
    }

    #[test]
    fn the_least_limit_times_the_unloaded_latency() {
        // specification, cores, knee, rate, error line, load line
        for (text, cores, knee, rate, errors, line) in [
            ("pool", 2, Some(4.0), Some(80.0), None, Some(4.0)),
            ("pool?workers=40&wait=100ms", 1, Some(40.0), Some(400.0), None, Some(40.0)),
            ("single", 2, Some(1.0), Some(20.0), None, Some(1.0)),
            ("processes?workers=16&wait=40ms&dist=exp", 1, Some(16.0), Some(400.0), None, Some(16.0)),
            ("pool?wait=0&cpu=10ms", 2, Some(2.0), Some(200.0), None, Some(2.0)),
            ("threads?wait=90ms&cpu=10ms", 1, Some(10.0), Some(100.0), None, Some(10.0)),
            ("threads?wait=90ms&cpu=10ms", 2, Some(20.0), Some(200.0), None, Some(20.0)),
            ("async?wait=100ms&cpu=1ms", 2, Some(101.0), Some(1000.0), None, Some(101.0)),
            ("async-blocking?wait=9ms&cpu=1ms", 2, Some(1.0), Some(100.0), None, Some(1.0)),
            ("threads?slots=10&wait=40ms&cpu=1ms", 2, Some(10.25), Some(250.0), None, Some(10.25)),
            ("threads?lock=10ms&wait=40ms", 2, Some(5.0), Some(100.0), None, Some(5.0)),
            ("threads?lock=10ms&lock_kind=herd&wait=40ms", 2, Some(5.0), Some(100.0), None, Some(5.0)),
            ("threads?lock=10ms&lock_kind=spin&wait=0", 1, Some(1.0), Some(100.0), None, Some(1.0)),
            ("threads?lock=10ms&lock_kind=spin&cpu=10ms&wait=20ms", 1, Some(2.0), Some(50.0), None, Some(2.0)),
            ("threads?lock=10ms&cpu=10ms&wait=20ms", 2, Some(4.0), Some(100.0), None, Some(4.0)),
            ("threads?wait=50ms&refuse_above=100", 2, Some(100.0), Some(2000.0), Some(100.0), Some(100.0)),
            ("async?wait=199ms&refuse_above=100", 2, Some(100.0), Some(500.0), Some(100.0), Some(100.0)),
            ("async?wait=50ms&refuse_above=100", 2, Some(51.0), Some(1000.0), None, Some(51.0)),
            ("threads?crash_above=120", 2, Some(120.0), Some(2400.0), Some(120.0), Some(120.0)),
            ("threads?wait=40ms&limit_rate=300", 2, Some(12.0), Some(300.0), Some(12.0), Some(12.0)),
            ("pool?limit_rate=300", 2, Some(4.0), Some(80.0), None, Some(4.0)),
            ("pool?pause=150ms/5s", 2, Some(4.0), None, None, Some(4.0)),
            ("pool?step=1.5@25s", 2, Some(4.0), Some(80.0), None, Some(4.0)),
            ("threads", 2, None, None, None, None),
            ("pool?status=500", 2, None, None, None, None),
            ("pool?speak=garbage", 2, None, None, None, None),
            ("pool?huge=1GiB", 2, None, None, None, None),
        ] {
            let truth = truth(text, cores);
            assert!(close(truth.knee_users, knee), "{text}: knee {:?}", truth.knee_users);
            assert!(close(truth.rate_per_s, rate), "{text}: rate {:?}", truth.rate_per_s);
            assert!(close(truth.error_line_users, errors), "{text}: errors {:?}", truth.error_line_users);
            assert!(close(truth.load_line_users, line), "{text}: line {:?}", truth.load_line_users);
        }
    }

    #[test]
    fn two_limits_close_together_are_an_upper_bound_and_said_to_be() {
        let near = truth("pool?wait=40ms&lock=10ms&workers=5", 2);
        assert!(near.notes.iter().any(|note| note.contains("a few percent lower")), "{near}");
        assert!(truth("pool", 2).notes.is_empty());
    }

    #[test]
    fn a_lock_whose_waiters_cost_something_is_an_upper_bound_and_said_to_be() {
        for (kind, why) in [("herd", "wakes all"), ("spin", "spins")] {
            let text = truth(&format!("threads?wait=0&lock=1ms&lock_kind={kind}"), 1).to_string();
            assert!(text.contains(why) && text.contains("upper bound") && !text.contains("close together"), "{text}");
        }
        assert!(truth("threads?wait=0&lock=1ms", 1).notes.is_empty());
    }

    #[test]
    fn what_is_not_known_is_null_in_json() {
        let json = serde_json::to_value(truth("threads?wait=20ms", 2)).unwrap();
        assert_eq!(json["spec"], "lab:threads?wait=20ms");
        assert_eq!(json["unloaded_ms"], 20.0);
        assert!(json["knee_users"].is_null() && json["rate_per_s"].is_null());
    }

    #[test]
    fn it_is_told_in_words() {
        let text = truth("pool", 2).to_string();
        for part in ["lab:pool on 2 cores", "load line    4 users at one time", "80/s", "4 workers, busy for 50 ms each: 80/s"] {
            assert!(text.contains(part), "{text}");
        }
        assert!(truth("threads", 1).to_string().contains("not known in closed form"));
        assert!(truth("threads?step=1.5@25s&slots=3&wait=10ms", 1).to_string().contains("200/s from then on"));
    }
}
