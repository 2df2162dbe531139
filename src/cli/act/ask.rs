//! Asking a person at a terminal.

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use color_eyre::eyre::Result;

use crate::cli::plan::told;
use crate::model::{Plan, Tier};
use crate::response::{How, to_type};

/// Shows the plan and takes the answer. Without a terminal nobody is asked, and that is no yes.
pub async fn asked(plan: &Plan) -> Result<How> {
    if plan.tier == Tier::Reads || !std::io::stdin().is_terminal() {
        return Ok(How::NotAsked);
    }
    eprint!("{}", told(plan));
    let question = match plan.tier {
        Tier::Irreversible | Tier::Everything => format!("type {} to run it: ", to_type(plan)),
        _ => "run it? [y/N] ".to_owned(),
    };
    let answer = tokio::task::spawn_blocking(move || {
        eprint!("{question}");
        std::io::stderr().flush()?;
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map(|_| line)
    });
    let answer = answer.await??;
    Ok(match (plan.tier, answer.trim()) {
        (Tier::Irreversible | Tier::Everything, text) => How::Typed(text.into()),
        (_, "y" | "Y" | "yes") => How::Answered,
        _ => How::NotAsked,
    })
}
