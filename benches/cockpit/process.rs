//! What a process uses, as the kernel accounts for it.

use std::process::Command;
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
        // The fields after the name, which stands in parentheses and may hold anything.
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let after = stat.rsplit_once(')').map_or("", |(_, after)| after);
        let ticks: u64 = after.split_whitespace().skip(11).take(2).filter_map(|text| text.parse::<u64>().ok()).sum();
        Self { megabytes: kilobytes / 1_024.0, cpu: Duration::from_millis(ticks * 10) }
    }
}

/// Bytes that a process has received on the TCP connections it holds; `None` where `ss` does not tell.
pub fn received(pid: u32) -> Option<u64> {
    let sockets = Command::new("ss").args(["-tinpOH"]).output().ok()?;
    let (text, whose) = (String::from_utf8_lossy(&sockets.stdout).into_owned(), format!("pid={pid},"));
    let own = text.lines().filter(|line| line.contains(&whose));
    let each = own.filter_map(|line| line.split(" bytes_received:").nth(1)?.split(' ').next()?.parse::<u64>().ok());
    each.reduce(|sum, bytes| sum + bytes)
}
