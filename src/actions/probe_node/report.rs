//! What `probe.sh` printed. Its comment tells what each line is.

use crate::model::Clean;

/// What a node could give.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The operating system.
    pub system: Clean,
    /// The kernel.
    pub kernel: Clean,
    /// `none`, `integrity` or `confidentiality`; empty where the kernel has no lockdown.
    pub lockdown: Clean,
    /// The container runtime and its version.
    pub runtime: Clean,
    /// Version of CRIU; `None` where it is not there.
    pub criu: Option<Clean>,
    /// Memory, all and available, in KiB.
    pub memory: Option<(u64, u64)>,
    /// Devices through which memory could be read.
    pub ways: Vec<Clean>,
    /// Places with their free KiB.
    pub free: Vec<(Clean, u64)>,
    /// Tools that are there.
    pub tools: Vec<Clean>,
}

impl Report {
    /// Reads a report; `None` where it was cut short or is none.
    pub fn read(printed: &str) -> Option<Self> {
        let mut lines = printed.lines();
        if lines.next()? != "podmortem-probe 1" || lines.next_back()? != "end" {
            return None;
        }
        let mut report = Self::default();
        for line in lines {
            let (name, rest) = line.split_once(' ').unwrap_or((line, ""));
            let words: Vec<_> = rest.split(' ').collect();
            match (name, words.as_slice()) {
                ("os", _) => report.system = rest.into(),
                ("kernel", _) => report.kernel = rest.into(),
                ("lockdown", _) => report.lockdown = rest.into(),
                ("runtime", _) => report.runtime = rest.into(),
                ("criu", _) => report.criu = Some(rest.into()),
                ("memory", [all, free]) => report.memory = all.parse().ok().zip(free.parse().ok()),
                ("memory_through", _) => report.ways.push(rest.into()),
                ("disk", [place, _, free]) => {
                    report.free.extend(free.parse().ok().map(|free| (Clean::from(*place), free)));
                }
                ("tool", _) => report.tools.push(rest.into()),
                _ => {}
            }
        }
        Some(report)
    }

    /// The report in a sentence.
    pub fn text(&self) -> String {
        let list = |texts: &[Clean]| texts.iter().map(Clean::as_str).collect::<Vec<_>>().join(" ");
        let lockdown = match self.lockdown.as_str() {
            "" => "no kernel lockdown".to_owned(),
            mode => format!("kernel lockdown {mode}"),
        };
        let memory = match self.memory {
            Some((all, free)) => format!("{} of memory, {} available", gib(all), gib(free)),
            None => "memory unknown".to_owned(),
        };
        let ways = match self.ways.as_slice() {
            [] => ", to be read through none of /dev/crash, /proc/kcore, /dev/mem".to_owned(),
            ways => format!(", to be read through {}", list(ways)),
        };
        let free = self.free.iter().map(|(place, free)| format!("{} free on {place}", gib(*free)));
        let criu = self.criu.as_ref().map_or_else(|| "no CRIU".to_owned(), |version| format!("CRIU {version}"));
        let parts = [
            format!("{}, kernel {}, {lockdown}", self.system, self.kernel),
            self.runtime.to_string(),
            criu,
            format!("{memory}{ways}"),
            free.collect::<Vec<_>>().join(", "),
            format!("tools: {}", list(&self.tools)),
        ];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")
    }
}

fn gib(kib: u64) -> String {
    format!("{:.1} GiB", kib as f64 / 1_048_576.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTED: &str = "podmortem-probe 1\nos Amazon Linux 2023\nkernel 6.12.48\nmachine x86_64\nlockdown integrity\n\
        memory_through /proc/kcore\nmemory 16777216 8388608\nuptime 5\ndisk / 83886080 41943040\nruntime containerd 2.1.4\n\
        tool ctr\ntool nft\nend\n";

    #[test]
    fn a_report_is_told_in_a_sentence() {
        let report = Report::read(PRINTED).unwrap();
        assert_eq!(
            report.text(),
            "Amazon Linux 2023, kernel 6.12.48, kernel lockdown integrity; containerd 2.1.4; no CRIU; 16.0 GiB of memory, \
             8.0 GiB available, to be read through /proc/kcore; 40.0 GiB free on /; tools: ctr nft"
        );
    }

    #[test]
    fn what_is_cut_short_or_odd_claims_nothing() {
        assert_eq!(Report::read(&PRINTED.replace("end\n", "")), None);
        assert_eq!(Report::read("sh: command not found"), None);
        let odd = Report::read("podmortem-probe 1\nmemory x y\ndisk /\n\u{1b}[31m\nos \u{1b}[31mx\nend\n").unwrap();
        assert_eq!(odd.memory, None);
        assert!(odd.system.hid_something() && odd.text().contains("memory unknown"));
    }
}
