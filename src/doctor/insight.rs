//! How exactly time can be kept, and how much can be seen and set of a target.

use super::{Check, parse::release};
use plimsoll_core::units::show_number;

/// The first kernel with `epoll_pwait2`.
const FIRST_KERNEL: (u32, u32) = (5, 11);
/// Clock sources that are read without a system call.
const FAST_CLOCKS: [&str; 5] = ["tsc", "kvm-clock", "hyperv_clocksource_tsc_page", "arch_sys_counter", "riscv_clocksource"];
/// A reading that costs more than this, in nanoseconds, goes through the kernel.
const SLOW_READING_NS: f64 = 250.0;
/// Up to this `perf_event_paranoid` anyone may count what a process does in the kernel as well.
const KERNEL_COUNTED: i64 = 1;

/// The kernel's release.
pub fn kernel(text: Option<&str>) -> Check {
    const NAME: &str = "kernel";
    let Some((text, version)) = text.and_then(|text| Some((text, release(text)?))) else {
        return Check::unknown(NAME, "5.11 or later is needed for exact waits");
    };
    if version < FIRST_KERNEL {
        Check::blocked(
            NAME,
            text,
            "the load engine needs 5.11 or later, for exact waits",
            "a newer kernel; containers have that of their host",
        )
    } else {
        Check::good(NAME, text, "5.11 or later: waits are exact to the microsecond")
    }
}

/// The clock source, and what one reading of the clock costs in nanoseconds.
pub fn clock(source: Option<&str>, read_ns: Option<f64>) -> Check {
    const NAME: &str = "clock";
    let Some(source) = source else { return Check::unknown(NAME, "each request takes two readings of the clock") };
    let value = read_ns.map_or_else(|| source.to_owned(), |ns| format!("{source}, {} ns a reading", show_number(ns.round())));
    let is_fast = FAST_CLOCKS.contains(&source) || read_ns.is_some_and(|ns| ns <= SLOW_READING_NS);
    if is_fast {
        Check::good(NAME, value, "read without a system call")
    } else {
        Check::short(
            NAME,
            value,
            "each reading is a system call, and a request takes two",
            "echo tsc > /sys/devices/system/clocksource/clocksource0/current_clocksource (as root), where available_clocksource names it",
        )
    }
}

/// Whether cgroups may be written.
pub fn cgroups(writable: Option<bool>) -> Check {
    const NAME: &str = "cgroups";
    match writable {
        None => Check::unknown(NAME, "a target that is started here gets its CPU and memory budget through them"),
        Some(true) => Check::good(NAME, "may be written", "a target that is started here can be given a CPU and memory budget"),
        Some(false) => Check::short(
            NAME,
            "may not be written",
            "a target that is started here gets no CPU or memory budget but the choice of its cores",
            "systemd-run --user --scope -p Delegate=yes plimsoll ..., or run it as root",
        ),
    }
}

/// Whether there are hardware counters, what `perf_event_paranoid` allows everybody, and whether this process may count regardless.
pub fn counters(exist: Option<bool>, paranoid: Option<i64>, may_count: Option<bool>) -> Check {
    const NAME: &str = "perf_counters";
    let means = "instructions a request can be counted";
    if exist == Some(false) {
        return Check::short(
            NAME,
            "none",
            "this machine shows no hardware counters, as most virtual ones: instructions can't be counted",
            "a host or an instance type that shows them; \"perf stat true\" tells",
        );
    }
    match (may_count, paranoid) {
        (Some(true), _) => Check::good(NAME, "may be read", means),
        (_, None) => Check::unknown(NAME, "instructions a request are counted with them"),
        (_, Some(level)) if level <= KERNEL_COUNTED => Check::good(NAME, format!("may be read (perf_event_paranoid {level})"), means),
        (_, Some(level)) => Check::short(
            NAME,
            format!("may not be read (perf_event_paranoid {level})"),
            "instructions that the kernel executes for a request can't be counted",
            "sysctl -w kernel.perf_event_paranoid=1",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::State, *};

    #[test]
    fn kernels_before_5_11_can_not_wait_exactly() {
        for (text, state) in [
            ("6.18.44-fc", State::Good),
            ("5.11.0", State::Good),
            ("5.10.200-1-amd64", State::Blocked),
            ("4.19", State::Blocked),
            ("odd", State::Unknown),
        ] {
            assert_eq!(kernel(Some(text)).state, state, "{text}");
        }
    }

    #[test]
    fn a_clock_is_fast_by_its_name_or_by_its_cost() {
        for (source, ns, state) in [
            ("tsc", Some(22.4), State::Good),
            ("kvm-clock", None, State::Good),
            ("odd", Some(30.0), State::Good),
            ("odd", None, State::Short),
            ("hpet", Some(1_200.0), State::Short),
        ] {
            assert_eq!(clock(Some(source), ns).state, state, "{source} {ns:?}");
        }
        assert_eq!(clock(Some("tsc"), Some(22.4)).value, "tsc, 22 ns a reading");
    }

    #[test]
    fn counters_are_read_by_everybody_by_permission_or_not_at_all() {
        for (exist, paranoid, may_count, state) in [
            (Some(true), Some(4), Some(true), State::Good),
            (Some(true), Some(1), Some(false), State::Good),
            (Some(true), Some(2), Some(false), State::Short),
            (Some(true), Some(2), None, State::Short),
            (Some(false), Some(-1), Some(true), State::Short),
            (None, None, Some(false), State::Unknown),
        ] {
            let check = counters(exist, paranoid, may_count);
            assert_eq!(check.state, state, "{check:?}");
        }
    }
}
