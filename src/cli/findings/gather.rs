//! Where findings come from, and what is asked of the clusters that they name.

use std::path::{Path, PathBuf};
use std::time::Duration;

use color_eyre::eyre::Result;
use jiff::{SignedDuration, Timestamp};

use crate::aws::Place;
use crate::aws::guardduty::Asked;
use crate::cli::exit::Ended;
use crate::cli::fleet::{Fleet, Which, accounts};
use crate::cli::{Exit, Startup, rules};
use crate::findings::rules::{World, observe};
use crate::findings::{
    Batch, Execs, Networks, Reach, Resolver, Shelf, observed, of_accounts, of_audit_log, read_file, read_stdin,
};
use crate::inventory::Inventory;
use crate::kubernetes::contexts;
use crate::model::{Clean, Finding, Kind, ReadOnly};

/// A file, standard input, or GuardDuty and Security Hub: where findings are read.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct Sources {
    /// File of findings in any shape, gzip too; - is standard input; may be given several times. Without it, GuardDuty and Security Hub are asked
    #[arg(short, long, value_name = "FILE")]
    pub file: Vec<PathBuf>,
    /// EKS cluster whose audit log is read from CloudWatch: its name, ARN or context; may be given several times
    #[arg(long, value_name = "CLUSTER")]
    pub audit_log: Vec<String>,
}

/// How far back an audit log is read where nobody says so: it has many events.
const AUDIT_LOG: SignedDuration = SignedDuration::from_hours(1);

impl Sources {
    /// Whether no file is named.
    pub const fn is_empty(&self) -> bool {
        self.file.is_empty() && self.audit_log.is_empty()
    }
}

/// Reads findings.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reader {
    /// Only what happened since.
    pub since: Option<Timestamp>,
    /// Those that were put away, too.
    pub archived: bool,
    /// Whether it is no failure that there is no account to ask: other findings are wanted, too.
    pub others: bool,
}

impl Reader {
    /// Reads the files, or asks GuardDuty and Security Hub where none is named.
    ///
    /// # Errors
    /// A file cannot be read, or there is no account to ask.
    pub async fn read(self, sources: &Sources, startup: &Startup) -> Result<Shelf> {
        let mut batch = Batch::default();
        for file in &sources.file {
            let read = if file == Path::new("-") { read_stdin() } else { read_file(file) };
            batch.extend(read.map_err(|error| Ended::failed(error.to_string()))?);
        }
        for named in &sources.audit_log {
            batch.extend(self.audit_log(named, startup).await?);
        }
        if sources.is_empty() {
            match self.ask(startup).await {
                Err(error) if self.others => eprintln!("podmortem: {error}"),
                asked => batch = asked?,
            }
        }
        let since = |finding: &Finding| match (self.since, finding.when()) {
            (Some(since), Some(when)) => when >= since,
            _ => true,
        };
        batch.findings.retain(|finding| since(finding) && (self.archived || !finding.archived || !sources.is_empty()));
        let mut shelf = Shelf::default();
        shelf.take(batch);
        Ok(shelf)
    }

    /// Reads a cluster's audit log where its context leads, or else in every account that is configured.
    async fn audit_log(self, named: &str, startup: &Startup) -> Result<Batch> {
        let entries = contexts(startup.options.kubeconfig.as_deref()).unwrap_or_default();
        let name = named.rsplit_once(":cluster/").map_or(named, |(_, name)| name);
        let of_context = entries.iter().find(|entry| entry.name == *named || entry.eks_name() == Some(name));
        let (name, mut places) = match of_context {
            Some(entry) => (entry.eks_name().unwrap_or(name), entry.place().cloned().into_iter().collect()),
            None => (name, accounts(startup)),
        };
        let region = named.strip_prefix("arn:").and_then(|arn| arn.split(':').nth(2));
        places
            .iter_mut()
            .for_each(|place: &mut Place| place.region = region.map(str::to_owned).or(place.region.take()));
        let since = self.since.or_else(|| Timestamp::now().checked_sub(AUDIT_LOG).ok()).unwrap_or_default();
        let latch = if startup.read_only() { ReadOnly::closed() } else { ReadOnly::open() };
        Ok(of_audit_log(&places, &latch, name, since).await)
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

/// What is known of the clusters around findings.
pub struct Gathered {
    fleet: Option<Fleet>,
    empty: Inventory,
    reaches: Vec<Reach>,
    networks: Networks,
    /// What our own rules see, where they were asked.
    pub seen: Vec<Finding>,
    /// What was wrong.
    pub wrong: Vec<Clean>,
}

impl Gathered {
    /// Asks the clusters for what findings name; no cluster is asked where none is named. A cluster that
    /// cannot be reached leaves its findings unresolved, and says so.
    /// Where `rules` are asked for, too, they look at every cluster and at what audit logs tell, and bindings are read
    /// for them.
    pub async fn around(findings: &[&Finding], rules: Option<&Execs>, startup: &Startup, patience: Duration) -> Self {
        let (networks, wrong) = Networks::of(&startup.settings.networks);
        let (empty, reaches) = (Inventory::new(), closed(startup));
        let mut gathered = Self { fleet: None, empty, reaches, networks, seen: Vec::new(), wrong };
        if rules.is_none()
            && !findings.iter().any(|finding| finding.about.is_kubernetes() || !finding.about.instances.is_empty())
        {
            return gathered;
        }
        match Fleet::open(startup, Which::Asked).await {
            Err(error) => gathered.wrong.push(format!("findings are resolved against no cluster: {error}").into()),
            Ok(mut fleet) => {
                let mut kinds = kinds(findings);
                kinds.extend(rules::KINDS.into_iter().filter(|_| rules.is_some()));
                fleet.gather(&kinds, patience).await;
                if fleet.tell_failures(&[Kind::Pod]) != Exit::Done {
                    gathered.wrong.push("what could not be listed cannot be resolved".into());
                }
                gathered.reaches.splice(0..0, fleet.reaches());
                if let Some(execs) = rules {
                    gathered.look(&fleet, execs).await;
                }
                gathered.fleet = Some(fleet);
            }
        }
        gathered
    }

    async fn look(&mut self, fleet: &Fleet, execs: &Execs) {
        let (execs, elsewhere) = rules::placed(execs, fleet);
        self.wrong.extend(elsewhere);
        let (rights, unread) = rules::rights(fleet).await;
        let world = World::whole(&fleet.inventory, &rights, &execs);
        self.seen = observed(&observe(&world), &fleet.inventory, Timestamp::now());
        let told = |(cluster, what, why): (Clean, Clean, Clean)| {
            format!("{cluster}: {what}: {why}; the rules over rights saw less").into()
        };
        self.wrong.extend(unread.into_iter().map(told));
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
