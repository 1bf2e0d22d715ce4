//! What the kernel accounts: time stolen by the hypervisor, what a core did, and time a thread ran or waited for a processor.

use std::{fmt, fs, time::Duration};

/// Running totals of the machine's CPU time, in clock ticks of all processors (proc(5), /proc/stat).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Steal {
    stolen: u64,
    all: u64,
}

impl Steal {
    /// Reads the totals; `None` where there are none.
    pub fn read() -> Option<Self> {
        Self::parse(&fs::read_to_string("/proc/stat").ok()?)
    }

    fn parse(stat: &str) -> Option<Self> {
        let line = stat.lines().find_map(|line| line.strip_prefix("cpu "))?;
        let ticks: Vec<u64> = line.split_ascii_whitespace().map(str::parse).collect::<Result<_, _>>().ok()?;
        // user nice system idle iowait irq softirq steal; guest time, which follows, is part of user time.
        let all = ticks.get(..8)?.iter().sum();
        Some(Self { stolen: ticks[7], all })
    }

    /// The share stolen since the machine started; `None` while no tick has passed.
    pub fn share(self) -> Option<f64> {
        self.share_since(Self { stolen: 0, all: 0 })
    }

    /// The share stolen since an earlier reading; `None` while no tick has passed.
    pub fn share_since(self, before: Self) -> Option<f64> {
        let all = self.all.checked_sub(before.all).filter(|&all| all > 0)?;
        Some(self.stolen.saturating_sub(before.stolen) as f64 / all as f64)
    }
}

/// A core that does nothing but answer was seen in soft interrupts for some 7% of its time; its timer's, 250 a second of some 2 us, are 0.05%.
const SOFT_PER_HARD: u64 = 1_000;

/// Running totals of the time of one processor, or of several together, in clock ticks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CoreTime {
    /// All but idle time and time stolen by a hypervisor.
    pub busy: u64,
    /// The part of that which interrupts took, where the kernel measures it: otherwise it is a part of the time of the threads that they
    /// interrupted.
    pub interrupts: u64,
    /// Time in which there was nothing to do.
    pub idle: u64,
    /// All of its time.
    pub all: u64,
}

impl CoreTime {
    /// Reads the totals of these cores; `None` where one of them is not known.
    pub fn of(cores: &[usize]) -> Option<Self> {
        let stat = fs::read_to_string("/proc/stat").ok()?;
        cores.iter().try_fold(Self::default(), |sum, &core| {
            let one = Self::parse(&stat, core)?;
            Some(Self {
                busy: sum.busy + one.busy,
                interrupts: sum.interrupts + one.interrupts,
                idle: sum.idle + one.idle,
                all: sum.all + one.all,
            })
        })
    }

    fn parse(stat: &str, core: usize) -> Option<Self> {
        let name = format!("cpu{core} ");
        let line = stat.lines().find_map(|line| line.strip_prefix(name.as_str()))?;
        let ticks: Vec<u64> = line.split_ascii_whitespace().map(str::parse).collect::<Result<_, _>>().ok()?;
        let [user, nice, system, idle, iowait, irq, softirq, steal] = ticks.get(..8)?.try_into().ok()?;
        let busy = user + nice + system + irq + softirq;
        // A kernel that measures them (CONFIG_IRQ_TIME_ACCOUNTING) has at least those of its timer in irq. One that counts clock ticks, which are
        // interrupts themselves, hardly ever has one fall into another.
        let is_measured = irq * SOFT_PER_HARD > softirq;
        let interrupts = if is_measured { irq + softirq } else { 0 };
        Some(Self { busy, interrupts, idle: idle + iowait, all: busy + idle + iowait + steal })
    }

    /// The share of time in which the core did something since an earlier reading; `None` while no tick has passed.
    pub fn busy_share_since(self, before: Self) -> Option<f64> {
        let all = self.all.checked_sub(before.all).filter(|&all| all > 0)?;
        Some(self.busy.saturating_sub(before.busy) as f64 / all as f64)
    }
}

/// What the scheduler keeps of a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunTime {
    /// Time on a processor.
    pub ran: Duration,
    /// Time it could have run, and waited for a processor.
    pub waited: Duration,
}

impl RunTime {
    /// Reads the totals of a thread of a process; `None` where the kernel keeps no account of it, or it may not be read.
    pub fn of(process: impl fmt::Display, thread: i32) -> Option<Self> {
        Self::parse(&fs::read_to_string(format!("/proc/{process}/task/{thread}/schedstat")).ok()?)
    }

    /// Understands `/proc/PID/task/TID/schedstat`: time run, time waited (both in nanoseconds) and time slices, as one line; `None` for
    /// anything else, and for zeros, which stand where the kernel keeps no account.
    pub fn parse(text: &str) -> Option<Self> {
        let mut fields = text.split_ascii_whitespace().map(|field| field.parse::<u64>().ok());
        let (ran, waited, slices) = (fields.next()??, fields.next()??, fields.next()??);
        let times = Self { ran: Duration::from_nanos(ran), waited: Duration::from_nanos(waited) };
        (ran > 0 || slices > 0).then_some(times)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steal_is_the_eighth_number() {
        let before = Steal::parse("cpu  100 0 50 800 10 0 5 35 7 0\ncpu0 1 2 3 4 5 6 7 8 9 0\n").unwrap();
        assert_eq!(before, Steal { stolen: 35, all: 1000 });
        let after = Steal::parse("cpu  200 0 50 850 10 0 5 85 7 0\n").unwrap();
        assert_eq!((after.share_since(before), before.share()), (Some(0.25), Some(0.035)));
        assert_eq!(before.share_since(before), None);
        assert_eq!(Steal::parse("cpu  1 2 3 4 5 6 7\n"), None);
        assert_eq!(Steal::parse("intr 1\n"), None);
    }

    #[test]
    fn a_core_is_busy_while_it_neither_idles_nor_is_taken_away() {
        let stat = "cpu  9 9 9 9 9 9 9 9 9 9\ncpu1 10 1 5 80 2 1 1 0 0 0\ncpu10 1 2 3 4 5 6 7 8 9 0\n";
        let before = CoreTime::parse(stat, 1).unwrap();
        assert_eq!(before, CoreTime { busy: 18, interrupts: 2, idle: 82, all: 100 });
        let ticks = CoreTime::parse("cpu1 10 0 10 80 0 0 7 0 0 0\n", 1).unwrap();
        assert_eq!((ticks.busy, ticks.interrupts), (27, 0), "without hard interrupts the soft ones are a part of the threads' time");
        assert_eq!(CoreTime::parse(stat, 10), Some(CoreTime { busy: 19, interrupts: 13, idle: 9, all: 36 }));
        assert_eq!(CoreTime::parse(stat, 0), None);
        assert_eq!(CoreTime { busy: 48, all: 140, ..before }.busy_share_since(before), Some(0.75));
        assert_eq!(before.busy_share_since(before), None);
    }

    #[test]
    fn run_wait_is_the_second_number_and_no_account_is_unknown() {
        let times = |ran, waited| RunTime { ran: Duration::from_nanos(ran), waited: Duration::from_nanos(waited) };
        assert_eq!(RunTime::parse("35591063 19517081 126\n"), Some(times(35_591_063, 19_517_081)));
        assert_eq!(RunTime::parse("5 0 1\n"), Some(times(5, 0)));
        assert_eq!(RunTime::parse("0 0 0\n"), None);
        assert_eq!(RunTime::parse("garbage\n"), None);
    }
}
