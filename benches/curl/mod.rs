//! `curl` as the measure: what it takes for the same requests, in the same run.
#![allow(dead_code, reason = "not every measurement that shares it uses all of it")]

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

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
        let mut config = String::new();
        for (number, path) in paths.iter().enumerate() {
            let file = into.join(number.to_string());
            config.push_str(&format!("url = \"{}{path}\"\noutput = \"{}\"\n", self.url, file.display()));
        }
        let file = into.join("config");
        std::fs::write(&file, config).expect("space");
        let start = Instant::now();
        let arguments = ["-s", "--parallel", "--cacert", &self.ca, "-H", &self.token, "-K"];
        let status = Command::new("curl").args(arguments).arg(&file).status().expect("curl runs");
        assert!(status.success(), "{status}");
        start.elapsed()
    }
}
