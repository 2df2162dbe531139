//! `curl` as the measure: what it takes for the same requests, in the same run.
#![allow(dead_code, reason = "not every measurement that shares it uses all of it")]

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use podmortem::model::Call;

/// A server as `curl` is told of it.
pub struct Server {
    url: String,
    ca: String,
    token: String,
}

impl Server {
    /// The current context of a kubeconfig.
    pub fn of(kubeconfig: &str) -> Self {
        let field = |path: &str| {
            let view = ["--kubeconfig", kubeconfig, "config", "view", "--raw", "--minify", "-o"];
            let output = Command::new("kubectl").args(view).arg(format!("jsonpath={{{path}}}")).output();
            String::from_utf8_lossy(&output.expect("kubectl runs").stdout).into_owned()
        };
        Self {
            url: field(".clusters[0].cluster.server"),
            ca: field(".clusters[0].cluster.certificate-authority"),
            token: format!("Authorization: Bearer {}", field(".users[0].user.token")),
        }
    }

    /// What `curl` downloads of a path, and the median of three such times.
    pub fn get(&self, path: &str, accept: &str) -> (Duration, Vec<u8>) {
        let accept = format!("Accept: {accept}");
        let mut runs: Vec<_> = (0..3)
            .map(|_| {
                let start = Instant::now();
                let url = format!("{}{path}", self.url);
                let arguments = ["-s", "--cacert", &self.ca, "-H", &self.token, "-H", &accept, &url];
                let output = Command::new("curl").args(arguments).output().expect("curl runs");
                (start.elapsed(), output.stdout)
            })
            .collect();
        runs.sort_unstable_by_key(|(time, _)| *time);
        runs.swap_remove(1)
    }

    /// How long `curl --parallel` takes for many paths, each into a file of its own.
    pub fn get_all(&self, paths: &[String], into: &Path) -> Duration {
        let parts = paths.iter().map(|path| format!("url = \"{}{path}\"\n", self.url));
        self.all(&parts.collect::<Vec<_>>(), into)
    }

    /// How long `curl --parallel` takes to have many calls tried: everything but storing (`dryRun=All`).
    pub fn try_all(&self, calls: &[Call], into: &Path) -> Duration {
        let part = |(number, call): (usize, &Call)| {
            let body = into.join(format!("body-{number}"));
            std::fs::write(&body, call.body.to_string()).expect("space");
            let joint = if call.path.contains('?') { '&' } else { '?' };
            let media = match (&*call.method, call.body.is_array()) {
                ("PATCH", true) => "application/json-patch+json",
                ("PATCH", false) => "application/merge-patch+json",
                _ => "application/json",
            };
            format!(
                "url = \"{}{}{joint}dryRun=All\"\nrequest = \"{}\"\nheader = \"Content-Type: {media}\"\ndata-binary = \"@{}\"\nfail\n",
                self.url,
                call.path,
                call.method,
                body.display()
            )
        };
        self.all(&calls.iter().enumerate().map(part).collect::<Vec<_>>(), into)
    }

    /// The parts of a configuration at once, each answer into a file of its own.
    fn all(&self, parts: &[String], into: &Path) -> Duration {
        let own = format!("cacert = \"{}\"\nheader = \"{}\"\n", self.ca, self.token);
        let parts = parts.iter().enumerate();
        let parts: Vec<String> = parts
            .map(|(number, part)| format!("{part}{own}output = \"{}\"\n", into.join(number.to_string()).display()))
            .collect();
        let file = into.join("config");
        std::fs::write(&file, parts.join("next\n")).expect("space");
        let start = Instant::now();
        let status = Command::new("curl").args(["--no-progress-meter", "--parallel", "-K"]).arg(&file).status();
        assert!(status.expect("curl runs").success(), "curl failed");
        start.elapsed()
    }
}
