//! `podmortem man [COMMAND]`

use clap_mangen::Man;
use color_eyre::eyre::Result;

use super::exit::Ended;
use super::{Exit, command, out};

/// Print the manual page, or that of a command
///
/// To read it: podmortem man | man -l -
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The command, in as many words as it has: case verify
    command: Vec<String>,
}

/// Prints the page as roff.
pub fn run(args: &Args) -> Result<Exit> {
    let mut page = command();
    page.build();
    for word in &args.command {
        let inner = page.find_subcommand(word).cloned();
        page =
            inner.ok_or_else(|| Ended::usage(format!("there is no command {word}; `podmortem --help` lists them")))?;
    }
    let name = page.get_display_name().unwrap_or("podmortem").to_owned();
    out::write(|out| Man::new(page).title(name.to_uppercase()).render(out))?;
    Ok(Exit::Done)
}
