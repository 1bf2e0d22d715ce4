//! What is known of a server, and how it is started.

use super::{beside::Beside, cage::Limits, held_out::HELD_OUT, needs::Need, tuned::TUNED};

/// A server.
pub struct Server {
    /// Its name in tables and for `--server`.
    pub name: &'static str,
    /// What has to be installed.
    pub needs: &'static [Need],
    /// Its command line, which runs beside the applications. In it and in its files `{port}` is a free port, `{side}` that of what runs beside it,
    /// `{bin}` where the pinned Python programs are, `{dir}` a folder of its own, `{apps}` that of the applications, `{plimsoll}` the program.
    pub start: &'static str,
    /// What it is asked for.
    pub path: &'static str,
    /// Whether it is bound to one core.
    pub one_core: bool,
    /// Its limit on open files, where it has one of its own.
    pub files: Option<u32>,
    /// What a control group lets it have, where it is in one.
    pub cage: Option<Limits>,
    /// What runs beside it.
    pub beside: Option<Beside>,
    /// Which of the applications' files are put into its folder.
    pub configs: &'static [&'static str],
    /// Whether the search itself is given next to no CPU time.
    pub slow_generator: bool,
    /// How many requests it is configured to serve at one time, where that is a number.
    pub slots: Option<f64>,
    /// What the right answer is: where two name the same thing, both.
    pub right: &'static [&'static str],
    /// How many times as long as the others it is searched.
    pub times_as_long: u32,
    /// Whether the rules were made with servers of its kind in view.
    pub held_out: bool,
}

impl Server {
    /// A server on one core, of a kind that the rules were made with.
    pub const fn new(
        name: &'static str,
        needs: &'static [Need],
        start: &'static str,
        path: &'static str,
        right: &'static [&'static str],
    ) -> Self {
        Self {
            name,
            needs,
            start,
            path,
            one_core: true,
            files: None,
            cage: None,
            beside: None,
            configs: &[],
            slow_generator: false,
            slots: None,
            right,
            times_as_long: 1,
            held_out: false,
        }
    }

    /// On all cores.
    pub const fn spread(self) -> Self {
        Self { one_core: false, ..self }
    }

    /// It carries hundreds at one time, and takes longer to fill.
    pub const fn wide(self) -> Self {
        Self { times_as_long: 2, ..self }
    }

    /// Beyond its line nobody is answered: the search waits for time-outs of ten seconds, and takes the minute that it has unless told otherwise.
    pub const fn hangs(self) -> Self {
        Self { times_as_long: 4, ..self }
    }

    /// It is configured to serve so many at one time.
    pub const fn slots(self, slots: f64) -> Self {
        Self { slots: Some(slots), ..self }
    }

    /// With files of its own.
    pub const fn configs(self, configs: &'static [&'static str]) -> Self {
        Self { configs, ..self }
    }

    /// With something beside it.
    pub const fn beside(self, beside: Beside) -> Self {
        Self { beside: Some(beside), ..self }
    }
}

/// All of them.
pub fn all() -> impl Iterator<Item = &'static Server> {
    TUNED.iter().chain(HELD_OUT)
}

pub const GUNICORN: &[Need] = &[Need::Python("gunicorn==23.0.0"), Need::Python("packaging==25.0")];
pub const UVICORN: &[Need] = &[Need::Python("uvicorn==0.38.0")];
pub const WAITRESS: &[Need] = &[Need::Python("waitress==3.0.2")];
pub const NODE: &[Need] = &[Need::Debian("node", "nodejs")];
pub const NGINX: Need = Need::Debian("nginx", "nginx");
pub const POSTGRESQL: &[Need] =
    &[Need::Python("uvicorn==0.38.0"), Need::Python("asyncpg==0.32.0"), Need::Debian("pg_ctlcluster", "postgresql")];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_tell_servers_apart_and_lists_are_what_they_say() {
        let names: HashSet<&str> = all().map(|server| server.name).collect();
        assert_eq!(names.len(), all().count());
        assert!(TUNED.iter().all(|server| !server.held_out) && HELD_OUT.iter().all(|server| server.held_out));
    }
}
