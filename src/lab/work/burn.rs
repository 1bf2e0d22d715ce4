//! Burning a declared amount of CPU time.

use rustix::time::{ClockId, clock_gettime};
use std::{hint::black_box, time::Duration};

/// How much CPU time beyond the declared one is carried over, at most.
const MOST_DEBT: Duration = Duration::from_millis(20);

/// Holds one thread to its declared CPU time a request.
///
/// The truth `1 + wait/cpu` of an event loop counts all that its one core does for a request: accepting, parsing, writing, as well as the
/// handler. So not `cpu` is burnt in the handler, but only what is missing until the thread's own CPU clock has advanced by `cpu` for every
/// request so far. Handling that took more is a debt, paid by burning less later; it is bounded, so that a burst of connections can't make the
/// server free for a second.
pub struct Burner {
    /// Where the thread's CPU clock should stand, had every request cost what was declared.
    due: Duration,
}

impl Burner {
    /// Starts counting at the calling thread's present CPU time. Every later call must come from the same thread.
    pub fn start() -> Self {
        Self { due: thread_cpu() }
    }

    /// Does work whose CPU time counts toward no request's declared one.
    pub fn aside<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let before = thread_cpu();
        let done = work();
        self.due += thread_cpu().saturating_sub(before);
        done
    }

    /// Adds one request of `cpu` and burns what is missing.
    pub fn burn(&mut self, cpu: Duration) {
        if cpu.is_zero() {
            return;
        }
        self.due = due_after(self.due, thread_cpu(), cpu);
        let mut spin = 0u64;
        while thread_cpu() < self.due {
            // A few microseconds between looks at the clock, which is a system call for a thread's CPU time.
            for _ in 0..2_000 {
                spin = black_box(spin.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
            }
        }
    }
}

/// Where the CPU clock should stand after one more request of `cpu`, when it stands at `now`.
fn due_after(due: Duration, now: Duration, cpu: Duration) -> Duration {
    (due + cpu).max(now.saturating_sub(MOST_DEBT))
}

fn thread_cpu() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).expect("the kernel's clocks do not stand below 0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handling_counts_toward_the_declared_time_and_debt_is_bounded() {
        let ms = Duration::from_millis;
        // due, now, cpu, due afterwards
        for (due, now, cpu, after) in [
            (ms(10), ms(10), ms(2), ms(12)), // nothing was spent: burn all of it
            (ms(10), ms(11), ms(2), ms(12)), // handling took 1 ms: burn the other
            (ms(10), ms(15), ms(2), ms(12)), // handling took more: burn nothing, 3 ms are owed
            (ms(10), ms(90), ms(2), ms(70)), // far more: 20 ms are owed, the rest is forgiven
        ] {
            assert_eq!(due_after(due, now, cpu), after, "{due:?} {now:?} {cpu:?}");
        }
    }

    #[test]
    fn burning_advances_this_threads_cpu_clock_by_what_was_declared() {
        let mut burner = Burner::start();
        let before = thread_cpu();
        for _ in 0..20 {
            burner.burn(Duration::from_millis(1));
        }
        let spent = thread_cpu() - before;
        assert!(spent >= Duration::from_micros(19_500) && spent < Duration::from_millis(21), "{spent:?}");
    }

    #[test]
    fn what_is_done_aside_pays_for_nothing() {
        let mut burner = Burner::start();
        let before = thread_cpu();
        burner.aside(|| Burner::start().burn(Duration::from_millis(3)));
        burner.burn(Duration::from_millis(2));
        let spent = thread_cpu() - before;
        assert!(spent >= Duration::from_millis(5), "{spent:?}");
    }
}
