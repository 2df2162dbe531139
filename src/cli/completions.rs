//! `podmortem completions SHELL`

use clap_complete::Shell;
use color_eyre::eyre::Result;

use super::{Exit, command, out};

/// Print completions for a shell
///
/// For bash: podmortem completions bash > ~/.local/share/bash-completion/completions/podmortem
#[derive(clap::Args, Debug)]
pub struct Args {
    shell: Shell,
}

/// Prints the shell's completion script.
pub fn run(args: &Args) -> Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command(), "podmortem", &mut script);
    out::write(|out| out.write_all(&script))?;
    Ok(Exit::Done)
}
