//! A program in a pseudo-terminal, with an emulator that shows what it draws.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, SlavePty, native_pty_system};
use rustix::process::{Pid, Signal, kill_process, test_kill_process};

/// Far more than anything here takes; it only ends a test that hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// Longer than what late answers need to be taken apart by a reader that gives up on them.
const SILENCE: Duration = Duration::from_millis(600);

const SIZE: PtySize = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };

/// A cluster on the discard port of this machine, where nobody listens.
const KUBECONFIG: &str = "\
apiVersion: v1
kind: Config
current-context: nowhere
contexts: [{name: nowhere, context: {cluster: nowhere, user: nobody}}]
clusters: [{name: nowhere, cluster: {server: 'https://127.0.0.1:9'}}]
users: [{name: nobody, user: {token: none}}]
";

pub struct Pty {
    master: Option<Box<dyn MasterPty + Send>>,
    slave: Option<Box<dyn SlavePty + Send>>,
    keyboard: Option<Box<dyn Write + Send>>,
    child: Box<dyn Child + Send + Sync>,
    output: Receiver<Vec<u8>>,
    emulator: vt100::Parser,
    seen: Vec<u8>,
    folder: tempfile::TempDir,
    settings: String,
}

impl Pty {
    /// The program alone, leader of its session.
    pub fn open() -> Self {
        Self::run("exec \"$PROGRAM\" \"$LOG\"")
    }

    /// The cockpit, on a cluster that nobody can reach.
    pub fn cockpit() -> Self {
        Self::run("printf '%s' \"$KUBECONFIG_TEXT\" > \"$LOG\"; exec \"$COCKPIT\" --kubeconfig \"$LOG\"")
    }

    /// A shell script in which `$PROGRAM` is the program and `$LOG` its log.
    pub fn run(script: &str) -> Self {
        let pair = native_pty_system().openpty(SIZE).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let settings = format!("{:?}", pair.master.get_termios());
        let mut command = CommandBuilder::new("sh");
        command.args(["-c", script]);
        command.env("PROGRAM", program());
        command.env("LOG", folder.path().join("log"));
        command.env("COCKPIT", env!("CARGO_BIN_EXE_podmortem"));
        command.env("KUBECONFIG_TEXT", KUBECONFIG);
        for directory in ["CONFIG", "STATE", "CACHE"] {
            command.env(format!("PODMORTEM_{directory}_DIR"), folder.path().join(directory));
        }
        command.env("TERM", "xterm-256color");
        // A backtrace would push the message off the screen.
        command.env("RUST_BACKTRACE", "0");
        command.env_remove("TMUX");
        command.env_remove("STY");
        let child = pair.slave.spawn_command(command).unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let keyboard = pair.master.take_writer().unwrap();
        // Few pieces, so that a test that does not look is a terminal that takes nothing.
        let (to, output) = sync_channel(4);
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(read @ 1..) = reader.read(&mut bytes) {
                if to.send(bytes[..read].to_vec()).is_err() {
                    return;
                }
            }
        });
        let emulator = vt100::Parser::new(SIZE.rows.try_into().unwrap(), SIZE.cols.try_into().unwrap(), 0);
        Self {
            master: Some(pair.master),
            slave: Some(pair.slave),
            keyboard: Some(keyboard),
            child,
            output,
            emulator,
            seen: Vec::new(),
            folder,
            settings,
        }
    }

    pub fn screen(&self) -> &vt100::Screen {
        self.emulator.screen()
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    pub fn sends(&mut self, keys: &str) {
        self.keyboard.as_mut().unwrap().write_all(keys.as_bytes()).unwrap();
    }

    pub fn signals(&self, signal: Signal) {
        kill_process(Pid::from_raw(self.child.process_id().unwrap().cast_signed()).unwrap(), signal).unwrap();
    }

    pub fn resizes(&mut self, cols: u16, rows: u16) {
        self.emulator.screen_mut().set_size(rows.try_into().unwrap(), cols.try_into().unwrap());
        self.master.as_ref().unwrap().resize(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).unwrap();
    }

    /// The terminal goes away, as when a window is closed or a connection drops.
    pub fn closes(&mut self) {
        // The reading thread holds the last descriptor until it is woken by something to read.
        self.output = sync_channel(0).1;
        let mut echo = CommandBuilder::new("echo");
        echo.set_controlling_tty(false);
        let slave = self.slave.take().unwrap();
        slave.spawn_command(echo).unwrap().wait().unwrap();
        drop(slave);
        drop(self.keyboard.take());
        drop(self.master.take());
    }

    /// Waits until a text is on the screen.
    pub fn shows(&mut self, text: &str) {
        self.until(|pty| pty.screen().contents().contains(text), text);
    }

    /// Waits until the program has asked the terminal something.
    pub fn asks(&mut self, question: &str) {
        self.until(|pty| String::from_utf8_lossy(&pty.seen).contains(question), question);
    }

    /// Waits until a text is in the log.
    pub fn logs(&mut self, text: &str) {
        self.until(|pty| pty.log().contains(text), text);
    }

    /// Waits until nothing was drawn for longer than a terminal's answer is usually late.
    pub fn waits_for_silence(&mut self) {
        while let Ok(bytes) = self.output.recv_timeout(SILENCE) {
            self.emulator.process(&bytes);
        }
    }

    /// Waits for the end; gives the exit code.
    pub fn ends(&mut self) -> u32 {
        let code = self.ends_while(|pty| pty.draw(Duration::from_millis(20)));
        while let Ok(bytes) = self.output.recv_timeout(Duration::from_millis(50)) {
            self.emulator.process(&bytes);
        }
        code
    }

    /// Waits for the end while the terminal takes no output.
    pub fn ends_unread(&mut self) -> u32 {
        self.ends_while(|_| thread::park_timeout(Duration::from_millis(20)))
    }

    fn ends_while(&mut self, wait: impl Fn(&mut Self)) -> u32 {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.exit_code();
            }
            assert!(Instant::now() < deadline, "it does not end: {}\n{}", self.log(), self.screen().contents());
            wait(self);
        }
    }

    /// Waits until the process that the log names is no more.
    pub fn is_gone(&mut self) {
        let log = self.log();
        let pid = log.lines().find_map(|line| line.strip_prefix("pid ")).unwrap().parse().unwrap();
        self.until(|_| test_kill_process(Pid::from_raw(pid).unwrap()).is_err(), "its end");
    }

    /// The terminal is as it was before the program.
    pub fn is_clean(&self) {
        let screen = self.screen();
        assert!(!screen.alternate_screen(), "still on the alternate screen");
        assert!(!screen.hide_cursor(), "the cursor is hidden");
        assert!(!screen.bracketed_paste(), "bracketed paste is on");
        assert!(!screen.application_cursor() && !screen.application_keypad(), "keys are in application mode");
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        assert_eq!(format!("{:?}", self.master.as_ref().unwrap().get_termios()), self.settings);
    }

    fn until(&mut self, reached: impl Fn(&Self) -> bool, what: &str) {
        let deadline = Instant::now() + PATIENCE;
        while !reached(self) {
            let shown = self.screen().contents();
            assert!(Instant::now() < deadline, "waited in vain for {what:?}: {shown}\n{}", self.log());
            self.draw(Duration::from_millis(20));
        }
    }

    fn draw(&mut self, wait: Duration) {
        match self.output.recv_timeout(wait) {
            Ok(bytes) => {
                self.emulator.process(&bytes);
                self.seen.extend(bytes);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => thread::park_timeout(wait),
        }
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        // It has usually ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Cargo builds examples beside the tests.
fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let built = test.parent().and_then(Path::parent).unwrap().join("examples/terminal");
    assert!(
        built.exists(),
        "{} is missing: run `cargo test` without --test, or `cargo build --examples`",
        built.display()
    );
    built
}
