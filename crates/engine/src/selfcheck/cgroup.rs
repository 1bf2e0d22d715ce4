//! Whether a CPU quota held the process back: its own cgroup and those above it, version 1 and 2.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

/// The `cpu.stat` files that tell of throttling; none where there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Throttling {
    files: Vec<PathBuf>,
}

impl Throttling {
    /// Finds the files of the cgroup that this process is in.
    pub(super) fn of_this_process() -> Self {
        Self { files: cgroup_folders(None, "cpu").into_iter().map(|folder| folder.join("cpu.stat")).collect() }
    }

    /// The longest time that any of the groups has been throttled; `None` where no file says.
    pub(super) fn read(&self) -> Option<Duration> {
        self.files.iter().filter_map(|file| throttled(&fs::read_to_string(file).ok()?)).max()
    }
}

/// The folders of the cgroup that a process is in (this one, where none is named) and of those above it, in every hierarchy, of version 1 or 2,
/// where `controller` ("cpu", "memory") may set limits: its own first. None where the system does not tell.
pub fn cgroup_folders(process: Option<u32>, controller: &str) -> Vec<PathBuf> {
    let process = process.map_or_else(|| "self".to_owned(), |id| id.to_string());
    let groups = fs::read_to_string(format!("/proc/{process}/cgroup"));
    let (Ok(groups), Ok(mounts)) = (groups, fs::read_to_string("/proc/self/mountinfo")) else { return Vec::new() };
    mounts.lines().filter_map(|line| Mount::parse(line, controller)).flat_map(|mount| mount.folders(&groups, controller)).collect()
}

/// A mounted hierarchy with a controller.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Mount<'m> {
    /// The group that is seen at the mount point.
    root: &'m str,
    point: &'m str,
    unified: bool,
}

impl<'m> Mount<'m> {
    /// Reads a line of mountinfo (proc(5)): root and mount point are the fourth and fifth field, the type and its options follow a dash.
    fn parse(line: &'m str, controller: &str) -> Option<Self> {
        let (place, kind) = line.split_once(" - ")?;
        let mut place = place.split(' ').skip(3);
        let (root, point) = (place.next()?, place.next()?);
        let mut kind = kind.split(' ');
        let unified = match kind.next()? {
            "cgroup2" => true,
            "cgroup" if kind.nth(1)?.split(',').any(|option| option == controller) => false,
            _ => return None,
        };
        Some(Self { root, point, unified })
    }

    /// The folder of this process's group, and those above it up to the mount point. `groups` is the text of /proc/self/cgroup.
    fn folders(&self, groups: &str, controller: &str) -> Vec<PathBuf> {
        let group = groups.lines().find_map(|line| {
            let mut fields = line.splitn(3, ':').skip(1);
            let (controllers, path) = (fields.next()?, fields.next()?);
            let ours = if self.unified { controllers.is_empty() } else { controllers.split(',').any(|name| name == controller) };
            ours.then_some(path)
        });
        let Some(group) = group else { return Vec::new() };
        let below = Path::new(group).strip_prefix(self.root).unwrap_or(Path::new(""));
        let point = Path::new(self.point);
        point.join(below).ancestors().take_while(|folder| folder.starts_with(point)).map(Path::to_owned).collect()
    }
}

/// The throttled time in a `cpu.stat`: microseconds in version 2, nanoseconds in version 1.
fn throttled(stat: &str) -> Option<Duration> {
    stat.lines().find_map(|line| match line.split_once(' ')? {
        ("throttled_usec", value) => value.parse().ok().map(Duration::from_micros),
        ("throttled_time", value) => value.parse().ok().map(Duration::from_nanos),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNIFIED: &str = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate";

    #[test]
    fn the_group_and_those_above_it_in_version_2() {
        let mount = Mount::parse(UNIFIED, "cpu").unwrap();
        let folders = mount.folders("0::/user.slice/run-1.scope\n", "cpu");
        let want = ["/sys/fs/cgroup/user.slice/run-1.scope", "/sys/fs/cgroup/user.slice", "/sys/fs/cgroup"];
        assert_eq!(folders, want.map(PathBuf::from));
    }

    #[test]
    fn the_cpu_controller_in_version_1_with_a_container_as_root() {
        let line = "41 32 0:36 /docker/abc /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct";
        let mount = Mount::parse(line, "cpu").unwrap();
        let groups = "5:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc/job\n0::/\n";
        assert_eq!(mount.folders(groups, "cpu"), ["/sys/fs/cgroup/cpu,cpuacct/job", "/sys/fs/cgroup/cpu,cpuacct"].map(PathBuf::from));
        let memory = "41 32 0:36 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory";
        assert_eq!(Mount::parse(memory, "cpu"), None);
        assert_eq!(Mount::parse(memory, "memory").unwrap().folders(groups, "memory")[0], PathBuf::from("/sys/fs/cgroup/memory/docker/abc"));
        assert_eq!(Mount::parse("25 1 8:1 / / rw - ext4 /dev/sda1 rw", "cpu"), None);
    }

    #[test]
    fn both_units_of_throttled_time() {
        assert_eq!(throttled("usage_usec 9\nnr_throttled 3\nthrottled_usec 1500\n"), Some(Duration::from_micros(1500)));
        assert_eq!(throttled("nr_periods 0\nnr_throttled 0\nthrottled_time 2000000\n"), Some(Duration::from_millis(2)));
        assert_eq!(throttled("usage_usec 9\n"), None);
    }
}
