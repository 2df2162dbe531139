//! One running program, told apart from every other that has had its number.

use std::fmt;
use std::fs;
use std::str::FromStr;
use std::sync::LazyLock;

use rustix::io::Errno;
use rustix::process::{Pid, getpid, test_kill_process};
use serde::{Deserialize, Serialize};

use super::Digest;

/// A process of one boot of one machine: `1f0c9a3b-4711-8675309`.
///
/// The first part stands for the boot and its process numbers' namespace, then
/// come the number of the process and the tick of the kernel's clock in which it began.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Program {
    boot: String,
    pid: u32,
    start: u64,
}

/// What is known here of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// It is there; it may be stopped.
    Runs,
    /// It has ended.
    Gone,
    /// It runs or ran on another machine, before the last boot, or in another container: not to be seen from here.
    Elsewhere,
}

static CURRENT: LazyLock<Program> = LazyLock::new(|| {
    let pid = getpid().as_raw_nonzero().get().unsigned_abs();
    Program { boot: boot(), pid, start: begun(pid).map_or(0, |(start, _)| start) }
});

impl Program {
    /// This program.
    pub fn current() -> &'static Self {
        &CURRENT
    }

    /// Whether it still runs, as far as can be told from here.
    pub fn life(&self) -> Life {
        if self.boot != Self::current().boot {
            return Life::Elsewhere;
        }
        let Some(pid) = i32::try_from(self.pid).ok().and_then(Pid::from_raw) else { return Life::Gone };
        if test_kill_process(pid) == Err(Errno::SRCH) {
            return Life::Gone;
        }
        match begun(self.pid) {
            Some((start, ended)) if ended || start != self.start => Life::Gone,
            // It ended between the two looks.
            None if test_kill_process(pid) == Err(Errno::SRCH) => Life::Gone,
            // Other users' processes may be hidden from /proc; the number alone is in use then.
            _ => Life::Runs,
        }
    }
}

/// Stands for this boot of this machine and the namespace of its process numbers.
fn boot() -> String {
    let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let namespace = fs::read_link("/proc/self/ns/pid").unwrap_or_default();
    Digest::of(format!("{} {}", id.trim(), namespace.display()).as_bytes()).short()
}

/// When a process began, in ticks since boot, and whether it has ended and only waits for its parent.
fn begun(pid: u32) -> Option<(u64, bool)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the program's name in brackets, which may hold anything.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?;
    Some((fields.nth(18)?.parse().ok()?, matches!(state, "Z" | "X")))
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.boot, self.pid, self.start)
    }
}

/// A text that names no program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a program: expected eight hexadecimal digits, a process number and its start")]
pub struct NotAProgram;

impl FromStr for Program {
    type Err = NotAProgram;

    fn from_str(text: &str) -> Result<Self, NotAProgram> {
        let mut parts = text.split('-');
        let (Some(boot), Some(pid), Some(start), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(NotAProgram);
        };
        let hexadecimal = boot.len() == 8 && boot.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let program = Self {
            boot: boot.to_owned(),
            pid: pid.parse().map_err(|_| NotAProgram)?,
            start: start.parse().map_err(|_| NotAProgram)?,
        };
        if hexadecimal && program.to_string() == text { Ok(program) } else { Err(NotAProgram) }
    }
}

impl TryFrom<String> for Program {
    type Error = NotAProgram;

    fn try_from(text: String) -> Result<Self, NotAProgram> {
        text.parse()
    }
}

impl From<Program> for String {
    fn from(program: Program) -> Self {
        program.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    #[test]
    fn a_name_leads_back_to_its_program() {
        let current = Program::current();
        assert_eq!(current.to_string().parse(), Ok(current.clone()));
        for wrong in ["", "1f0c9a3b", "1f0c9a3b-1", "1f0c9a3b-01-2", "1F0C9A3B-1-2", "1f0c9a3b-1-2-3", "../../x-1-2"] {
            assert_eq!(wrong.parse::<Program>(), Err(NotAProgram), "{wrong}");
        }
    }

    #[test]
    fn the_dead_are_told_from_the_living_and_from_their_successors() {
        assert_eq!(Program::current().life(), Life::Runs);
        let mut child = Command::new("sleep").arg("60").stdin(Stdio::null()).spawn().unwrap();
        let named = Program { pid: child.id(), start: begun(child.id()).unwrap().0, ..Program::current().clone() };
        assert_eq!(named.life(), Life::Runs);
        let predecessor = Program { start: named.start.wrapping_sub(1), ..named.clone() };
        assert_eq!(predecessor.life(), Life::Gone);
        child.kill().unwrap();
        // Killed and not yet waited for, it is gone already.
        while named.life() == Life::Runs {
            std::thread::yield_now();
        }
        child.wait().unwrap();
        assert_eq!(named.life(), Life::Gone);
        assert_eq!(Program { boot: "00000000".into(), ..named }.life(), Life::Elsewhere);
    }
}
