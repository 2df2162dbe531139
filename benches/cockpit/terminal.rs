//! A terminal of 180×50 in 16 colours with the cockpit in it.

use std::io::{Read, Write};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// A cockpit in a pseudo-terminal.
pub struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    keyboard: Box<dyn Write + Send>,
    output: Receiver<(Instant, Vec<u8>)>,
    emulator: vt100::Parser,
    started: Instant,
    _master: Box<dyn MasterPty + Send>,
}

impl Terminal {
    /// Starts the cockpit.
    pub fn start(arguments: &[&str]) -> Self {
        let size = PtySize { rows: 50, cols: 180, pixel_width: 0, pixel_height: 0 };
        let (rows, columns) = (50.try_into().expect("rows"), 180.try_into().expect("columns"));
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_podmortem"));
        command.args(arguments);
        command.env("TERM", "xterm");
        for name in ["COLORTERM", "NO_COLOR", "TMUX", "STY", "SSH_TTY", "SSH_CONNECTION"] {
            command.env_remove(name);
        }
        let mut reader = pair.master.try_clone_reader().expect("its output");
        let keyboard = pair.master.take_writer().expect("its keyboard");
        let child = pair.slave.spawn_command(command).expect("the cockpit starts");
        // Not before: closing what this process has open takes the spawning longer than the cockpit needs to begin.
        let started = Instant::now();
        let (to, output) = channel();
        std::thread::spawn(move || {
            let mut bytes = vec![0; 1 << 16];
            while let Ok(read @ 1..) = reader.read(&mut bytes) {
                if to.send((Instant::now(), bytes[..read].to_vec())).is_err() {
                    return;
                }
            }
        });
        Self { child, keyboard, output, emulator: vt100::Parser::new(rows, columns, 0), started, _master: pair.master }
    }

    /// The cockpit's process.
    pub fn pid(&self) -> u32 {
        self.child.process_id().expect("it runs")
    }

    /// Time from the start until the screen shows something, to the millisecond of its last byte.
    pub fn until(&mut self, shown: impl Fn(&str) -> bool) -> Duration {
        loop {
            if shown(&self.emulator.screen().contents()) {
                return self.started.elapsed();
            }
            let (at, bytes) = self.output.recv_timeout(Duration::from_secs(120)).expect("it goes on drawing");
            self.emulator.process(&bytes);
            if shown(&self.emulator.screen().contents()) {
                return at - self.started;
            }
        }
    }

    /// Lets time pass, reading what is drawn.
    pub fn quiet(&mut self, time: Duration) {
        let end = Instant::now() + time;
        while let Ok((_, bytes)) = self.output.recv_timeout(end.saturating_duration_since(Instant::now())) {
            self.emulator.process(&bytes);
        }
    }

    /// Presses a key.
    pub fn press(&mut self, key: &[u8]) {
        self.keyboard.write_all(key).and_then(|()| self.keyboard.flush()).expect("the key is taken");
    }

    /// Presses a key and returns how long its answer took and how many bytes it had.
    pub fn answer(&mut self, key: &[u8]) -> (Duration, usize) {
        while let Ok((_, bytes)) = self.output.try_recv() {
            self.emulator.process(&bytes);
        }
        let pressed = Instant::now();
        self.press(key);
        let (at, bytes) = self.output.recv_timeout(Duration::from_secs(5)).expect("an answer");
        self.emulator.process(&bytes);
        (at - pressed, bytes.len())
    }
}
