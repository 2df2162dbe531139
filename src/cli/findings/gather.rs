//! Where findings come from, and what is asked of the clusters that they name.

use std::path::{Path, PathBuf};
use std::time::Duration;

use color_eyre::eyre::Result;
use jiff::{SignedDuration, Timestamp};

use crate::aws::Place;
use crate::aws::guardduty::Asked;
use crate::cli::exit::Ended;
use crate::cli::fleet::{Fleet, Which, places};
use crate::cli::{Exit, Startup};
use crate::findings::{Batch, Networks, Reach, Resolver, Shelf, of_accounts, read_file, read_stdin};
use crate::kubernetes::contexts;
use crate::model::{Clean, Finding, Kind, ReadOnly};

/// Where findings are read.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct Sources {
    /// File of findings in any shape, gzip too; - is standard input; may be given several times. Without it, GuardDuty is asked
    #[arg(short, long, value_name = "FILE")]
    pub file: Vec<PathBuf>,
}

/// Reads findings.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reader {
    /// Only what happened since.
    pub since: Option<Timestamp>,
    /// Those that were put away, too.
    pub archived: bool,
}

impl Reader {
    /// Reads the files, or asks GuardDuty where none is named.
    ///
    /// # Errors
    /// A file cannot be read, or there is no account to ask.
    pub async fn read(self, sources: &Sources, startup: &Startup) -> Result<Shelf> {
        let mut batch = Batch::default();
        for file in &sources.file {
            let read = if file == Path::new("-") { read_stdin() } else { read_file(file) };
            batch.extend(read.map_err(|error| Ended::failed(error.to_string()))?);
        }
        if sources.file.is_empty() {
            batch = self.ask(startup).await?;
        }
        let since = |finding: &Finding| match (self.since, finding.when()) {
            (Some(since), Some(when)) => when >= since,
            _ => true,
        };
        batch
            .findings
            .retain(|finding| since(finding) && (self.archived || !finding.archived || !sources.file.is_empty()));
        let mut shelf = Shelf::default();
        shelf.take(batch);
        Ok(shelf)
    }

    async fn ask(self, startup: &Startup) -> Result<Batch> {
        let places = accounts(startup);
        if places.is_empty() {
            return Err(Ended::failed(
                "there is no account to ask GuardDuty of: name one with --profile or --region or in the settings (accounts:), \
                 or read findings from a file with --file",
            ));
        }
        let latch = if startup.read_only() { ReadOnly::closed() } else { ReadOnly::open() };
        let asked = Asked { since: self.since.map(Timestamp::as_millisecond), archived: self.archived };
        Ok(of_accounts(&places, &latch, asked).await)
    }
}

/// The accounts that are configured, or else those of the contexts that are EKS clusters or embedded.
fn accounts(startup: &Startup) -> Vec<Place> {
    let mut places = places(startup);
    if places.is_empty() {
        let entries = contexts(startup.options.kubeconfig.as_deref()).unwrap_or_default();
        let of_account = |place: &&Place, known: bool| place.embedded.is_some() || known;
        let known = entries
            .iter()
            .filter_map(|entry| entry.place().filter(|place| of_account(place, entry.account().is_some())));
        for place in known {
            if !places.contains(place) {
                places.push(place.clone());
            }
        }
    }
    places
}

/// `90m`, `24h`, `7d`, or a moment.
pub fn since(text: &str) -> Result<Timestamp, String> {
    let wrong = || format!("{text} is no time; write 90m, 24h, 7d or 2026-11-28T09:00:00Z");
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    let unit = text.chars().last().filter(char::is_ascii).ok_or_else(wrong)?;
    let number: i64 = text
        .strip_suffix(unit)
        .and_then(|number| number.parse().ok())
        .filter(|number| *number >= 0)
        .ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return Err(wrong()),
    };
    let ago = SignedDuration::from_secs(number.checked_mul(seconds).ok_or_else(wrong)?);
    Timestamp::now().checked_sub(ago).map_err(|_| wrong())
}

/// What is known of the clusters around findings.
pub struct Gathered {
    fleet: Option<Fleet>,
    empty: crate::inventory::Inventory,
    reaches: Vec<Reach>,
    networks: Networks,
    /// What was wrong.
    pub wrong: Vec<Clean>,
}

impl Gathered {
    /// Asks the clusters for what findings name; no cluster is asked where none is named. A cluster that
    /// cannot be reached leaves its findings unresolved, and says so.
    pub async fn around(findings: &[&Finding], startup: &Startup, patience: Duration) -> Self {
        let (networks, wrong) = Networks::of(&startup.settings.networks);
        let mut gathered =
            Self { fleet: None, empty: crate::inventory::Inventory::new(), reaches: closed(startup), networks, wrong };
        if !findings.iter().any(|finding| finding.about.is_kubernetes() || !finding.about.instances.is_empty()) {
            return gathered;
        }
        match Fleet::open(startup, Which::Asked).await {
            Err(error) => gathered.wrong.push(format!("findings are resolved against no cluster: {error}").into()),
            Ok(mut fleet) => {
                fleet.gather(&kinds(findings), patience).await;
                if fleet.tell_failures(&[Kind::Pod]) != Exit::Done {
                    gathered.wrong.push("what could not be listed cannot be resolved".into());
                }
                gathered.reaches.splice(0..0, fleet.reaches());
                gathered.fleet = Some(fleet);
            }
        }
        gathered
    }

    /// Makes what is known ready to be asked.
    pub fn resolver(&self) -> Resolver<'_> {
        let inventory = self.fleet.as_ref().map_or(&self.empty, |fleet| &fleet.inventory);
        Resolver::new(inventory, &self.reaches, &self.networks)
    }
}

/// Ways into clusters that are configured.
pub fn closed(startup: &Startup) -> Vec<Reach> {
    let entries = contexts(startup.options.kubeconfig.as_deref()).unwrap_or_default();
    entries.iter().map(|entry| Reach::of(entry, None)).collect()
}

/// The kinds that findings can be resolved against.
pub fn kinds(findings: &[&Finding]) -> Vec<Kind> {
    let mut kinds = vec![Kind::Pod, Kind::Node, Kind::ServiceAccount];
    let workloads = findings.iter().flat_map(|finding| &finding.about.workloads);
    kinds.extend(workloads.filter_map(|workload| Kind::parse(&workload.kind)));
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_lengths_or_moments() {
        let now = Timestamp::now().as_second();
        for (text, ago) in [("90m", 5_400), ("24h", 86_400), ("7d", 604_800), ("0s", 0)] {
            assert!((since(text).unwrap().as_second() - (now - ago)).abs() < 3, "{text}");
        }
        assert!(since("2026-11-28T09:00:00Z").is_ok());
        for text in ["", "yesterday", "-5m", "5y", "9999999999999999d", "é"] {
            assert!(since(text).unwrap_err().contains("24h"), "{text}");
        }
    }
}
