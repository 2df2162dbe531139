//! What tmux keeps for itself.

use std::env;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use crate::config::keymap::Key;

/// How long tmux may take to answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// The prefix key of the tmux that this runs in; `None` outside of tmux, or where it does not say.
pub async fn tmux_prefix() -> Option<Key> {
    Key::from_tmux(&option("-gqv", "prefix").await?)
}

/// Whether the tmux that this runs in takes a copy from a program, or lets it through to the terminal;
/// `None` outside of tmux, or where it does not say.
pub async fn tmux_takes_copies() -> Option<bool> {
    let taken = option("-sqv", "set-clipboard").await?;
    let passed = option("-gqv", "allow-passthrough").await.unwrap_or_default();
    Some(taken.trim() == "on" || matches!(passed.trim(), "on" | "all"))
}

async fn option(scope: &str, name: &str) -> Option<String> {
    env::var_os("TMUX").filter(|socket| !socket.is_empty())?;
    let mut tmux = Command::new("tmux");
    tmux.args(["show-options", scope, name]).stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let output = tokio::time::timeout(PATIENCE, tmux.output()).await.ok()?.ok()?;
    String::from_utf8(output.stdout).ok()
}
