//! Cases in which only a flag is right: the target changes, gives out, never degrades, or the generator is the limit.

use super::{
    super::{Admission, Disturbance, Generator, TargetModel},
    Case, Class, Truth, exponential, ms, rate, users,
};
use crate::search::Goal;
use std::time::Duration;

pub(super) fn cases() -> Vec<Case> {
    let flag = |name, target, goal, truth| Case::new(name, Class::MustFlag, target, goal, truth);
    let at = Duration::from_secs(25);
    let slower = Disturbance::Step { factor: 1.5, at };
    let mm16 = || TargetModel::workers(16, exponential(40.0));
    let weak = Generator::Weak { cost: ms(1.0) };
    let fast = || TargetModel::workers(16, exponential(10.0));
    vec![
        flag("step x1.5 at 25 s, p99", mm16().disturbed(slower), users(&["p99<400ms"]), Truth::Jumps { before: 99.0, after: 47.0, at }),
        flag(
            "rate: step x1.5 at 25 s, p99<400ms",
            mm16().disturbed(slower),
            rate(&["p99<400ms"]),
            Truth::Jumps { before: 386.0, after: 252.0, at },
        ),
        flag("weak generator, knee", fast().loaded_by(weak), users(&[]), Truth::NotToBeFound { at_least: 16.0 }),
        flag("weak generator, p99", fast().loaded_by(weak), users(&["p99<100ms"]), Truth::NotToBeFound { at_least: 99.0 }),
        flag("rate: weak generator", fast().loaded_by(weak), rate(&[]), Truth::NotToBeFound { at_least: 1_600.0 }),
        flag(
            "every answer a 503",
            mm16().admitting(Admission::RefuseAbove { inside: 0 }),
            users(&[]),
            Truth::NotToBeFound { at_least: 0.0 },
        ),
        flag("slower than the objective when idle", mm16(), users(&["p99<50ms"]), Truth::NotToBeFound { at_least: 0.0 }),
        flag(
            "never degrades up to the ceiling",
            TargetModel::delay(exponential(20.0)),
            Goal { ceiling: 500.0, ..users(&["p99<400ms"]) },
            Truth::Beyond,
        ),
        flag(
            "never degrades up to the ceiling, knee",
            TargetModel::delay(exponential(20.0)),
            Goal { ceiling: 500.0, ..users(&[]) },
            Truth::Beyond,
        ),
    ]
}
