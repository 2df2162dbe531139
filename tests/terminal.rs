//! The terminal survives: a small program (`examples/terminal.rs`) runs in a
//! pseudo-terminal, is hit by what happens to terminals, and must leave it clean and end.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may give up")]

mod pty;

use pty::Pty;
use rustix::process::Signal;

#[test]
fn an_ordinary_end_leaves_the_terminal_as_it_was() {
    let mut pty = Pty::open();
    pty.shows("q ends");
    assert!(pty.screen().alternate_screen() && pty.screen().hide_cursor() && pty.screen().bracketed_paste());
    pty.sends("q");
    assert_eq!(pty.ends(), 0);
    pty.is_clean();
}

#[test]
fn signals_end_it_in_order() {
    for (signal, code) in [(Signal::TERM, 143), (Signal::INT, 130), (Signal::QUIT, 131)] {
        let mut pty = Pty::open();
        pty.shows("q ends");
        pty.signals(signal);
        assert_eq!(pty.ends(), code);
        pty.is_clean();
    }
}

#[test]
fn a_hang_up_gives_the_terminal_up_and_lets_work_end() {
    let mut pty = Pty::open();
    pty.shows("q ends");
    pty.signals(Signal::HUP);
    assert_eq!(pty.ends(), 129);
    assert!(pty.log().contains("ended after the terminal"), "{}", pty.log());
}

#[test]
fn a_second_signal_ends_what_does_not_answer() {
    let mut pty = Pty::open();
    pty.shows("q ends");
    pty.sends("s");
    pty.logs("Char('s')");
    pty.signals(Signal::TERM);
    pty.signals(Signal::TERM);
    assert_eq!(pty.ends(), 143);
    pty.is_clean();
}

#[test]
fn what_does_not_answer_a_hang_up_ends_all_the_same() {
    let mut pty = Pty::open();
    pty.shows("q ends");
    pty.sends("s");
    pty.logs("Char('s')");
    pty.closes();
    assert_eq!(pty.ends(), 129);
}

#[test]
fn a_terminal_that_takes_no_output_holds_nothing_up() {
    let mut pty = Pty::open();
    pty.shows("q ends");
    pty.sends("s");
    pty.signals(Signal::TERM);
    assert_eq!(pty.ends_unread(), 143);
}

#[test]
fn work_that_ends_after_the_screen_survives_a_hang_up() {
    let mut pty = Pty::open();
    pty.shows("q ends");
    pty.sends("f");
    pty.logs("finishing");
    pty.signals(Signal::HUP);
    assert_eq!(pty.ends(), 0);
    pty.is_clean();
    assert!(pty.log().contains("finished"), "{}", pty.log());
}

#[test]
fn after_the_screen_a_signal_ends_it_at_once() {
    let mut pty = Pty::open();
    pty.shows("q ends");
    pty.sends("f");
    pty.logs("finishing");
    pty.signals(Signal::INT);
    assert_eq!(pty.ends(), 130);
    assert!(!pty.log().contains("finished"), "{}", pty.log());
}

#[test]
fn a_closed_terminal_ends_it() {
    let mut pty = Pty::open();
    pty.shows("q ends");
    pty.closes();
    assert_eq!(pty.ends(), 129);
    assert!(pty.log().contains("ended after the terminal"), "{}", pty.log());
}

#[test]
fn a_closed_terminal_is_noticed_without_a_signal() {
    // In a session of its own nobody sends it a signal.
    let mut pty = Pty::run("setsid \"$PROGRAM\" \"$LOG\"; read line");
    pty.shows("q ends");
    pty.closes();
    pty.is_gone();
    assert!(pty.log().contains("HangUp"), "{}", pty.log());
}

#[test]
fn a_panic_leaves_the_terminal_clean_and_is_reported_there() {
    let mut pty = Pty::open();
    pty.shows("q ends");
    pty.sends("p");
    assert_eq!(pty.ends(), 101);
    pty.is_clean();
    pty.shows("asked for");
}

#[test]
fn a_panic_in_the_background_is_no_end() {
    let mut pty = Pty::open();
    pty.shows("q ends");
    pty.sends("b");
    pty.shows("background task: true");
    pty.sends("x");
    pty.shows("in the background");
    assert!(pty.screen().alternate_screen());
    pty.sends("q");
    assert_eq!(pty.ends(), 0);
    pty.is_clean();
}

#[test]
fn ctrl_z_gives_the_terminal_to_the_shell_and_fg_brings_it_back() {
    let mut pty = Pty::run("set -m; \"$PROGRAM\" \"$LOG\"; echo suspended; read line; fg; echo done");
    pty.shows("q ends");
    pty.sends("\x1a");
    pty.shows("suspended");
    pty.is_clean();
    pty.sends("\n");
    pty.shows("q ends");
    assert!(pty.screen().alternate_screen() && pty.screen().hide_cursor());
    pty.sends("j");
    pty.shows("Char('j')");
    pty.sends("q");
    pty.shows("done");
    pty.ends();
    pty.is_clean();
}

#[test]
fn without_a_shell_ctrl_z_does_not_stop_it_for_ever() {
    let mut pty = Pty::open();
    pty.shows("q ends");
    pty.sends("\x1a");
    pty.shows("Refused");
    pty.sends("q");
    assert_eq!(pty.ends(), 0);
}

#[test]
fn a_storm_of_sizes_ends_in_the_last_one() {
    let mut pty = Pty::open();
    pty.shows("q ends");
    for step in 0..300u16 {
        pty.resizes(20 + step % 97, 5 + step % 41);
    }
    pty.resizes(101, 33);
    pty.shows("101x33");
    pty.sends("q");
    assert_eq!(pty.ends(), 0);
    pty.is_clean();
}

#[test]
fn late_answers_of_the_terminal_are_no_keys() {
    let mut pty = Pty::open();
    pty.shows("q ends");
    pty.shows("background None");
    for pieces in [
        &["\x1b]11;rgb:ffff/ffff/ffff\x1b\\"][..],
        &["\x1b]11;rgb:ff", "ff/ffff/ffff\x1b", "\\"],
        &["\x1b[?62;", "22c"],
        &["\x1b[", "?1;2c"],
        &["\x1bP>|q", "qq\x1b\\"],
        &["\x1b[12;", "40R"],
    ] {
        for piece in pieces {
            pty.sends(piece);
            pty.waits_for_silence();
        }
    }
    assert!(!pty.log().contains("Event("), "{}", pty.log());
    pty.sends("q");
    assert_eq!(pty.ends(), 0);
    pty.is_clean();
}

#[test]
fn a_background_that_is_told_is_heard() {
    let mut pty = Pty::open();
    pty.asks("\x1b]11;?\x1b\\");
    pty.sends("\x1b]11;rgb:ffff/ffff/ffff\x1b\\");
    pty.logs("background");
    assert!(!pty.log().contains("Event("), "{}", pty.log());
    pty.sends("q");
    assert_eq!(pty.ends(), 0);
}

#[test]
fn the_cockpit_ends_with_its_terminal() {
    let mut pty = Pty::cockpit();
    pty.shows("nowhere");
    pty.closes();
    assert_ne!(pty.ends(), 0);
}

#[test]
fn the_cockpit_leaves_the_terminal_clean_when_told_to_end() {
    for signal in [Signal::TERM, Signal::INT] {
        let mut pty = Pty::cockpit();
        pty.shows("nowhere");
        pty.signals(signal);
        assert_ne!(pty.ends(), 0);
        pty.is_clean();
    }
}

#[test]
fn the_cockpit_lives_through_every_size() {
    let mut pty = Pty::cockpit();
    pty.shows("nowhere");
    for (columns, rows) in [(20, 5), (1, 1), (500, 2), (3, 200), (59, 15), (60, 15), (80, 24), (240, 60)] {
        pty.resizes(columns, rows);
        pty.waits_for_silence();
    }
    pty.resizes(100, 30);
    pty.shows("nowhere");
    pty.signals(Signal::TERM);
    pty.ends();
    pty.is_clean();
}

#[test]
fn late_answers_are_no_keys_of_the_cockpit() {
    let mut pty = Pty::cockpit();
    pty.shows("nowhere");
    // As keys, these would open the command line and type into it.
    for piece in ["\x1b", "]52;c;:qu", "it\x1b\\", "\x1bP>|:quit\x1b", "\\"] {
        pty.sends(piece);
        pty.waits_for_silence();
    }
    assert!(!pty.screen().contents().contains(":qu"), "{}", pty.screen().contents());
    pty.signals(Signal::TERM);
    pty.ends();
    pty.is_clean();
}
