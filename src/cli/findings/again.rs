//! Findings asked for again at their source, before anybody acts on them.

use color_eyre::eyre::Result;
use serde_json::json;

use crate::case::Entry;
use crate::cli::exit::Ended;
use crate::cli::fleet::places;
use crate::cli::list::{Form, Output};
use crate::cli::place::case;
use crate::cli::{Exit, Startup, out};
use crate::findings::{Asks, again};
use crate::kubernetes::contexts;
use crate::model::{Finding, ReadOnly};

/// Asks for each of these findings, says what came of it, and records that in the case of `--case`.
///
/// # Errors
/// The journal cannot be written, or the answer cannot be printed.
pub async fn ask(findings: &[&Finding], form: &Form, startup: &Startup) -> Result<Exit> {
    let entries = contexts(startup.options.kubeconfig.as_deref()).unwrap_or_default();
    let of_contexts = entries.iter().filter_map(|entry| Some((entry.place()?.clone(), entry.account().cloned())));
    let asks = Asks::of(of_contexts, &places(startup));
    let latch = if startup.read_only() { ReadOnly::closed() } else { ReadOnly::open() };
    let case = case(startup)?.filter(|_| !startup.read_only());
    let mut told = Vec::new();
    for finding in findings {
        match again(&asks, &latch, finding).await {
            Ok(came) => {
                if let Some(case) = &case {
                    case.journal().append(Entry::Reread(Box::new(came.reread.clone())))?;
                }
                told.push(came.reread);
            }
            Err(why) => eprintln!("podmortem: {} {} was not asked for again: {why}", finding.kind, finding.id),
        }
    }
    if told.is_empty() {
        return Err(Ended::failed("no finding was asked for again"));
    }
    out::write(|out| match form.output {
        Output::Json => writeln!(out, "{:#}", json!(told)),
        Output::Yaml => serde_yaml::to_writer(out, &told).map_err(std::io::Error::other),
        _ => told.iter().try_for_each(|one| writeln!(out, "{} {}  {}: {}", one.kind, one.finding, one.of, one.words())),
    })?;
    Ok(if told.len() == findings.len() { Exit::Done } else { Exit::SomeFailed })
}
