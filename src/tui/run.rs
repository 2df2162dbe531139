//! The loop: keys first, then news, then at most one frame.

use std::time::{Duration, Instant};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind};
use tokio::sync::mpsc;
use tokio::time::{Instant as Deadline, sleep_until};

use crate::config::theme::Theme;
use crate::inventory::Now;
use crate::model::{Clean, Update};

use super::app::App;
use super::effect::Effect;
use super::look::Look;
use super::mouse::mouse;
use super::outside::Outside;
use super::overlays::Overlay;
use super::recording::Switch;
use super::reply::{Reply, Tone};
use super::screen::{cursor, draw};
use super::start::{Memory, Options};
use super::terminal::{self, Capabilities, Events, Incoming, NoTerminal, Screen, Signal};

/// Batches of news that wait for the loop; the watches wait when it is behind.
const WAITING: usize = 64;
/// Time between two frames that nobody pressed a key for.
const CALM: Duration = Duration::from_millis(100);
/// Time between two looks at the clock.
const TICK: Duration = Duration::from_secs(1);
/// A plan takes no key before it has stood so long: what was typed before it came was meant for something else.
const SETTLES: Duration = Duration::from_millis(300);
/// Ticks after which ages are drawn anew although nothing else changed.
const QUIET_TICKS: u32 = 15;

/// Why the cockpit ended: the exit code of a signal, if it was one.
pub type Ended = Option<i32>;

/// Runs the cockpit until the responder leaves it.
pub async fn run(options: Options) -> Result<Ended, NoTerminal> {
    let capabilities = Capabilities::from_environment();
    let mouse = options.settings.mouse;
    let (news, from_watches) = mpsc::channel(WAITING);
    let (replies, from_outside) = mpsc::channel(WAITING);
    let mut app = options.app(&capabilities);
    let mut outside = Outside::new(&options, &capabilities, news, replies);
    // Connections are made while the terminal is taken over; everything else waits until there is one.
    app.take_effects_of(|effect| matches!(effect, Effect::Open(..)))
        .into_iter()
        .for_each(|open| outside.carry_out(open));
    let (mut screen, events) = Screen::enter(&terminal::Options { capabilities: capabilities.clone(), mouse })?;
    let mut cockpit = Cockpit {
        memory: Memory::new(&options.directories, options.mode.game_day),
        outside,
        theme: app.look.name.clone(),
        recording: Switch::default(),
        capabilities,
        options,
        drawn: None,
        planned: None,
        pressed: None,
        pending: true,
        ticks: 0,
    };
    if let Err(error) = cockpit.memory.recall(&mut app) {
        app.tell(Tone::Bad, error.to_string());
    }
    if let Some(trouble) = cockpit.options.troubles.first() {
        app.tell(Tone::Bad, trouble.to_string());
    }
    let size = screen.size();
    app.resize(size.0, size.1);
    let ended = cockpit.drive(&mut app, &mut screen, events, from_watches, from_outside).await;
    screen.leave();
    cockpit.outside.finish().await;
    Ok(ended)
}

struct Cockpit {
    options: Options,
    capabilities: Capabilities,
    memory: Memory,
    outside: Outside,
    theme: String,
    recording: Switch,
    drawn: Option<Instant>,
    planned: Option<Instant>,
    pressed: Option<Instant>,
    pending: bool,
    ticks: u32,
}

impl Cockpit {
    async fn drive(
        &mut self,
        app: &mut App,
        screen: &mut Screen,
        mut events: Events,
        mut news: mpsc::Receiver<Update>,
        mut replies: mpsc::Receiver<Reply>,
    ) -> Ended {
        let mut background = Box::pin(events.background());
        let mut asked = self.options.settings.theme.is_none();
        let mut tick = Deadline::now() + TICK;
        loop {
            if let Some(ended) = self.carry_out(app, screen) {
                return ended;
            }
            let frame = Deadline::from_std(self.drawn.map_or_else(Instant::now, |drawn| drawn + CALM));
            tokio::select! {
                biased;
                incoming = events.next() => {
                    let incoming = incoming?;
                    if let Some(ended) = self.incoming(app, screen, incoming) {
                        return Some(ended);
                    }
                    while let Some(more) = events.try_next() {
                        if let Some(ended) = self.incoming(app, screen, more) {
                            return Some(ended);
                        }
                    }
                    self.pressed = Some(Instant::now());
                    app.now = Now::read();
                    if self.carry_out_quietly(app, screen).is_some() {
                        return None;
                    }
                    self.draw(app, screen);
                }
                Some(reply) = replies.recv() => {
                    app.now = Now::read();
                    if matches!(reply, Reply::Planned(Ok(_))) {
                        self.planned = Some(Instant::now());
                    }
                    self.pending |= app.reply(reply);
                }
                () = sleep_until(frame), if self.pending || app.news => {
                    if app.settle() || self.pending {
                        self.draw(app, screen);
                    } else {
                        self.drawn = Some(Instant::now());
                    }
                }
                Some(update) = news.recv() => self.news(app, screen, update, &mut news),
                told = &mut background, if asked => {
                    asked = false;
                    let name = terminal::probe::theme_name(&self.options.settings, told, &self.capabilities).to_owned();
                    self.dress(app, &name);
                }
                () = sleep_until(tick) => {
                    tick = Deadline::now() + TICK;
                    self.tick(app);
                }
            }
        }
    }

    /// Takes news in batches. The first rows are drawn at once.
    fn news(&mut self, app: &mut App, screen: &mut Screen, update: Update, more: &mut mpsc::Receiver<Update>) {
        let empty = app.main.view().total() == 0;
        app.now = Now::read();
        let mut urgent = app.reply(Reply::News(update));
        for _ in 0..WAITING {
            let Ok(update) = more.try_recv() else { break };
            urgent |= app.reply(Reply::News(update));
        }
        self.pending |= urgent;
        if empty && app.settle() && app.main.view().total() > 0 {
            self.draw(app, screen);
        }
    }

    fn tick(&mut self, app: &mut App) {
        if let Some(panic) = terminal::take_panics().into_iter().next() {
            app.tell(Tone::Bad, format!("a task broke off by a bug of ours: {panic}"));
            self.pending = true;
        }
        self.ticks += 1;
        let over = app.tick(Now::read());
        // Rules look at everything there is: not while somebody types.
        let typing = self.pressed.is_some_and(|pressed| pressed.elapsed() < TICK);
        let seen = !typing && app.observe();
        if over || seen || app.ages_move() || self.ticks.is_multiple_of(QUIET_TICKS) {
            self.pending = true;
        }
    }

    fn incoming(&mut self, app: &mut App, screen: &mut Screen, incoming: Incoming) -> Option<i32> {
        match incoming {
            Incoming::Event(Event::Key(key)) if key.kind == KeyEventKind::Release || self.is_early(app, key) => {}
            Incoming::Event(Event::Key(key)) => app.key(key),
            Incoming::Event(Event::Paste(text)) => app.paste(&text),
            Incoming::Event(Event::Resize(width, height)) => {
                let _ = screen.resize(width, height);
                app.resize(width, height);
            }
            Incoming::Event(Event::Mouse(event)) => mouse(app, event),
            Incoming::Event(_) => {}
            Incoming::Signal(Signal::Terminate(number)) => return Some(128 + number),
            Incoming::Signal(Signal::HangUp) => return Some(129),
            Incoming::Signal(Signal::Suspend) => {
                if let Err(error) = screen.suspend() {
                    app.tell(Tone::Bad, format!("cannot suspend: {error}"));
                }
            }
            Incoming::Signal(Signal::Continued) => {
                let _ = screen.resume();
            }
        }
        None
    }

    /// Whether a key may have been pressed for what was there before a plan came; escape is never too early.
    fn is_early(&self, app: &App, key: KeyEvent) -> bool {
        let settles = self.planned.is_some_and(|planned| planned.elapsed() < SETTLES);
        settles && key.code != KeyCode::Esc && matches!(app.overlays.last(), Some(Overlay::Confirm(_)))
    }

    fn carry_out(&mut self, app: &mut App, screen: &mut Screen) -> Option<Ended> {
        self.carry_out_quietly(app, screen).map(|()| None)
    }

    /// Does what the cockpit asked for. Says whether it asked to leave.
    fn carry_out_quietly(&mut self, app: &mut App, screen: &mut Screen) -> Option<()> {
        for effect in app.take_effects() {
            match effect {
                Effect::Quit => return Some(()),
                Effect::Redraw => {
                    let _ = screen.redraw();
                    self.pending = true;
                }
                Effect::Save => {
                    if let Err(error) = self.memory.keep(app) {
                        app.tell(Tone::Bad, error.to_string());
                    }
                }
                Effect::Record => {
                    self.recording.turn(app, screen, &mut self.outside);
                    self.pending = true;
                }
                Effect::Theme(name) => self.dress(app, &name),
                Effect::Copy(text) => {
                    let copied = self.outside.copy(&text);
                    let _ = screen.send(&copied.sequence);
                    app.tell(Tone::Good, copied.told);
                    self.pending = true;
                }
                effect => self.outside.carry_out(effect),
            }
        }
        None
    }

    fn dress(&mut self, app: &mut App, name: &str) {
        if name == self.theme {
            return;
        }
        let (theme, troubles) = Theme::load(&self.options.directories, name);
        app.look = Look::new(&theme, self.capabilities.depth, app.look.ascii);
        name.clone_into(&mut self.theme);
        if let Some(trouble) = troubles.first() {
            app.tell(Tone::Bad, Clean::from(trouble.to_string()));
        }
        self.pending = true;
    }

    fn draw(&mut self, app: &mut App, screen: &mut Screen) {
        self.recording.hold(app, screen, &self.outside);
        app.resize(app.size.0, app.size.1);
        app.settle();
        let drawn = screen.draw(|frame| {
            let area = frame.area();
            draw(app, area, frame.buffer_mut());
            if let Some(at) = cursor(app, area) {
                frame.set_cursor_position(at);
            }
        });
        if drawn.is_err() {
            // The terminal is gone; the signal that says so is on its way.
            self.pending = false;
        }
        self.pending = false;
        self.drawn = Some(Instant::now());
    }
}
