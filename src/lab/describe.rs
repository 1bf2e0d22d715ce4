//! A reference server in a few words, for the head of a report.

use super::{
    LabSpec,
    spec::{LockKind, Model, Spread},
};
use plimsoll_core::units::show_duration;

impl LabSpec {
    /// What the server is and what a request costs it ("4 blocking workers, wait 50 ms"); faults are left out, for they are to be found.
    pub fn describe(&self) -> String {
        let mut parts = vec![match self.model {
            Model::Single => "one request at a time".to_owned(),
            Model::Pool => counted(self.workers, "blocking worker"),
            Model::Threads => "a thread for each connection".to_owned(),
            Model::Processes => counted(self.workers, "worker process"),
            Model::Async => "one event loop".to_owned(),
            Model::AsyncBlocking => "one event loop that blocks".to_owned(),
        }];
        let spread = match self.spread {
            Spread::Constant => String::new(),
            Spread::Exponential => " (exponential)".to_owned(),
            Spread::Lognormal { cv } => format!(" (lognormal, cv {cv})"),
        };
        let waiting = match self.lock_kind {
            LockKind::Mutex => "",
            LockKind::Herd => ", waking all",
            LockKind::Spin => ", spinning",
        };
        for (what, time, more) in [("wait", self.wait, spread.as_str()), ("CPU", self.cpu, ""), ("lock", self.lock, waiting)] {
            if !time.is_zero() {
                parts.push(format!("{what} {}{more}", show_duration(time)));
            }
        }
        if let Some(slots) = self.slots {
            parts.push(counted(slots, "slot"));
        }
        parts.join(", ")
    }
}

fn counted(n: u32, what: &str) -> String {
    let ending = match (n, what.ends_with('s')) {
        (1, _) => "",
        (_, true) => "es",
        (_, false) => "s",
    };
    format!("{n} {what}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_in_a_few_words() {
        for (text, words) in [
            ("pool", "4 blocking workers, wait 50 ms"),
            ("processes?workers=2&wait=1s&dist=exp", "2 worker processes, wait 1 s (exponential)"),
            ("async?wait=100ms", "one event loop, wait 100 ms, CPU 1 ms"),
            ("threads?wait=0&lock=2ms&slots=1&refuse_above=9", "a thread for each connection, lock 2 ms, 1 slot"),
            ("threads?wait=0&lock=500us&lock_kind=spin", "a thread for each connection, lock 500 us, spinning"),
            ("threads?wait=0&lock=500us&lock_kind=herd", "a thread for each connection, lock 500 us, waking all"),
            ("single?dist=lognormal&cv=1.5", "one request at a time, wait 50 ms (lognormal, cv 1.5)"),
        ] {
            assert_eq!(text.parse::<LabSpec>().unwrap().describe(), words);
        }
    }
}
