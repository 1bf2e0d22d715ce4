//! What is known of the target from its own machine during a step. `None` is "not known", never zero.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The target's signals.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Signals {
    /// Whether the process that the tool started still runs.
    pub target_alive: Option<bool>,
    /// What was read of its processes; `None` where nobody looked, or they can't be found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watched: Option<Watched>,
    /// Median time, in milliseconds, in which a cheap path was answered beside the load; `None` where none was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub side_ms: Option<f64>,
}

/// What was read of the target's processes while a step measured: rates over that time, counts as the mean of several looks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Watched {
    /// Seconds between the first look and the last.
    pub seconds: f64,
    /// Cores that the target may use: the least of its affinity, its CPU quota and the machine's cores.
    pub allotted_cores: Option<f64>,
    /// Cores that it used, all processes together.
    pub cpu_cores: Option<f64>,
    /// Cores, of those that are kept for it beside the generator, that other programs or the hypervisor used; `None` where none are kept for it,
    /// or a quota keeps it from using them whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub others_cores: Option<f64>,
    /// Cores for which its threads waited though they could have run.
    pub run_wait_cores: Option<f64>,
    /// Cores that the process with the most CPU time used.
    pub busiest_process_cores: Option<f64>,
    /// The share of a core that the thread with the most CPU time used.
    pub busiest_thread_cores: Option<f64>,
    /// The same with the time for which that thread waited for a core.
    pub busiest_thread_demand: Option<f64>,
    /// Whether that thread was seen waiting for events (epoll, poll, select): the share of looks.
    pub busiest_thread_in_events: Option<f64>,
    /// Processes.
    pub processes: Option<f64>,
    /// Threads, of all processes.
    pub threads: Option<f64>,
    /// How often a thread gave its core up by itself, a second.
    pub voluntary_switches_per_s: Option<f64>,
    /// What threads were doing; `None` where their system calls may not be read.
    pub waits: Option<Waits>,
    /// Its connections.
    pub sockets: Option<Sockets>,
    /// Connections that it has opened to another server; `None` where there are none, or they were not seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub downstream: Option<Downstream>,
    /// Open file descriptors of the process that has the largest share of its limit.
    pub files: Option<u64>,
    /// That limit.
    pub file_limit: Option<u64>,
    /// Resident memory of all processes, in bytes.
    pub resident_bytes: Option<u64>,
    /// The most memory that it may have, in bytes: that of its cgroup, or of the machine.
    pub memory_limit_bytes: Option<u64>,
    /// Share of the quota's periods in which the target was held back.
    pub throttled_share: Option<f64>,
    /// Processes that the kernel has killed for want of memory, in the target's cgroup, since it was first looked at.
    pub oom_kills: Option<u64>,
    /// Processes that had been seen for a while and are gone, since the target was first looked at: workers that were replaced, a restart.
    #[serde(default)]
    pub ended_processes: Option<u64>,
    /// What its processes are called, each name once: gunicorn, node, nginx.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub programs: Vec<String>,
    /// What leads to it, where it runs in a container: "docker-proxy leads to 172.17.0.2:80".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
    /// What could not be read, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<String>,
}

/// A target that leaves more of its cores idle, with what others use of them, could have used more.
const FULL: f64 = 0.9;

impl Watched {
    /// The share of the target's cores, from 0 to 1, that it could have used and others had; 0 where some lay idle, `None` where it is not known.
    pub fn taken_share(&self) -> Option<f64> {
        let (own, others, allotted) = (self.cpu_cores?, self.others_cores?, self.allotted_cores?);
        // Who hardly runs gets a core from whoever fills it, and misses nothing. Threads may also wait for each other, hence the smaller of both.
        let missed = others.min(self.run_wait_cores?);
        let is_full = own + others >= FULL * allotted;
        Some(if is_full { (missed / allotted).clamp(0.0, 1.0) } else { 0.0 })
    }
}

/// Threads by what they were doing, as the mean of several looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Waits {
    /// On a processor, or ready to be.
    pub running: f64,
    /// In a lock of the process (futex).
    pub lock: f64,
    /// Waiting for events: epoll, poll, select.
    pub events: f64,
    /// Asleep for a time.
    pub sleep: f64,
    /// Waiting for a connection to accept.
    pub accept: f64,
    /// Reading or writing.
    pub transfer: f64,
    /// Anything else.
    pub other: f64,
}

impl Waits {
    /// All threads.
    pub fn total(&self) -> f64 {
        self.running + self.lock + self.events + self.sleep + self.accept + self.transfer + self.other
    }
}

/// Connections to the target's port, as the mean of several looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Sockets {
    /// Accepted, and the application has read what came and owes an answer.
    pub in_application: f64,
    /// Accepted, with bytes that the application has not read.
    pub unread: f64,
    /// Complete, and not accepted.
    pub not_accepted: f64,
    /// The longest queue of connections that wait to be accepted.
    pub longest_queue: u32,
    /// How long that queue may get, in all listeners.
    pub backlog: u32,
}

/// Connections of the target to the server behind it that owes it most replies, as the mean of several looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Downstream {
    /// The port at that server.
    pub port: u16,
    /// Connections.
    pub open: f64,
    /// Those among them on which a reply is awaited.
    pub awaiting: f64,
}
