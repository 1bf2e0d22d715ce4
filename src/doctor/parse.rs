//! The texts that the kernel gives, read into numbers.

/// Capabilities that let a process count regardless of `perf_event_paranoid` (capabilities(7)): CAP_PERFMON, CAP_SYS_ADMIN.
const COUNTING: [u32; 2] = [38, 21];

/// Major and minor number of a kernel release such as `6.18.44-generic`.
pub fn release(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).map(|digits| digits.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

/// Two numbers on a line, as in `ip_local_port_range`.
pub fn pair(text: &str) -> Option<(u16, u16)> {
    let mut numbers = text.split_ascii_whitespace().map(|number| number.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

/// Memory that programs can still have, in bytes, by `/proc/meminfo`.
pub fn memory_available(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kib.checked_mul(1024)
}

/// Whether the effective capabilities in `/proc/self/status` allow counting.
pub fn may_count(status: &str) -> Option<bool> {
    let digits = status.lines().find_map(|line| line.strip_prefix("CapEff:"))?;
    let set = u64::from_str_radix(digits.trim(), 16).ok()?;
    Some(COUNTING.iter().any(|capability| set >> capability & 1 == 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_and_ranges() {
        assert_eq!(release("6.18.44-fc-v669"), Some((6, 18)));
        assert_eq!(release("5.4"), Some((5, 4)));
        assert_eq!(release("Darwin"), None);
        assert_eq!(pair("32768\t60999\n"), Some((32_768, 60_999)));
        assert_eq!(pair("32768"), None);
    }

    #[test]
    fn memory_and_permissions() {
        assert_eq!(memory_available("MemTotal:  9 kB\nMemAvailable:    2048 kB\n"), Some(2 << 20));
        assert_eq!(memory_available("MemTotal: 9 kB\n"), None);
        assert_eq!(may_count("Name:\tx\nCapEff:\t000001fffeffffff\n"), Some(true));
        assert_eq!(may_count("CapEff:\t0000004000000000\n"), Some(true));
        assert_eq!(may_count("CapEff:\t0000000000000000\n"), Some(false));
        assert_eq!(may_count("Name:\tx\n"), None);
    }
}
