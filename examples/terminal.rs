//! Shows what a terminal sends: `cargo run --example terminal [LOG]`.
//!
//! `q` ends, `f` leaves the screen and ends after a second, `p` panics, `b` panics
//! in the background, `s` stops listening, ctrl-z suspends. With a file's name as argument every event is written there
//! too; `tests/terminal.rs` reads it.

#![allow(clippy::panic, reason = "panics are what two of its keys are for")]

use std::collections::VecDeque;
use std::fs::File;
use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use crossterm::event::Event;
use podmortem::config::keymap::Key;
use podmortem::model::Clean;
use podmortem::tui::terminal::{Capabilities, Events, Incoming, Options, Screen, Signal, take_panics};
use ratatui::widgets::{List, ListItem};

/// What was heard, newest first, for the screen and for the log.
struct Heard {
    lines: VecDeque<Clean>,
    log: Option<File>,
}

impl Heard {
    fn note(&mut self, line: &str) {
        self.lines.push_front(Clean::from(line));
        self.lines.truncate(200);
        if let Some(log) = &mut self.log {
            // A log that is full is no reason to stop.
            let _ = writeln!(log, "{line}");
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let log = std::env::args().nth(1).and_then(|name| File::create(name).ok());
    let mut heard = Heard { lines: VecDeque::new(), log };
    let options = Options { capabilities: Capabilities::from_environment(), mouse: true };
    match Screen::enter(&options) {
        Ok((screen, events)) => match run(screen, events, &mut heard).await {
            Ok(code) => code,
            Err(error) => {
                eprintln!("{error}");
                ExitCode::FAILURE
            }
        },
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

async fn run(mut screen: Screen, mut events: Events, heard: &mut Heard) -> std::io::Result<ExitCode> {
    heard.note(&format!("pid {}", std::process::id()));
    let background = events.background().await;
    heard.note(&format!("background {background:?}"));
    loop {
        take_panics().iter().for_each(|panic| heard.note(&format!("panic {panic}")));
        screen.draw(|frame| {
            let size = frame.area();
            let lines = heard.lines.iter().map(|line| ListItem::new(line.as_str()));
            let title = ListItem::new(format!("{}x{}, q ends", size.width, size.height));
            frame.render_widget(List::new(std::iter::once(title).chain(lines)), size);
        })?;
        let Some(incoming) = events.next().await else { return Ok(ExitCode::FAILURE) };
        heard.note(&format!("{incoming:?}"));
        match incoming {
            Incoming::Signal(Signal::HangUp) => {
                // What runs may end: here a moment stands for it.
                tokio::time::sleep(Duration::from_millis(100)).await;
                screen.draw(|_| {})?;
                heard.note("ended after the terminal");
                return Ok(ExitCode::from(129));
            }
            Incoming::Signal(Signal::Terminate(number)) => {
                return Ok(ExitCode::from(u8::try_from(128 + number).unwrap_or(1)));
            }
            Incoming::Signal(Signal::Suspend) => {
                screen.suspend()?;
            }
            Incoming::Signal(Signal::Continued) => screen.resume()?,
            Incoming::Event(Event::Resize(width, height)) => screen.resize(width, height)?,
            Incoming::Event(Event::Key(key)) => match Key::from(key).to_string().as_str() {
                "q" => return Ok(ExitCode::SUCCESS),
                "p" => std::panic::panic_any("asked for"),
                "b" => {
                    let ended = tokio::task::spawn_blocking(|| std::panic::panic_any("in the background")).await;
                    heard.note(&format!("background task: {}", ended.is_err()));
                }
                "s" => loop {
                    // Still writing, and much, but no longer listening.
                    screen.send(&b"\x1b[m".repeat(1_000))?;
                    std::thread::sleep(Duration::from_millis(20));
                },
                "f" => {
                    screen.leave();
                    heard.note("finishing");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    heard.note("finished");
                    return Ok(ExitCode::SUCCESS);
                }
                "ctrl-z" => {
                    let suspended = screen.suspend()?;
                    heard.note(&format!("{suspended:?}"));
                }
                _ => {}
            },
            Incoming::Event(_) => {}
        }
    }
}
