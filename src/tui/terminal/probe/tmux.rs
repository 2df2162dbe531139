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
    env::var_os("TMUX").filter(|socket| !socket.is_empty())?;
    let mut tmux = Command::new("tmux");
    tmux.args(["show-options", "-gqv", "prefix"]).stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let output = tokio::time::timeout(PATIENCE, tmux.output()).await.ok()?.ok()?;
    Key::from_tmux(std::str::from_utf8(&output.stdout).ok()?)
}
