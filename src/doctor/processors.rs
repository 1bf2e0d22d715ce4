//! Cores, memory, and what others take of them.

use super::Check;
use plimsoll_core::units::{show_bytes, show_number, show_share};

/// A connection and its buffers in the kernel take some 10 KiB under load: less than this does not carry ten thousand.
const LITTLE_MEMORY: u64 = 256 << 20;
/// Above this share of the machine's time taken by its host, steps are not believed (docs/METHOD.md).
const STEAL: f64 = 0.1;

/// Cores that this process may use.
pub fn cores(cores: Option<usize>) -> Check {
    const NAME: &str = "cores";
    match cores {
        None => Check::unknown(NAME, "generator and target need one each"),
        Some(1) => Check::short(
            NAME,
            "1",
            "the generator and a target on this machine slow each other",
            "taskset -pc 0-3 $$ for more of this machine's cores, or a machine with two or more",
        ),
        Some(cores) => Check::good(NAME, cores.to_string(), "the generator and a target that it starts get cores of their own"),
    }
}

/// CPU time that a cgroup allows, in cores; infinite for no limit.
pub fn quota(quota: Option<f64>, cores: Option<usize>) -> Check {
    const NAME: &str = "cpu_quota";
    let Some(quota) = quota else { return Check::unknown(NAME, "a generator that is held back measures itself") };
    let is_tight = cores.is_none_or(|cores| quota < cores as f64);
    if quota.is_infinite() {
        Check::good(NAME, "none", "nothing holds the generator back")
    } else if is_tight {
        Check::short(
            NAME,
            format!("{} cores", show_number(quota)),
            "beyond it generator and target are held back for part of each tenth of a second",
            "systemctl set-property UNIT CPUQuota= to lift it, or docker run without --cpus",
        )
    } else {
        Check::good(NAME, format!("{} cores", show_number(quota)), "no less than the cores that may be used")
    }
}

/// Memory: the limit of a cgroup (`u64::MAX` for none) and what the machine has free, in bytes.
pub fn memory(limit: Option<u64>, available: Option<u64>) -> Check {
    const NAME: &str = "memory";
    let (Some(limit), Some(available)) = (limit, available) else {
        return Check::unknown(NAME, "connections and their buffers take it");
    };
    // Version 1 says "no limit" with the largest number of whole pages.
    let value = if limit > i64::MAX as u64 / 2 {
        format!("{} free, no limit", show_bytes(available))
    } else {
        format!("{} free, limit {}", show_bytes(available), show_bytes(limit))
    };
    if limit.min(available) < LITTLE_MEMORY {
        let remedy = "systemd-run --scope -p MemoryMax=1G plimsoll ..., docker run --memory=1g, or fewer programs beside it";
        Check::short(NAME, value, "too little for ten thousand connections and their buffers", remedy)
    } else {
        Check::good(NAME, value, "enough for ten thousand connections and their buffers")
    }
}

/// The share of the machine's time that its host took, since it started and over a short look.
pub fn steal(since_boot: Option<f64>, now: Option<f64>) -> Check {
    const NAME: &str = "steal";
    let said = |share: Option<f64>| share.map_or_else(|| "not known".to_owned(), |share| show_share((share * 1e3).round() / 1e3));
    let Some(worst) = since_boot.into_iter().chain(now).reduce(f64::max) else {
        return Check::unknown(NAME, "time that the host of a virtual machine takes falls into the measurements");
    };
    let value = format!("{} since the start, {} at present", said(since_boot), said(now));
    if worst > STEAL {
        Check::short(
            NAME,
            value,
            "the host takes so much time that steps are not believed",
            "a dedicated instance, or a host with fewer neighbours",
        )
    } else {
        Check::good(NAME, value, "the host takes little of this machine's time")
    }
}

#[cfg(test)]
mod tests {
    use super::{super::State, *};

    #[test]
    fn one_core_is_too_few() {
        assert_eq!((cores(Some(1)).state, cores(Some(2)).state), (State::Short, State::Good));
    }

    #[test]
    fn a_quota_below_the_cores_holds_back() {
        for (limit, count, state, value) in [
            (f64::INFINITY, Some(4), State::Good, "none"),
            (1.5, Some(2), State::Short, "1.5 cores"),
            (2.0, Some(2), State::Good, "2 cores"),
            (2.0, None, State::Short, "2 cores"),
        ] {
            let check = quota(Some(limit), count);
            assert_eq!((check.state, check.value.as_str()), (state, value), "{check:?}");
        }
    }

    #[test]
    fn the_smaller_of_limit_and_free_memory_counts() {
        let (mib, gib) = (1 << 20, 1 << 30);
        for (limit, free, state, part) in [
            (u64::MAX, 4 * gib, State::Good, "4 GiB free, no limit"),
            (0x7fff_ffff_ffff_f000, gib, State::Good, "no limit"),
            (128 * mib, 4 * gib, State::Short, "limit 128 MiB"),
            (gib, 100 * mib, State::Short, "100 MiB free"),
        ] {
            let check = memory(Some(limit), Some(free));
            assert_eq!(check.state, state, "{check:?}");
            assert!(check.value.contains(part), "{check:?}");
        }
        assert_eq!(memory(None, Some(gib)).state, State::Unknown);
    }

    #[test]
    fn the_worse_of_both_looks_counts_and_one_is_enough() {
        for (boot, now, state, value) in [
            (Some(0.0), Some(0.0), State::Good, "0% since the start, 0% at present"),
            (Some(0.012_34), Some(0.2), State::Short, "1.2% since the start, 20% at present"),
            (Some(0.05), None, State::Good, "5% since the start, not known at present"),
        ] {
            let check = steal(boot, now);
            assert_eq!((check.state, check.value.as_str()), (state, value), "{check:?}");
        }
    }
}
