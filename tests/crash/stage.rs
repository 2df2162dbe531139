//! A case of its own, a home of its own, and the program as a child.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use podmortem::case::{Case, NewCase, Record, Report, Trust, verify_by};
use podmortem::config::Directories;
use podmortem::gameday::{GameDay, Scenario};
use podmortem::response::Jobs;
use tempfile::TempDir;

/// Programs that act at once, each on pods of its own.
pub const LANES: usize = 3;

/// Nothing here takes longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// The same numbers for the same seed (xorshift64*).
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn up_to(&mut self, end: u32) -> u32 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let drawn = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        u32::try_from(drawn % u64::from(end)).unwrap()
    }
}

/// A game day, and the names of the pods of its first cluster by their namespaces.
pub struct Ground {
    day: GameDay,
    pods: BTreeMap<String, Vec<String>>,
}

impl Ground {
    pub async fn new(seed: u64) -> Self {
        let day = GameDay::start(Scenario::still(), seed).await.unwrap();
        let ground = Self { day, pods: BTreeMap::new() };
        let listed = Stage::new(&ground, 0, seed).podmortem(&["pods", "-A", "-o", "json"]).output().unwrap();
        let list: serde_json::Value = serde_json::from_slice(&listed.stdout).unwrap();
        let mut pods: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for item in list["items"].as_array().unwrap() {
            let text = |field: &str| item["metadata"][field].as_str().unwrap().to_owned();
            pods.entry(text("namespace")).or_default().push(text("name"));
        }
        Self { pods, ..ground }
    }
}

/// A responder's home with one case in it.
pub struct Stage<'a> {
    ground: &'a Ground,
    /// Its share of the pods: what others act on at once makes plans stale.
    lane: usize,
    home: TempDir,
    id: String,
}

impl<'a> Stage<'a> {
    pub fn new(ground: &'a Ground, lane: usize, seed: u64) -> Self {
        let stage = Self { ground, lane, home: tempfile::tempdir().unwrap(), id: format!("KILL-{seed}") };
        let new = NewCase { id: stage.id.clone(), title: String::new(), responder: "a".into(), clusters: vec![] };
        Case::create(&stage.directories(), new).unwrap();
        stage
    }

    fn directories(&self) -> Directories {
        Directories::under(self.home.path())
    }

    pub fn case(&self) -> Case {
        Case::open(&self.directories(), &self.id).unwrap()
    }

    pub fn records(&self) -> Vec<Record> {
        self.case().records().unwrap()
    }

    pub fn jobs(&self) -> Jobs {
        Jobs::fold(&self.records())
    }

    pub fn verified(&self) -> Report {
        let state = Some(self.directories().state().to_owned());
        verify_by(self.case().path(), &Trust { state, signers: None }).unwrap()
    }

    /// The program with this home, this case and the game day's first cluster.
    pub fn podmortem(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_podmortem"));
        let kubeconfig = self.ground.day.kubeconfig_path();
        command
            .args(["--case", &self.id, "--context", self.ground.day.contexts()[0]])
            .arg("--kubeconfig")
            .arg(kubeconfig);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        for name in ["CONFIG", "STATE", "CACHE"] {
            command.env(format!("PODMORTEM_{name}_DIR"), self.home.path().join(name.to_lowercase()));
        }
        command.env_remove("KUBECONFIG").env_remove("PODMORTEM_CASES");
        command
    }

    /// The namespace and the names of some pods, as arguments.
    pub fn pods(&self, dice: &mut Dice, count: usize) -> Vec<String> {
        let own = |names: &[String]| names.iter().skip(self.lane).step_by(LANES).cloned().collect::<Vec<_>>();
        let shares = self.ground.pods.iter().map(|(namespace, names)| (namespace, own(names)));
        let mut enough: Vec<_> = shares.filter(|(_, names)| names.len() >= count).collect();
        let (namespace, mut names) = enough.swap_remove(dice.up_to(u32::try_from(enough.len()).unwrap()) as usize);
        let first = dice.up_to(u32::try_from(names.len()).unwrap()) as usize;
        names.rotate_left(first);
        names.truncate(count);
        names.into_iter().map(|name| format!("pod/{name}")).chain(["-n".to_owned(), namespace.clone()]).collect()
    }

    /// The whole lines of every journal file.
    pub fn journal(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let files = fs::read_dir(self.case().path().join("journal")).unwrap().map(|entry| entry.unwrap().path());
        let lines = files.filter(|path| path.extension().is_some_and(|end| end == "jsonl"));
        lines
            .map(|path| {
                let mut content = fs::read(&path).unwrap();
                let whole = content.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
                content.truncate(whole);
                (path, content)
            })
            .collect()
    }

    /// Waits for a number of records, or for the child's end.
    pub fn wait_for_records(&self, child: &mut Child, records: u32) {
        self.wait_for(child, |stage| {
            let lines = stage.journal().values().flatten().filter(|byte| **byte == b'\n').count();
            lines >= records as usize
        });
    }

    pub fn wait_for(&self, child: &mut Child, there: impl Fn(&Self) -> bool) {
        let begun = Instant::now();
        while !there(self) && child.try_wait().unwrap().is_none() {
            assert!(begun.elapsed() < PATIENCE, "nothing happened");
            std::thread::sleep(Duration::from_micros(300));
        }
    }

    pub fn signal(&self, child: &Child, signal: &str) {
        let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Every record that was there is still there, where it was.
    pub fn has_kept(&self, before: &BTreeMap<PathBuf, Vec<u8>>, said: &str) {
        for (path, content) in before {
            assert!(fs::read(path).unwrap().starts_with(content), "{} lost a record\n{said}", path.display());
        }
    }

    /// No call of this case that changes something reached the server more than once.
    pub fn sent_nothing_twice(&self, said: &str) {
        let slug = format!("case/{}", self.case().id().slug());
        let mut sent: HashMap<(String, String, String), usize> = HashMap::new();
        for request in self.ground.day.requests() {
            if !request.agent.ends_with(&slug) || request.method == "GET" || request.path.contains("dryRun") {
                continue;
            }
            let object = request.object.unwrap_or_default();
            if object.resource.ends_with("reviews") {
                continue;
            }
            *sent.entry((request.method, request.path, object.name)).or_default() += 1;
        }
        let twice: Vec<_> = sent.iter().filter(|(_, times)| **times > 1).collect();
        assert!(twice.is_empty(), "sent more than once: {twice:?}\n{said}");
    }
}

/// Begins an action on some pods.
pub fn act(stage: &Stage<'_>, action: &str, pods: &[String]) -> Child {
    let mut arguments = vec!["act".to_owned(), action.to_owned()];
    arguments.extend_from_slice(pods);
    arguments.extend(["--yes".to_owned(), "-o".to_owned(), "table".to_owned()]);
    stage.podmortem(&arguments.iter().map(String::as_str).collect::<Vec<_>>()).spawn().unwrap()
}

/// Begins to go on with what has no end.
pub fn resume(stage: &Stage<'_>, jobs: &[&str]) -> Child {
    stage.podmortem(&[&["case", "resume"], jobs].concat()).spawn().unwrap()
}
