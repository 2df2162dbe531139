//! What a process uses, as the kernel accounts for it.

use std::time::Duration;

/// What a process has used so far.
pub struct Usage {
    /// Resident memory now, in megabytes.
    pub megabytes: f64,
    /// Time on a processor, its own and the kernel's for it.
    pub cpu: Duration,
}

impl Usage {
    /// Reads `/proc/PID/stat` and `/proc/PID/status`.
    pub fn of(pid: u32) -> Self {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("0");
        let kilobytes: f64 = resident.split_whitespace().next().and_then(|text| text.parse().ok()).unwrap_or(0.0);
        let threads = std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
        let nanoseconds: u64 = threads
            .filter_map(|thread| std::fs::read_to_string(thread.path().join("schedstat")).ok())
            .filter_map(|text| text.split(' ').next().and_then(|text| text.parse::<u64>().ok()))
            .sum();
        Self { megabytes: kilobytes / 1_024.0, cpu: Duration::from_nanos(nanoseconds) }
    }
}
