//! What begins and ends a recording: the responder, and a cluster that may not be in it.

use crate::model::Clean;

use super::super::app::App;
use super::super::outside::Outside;
use super::super::reply::Tone;
use super::super::terminal::{Screen, Tap};

/// Whether the screen is recorded, as far as the terminal knows.
#[derive(Default)]
pub struct Switch {
    /// Regions of the clusters that the recording may hold.
    regions: Vec<Clean>,
}

impl Switch {
    /// Begins to record the screen into the case, or ends it.
    pub fn turn(&mut self, app: &mut App, screen: &mut Screen, outside: &mut Outside) {
        let shown = app.regions();
        let tap = if app.case.recorded { Ok(None) } else { outside.record(screen.size(), &shown).map(Some) };
        match tap {
            Ok(tap) => {
                app.case.recorded = tap.is_some();
                let told = match tap {
                    Some(_) => "this screen is recorded into the case from here on; :record ends it",
                    None => "the recording ended; its hash is in the journal",
                };
                let _ = screen.tap(tap.map(|tap| Box::new(tap) as Box<dyn Tap>));
                app.tell(Tone::Good, told);
            }
            Err(why) => app.tell(Tone::Bad, why),
        }
        self.regions = shown;
    }

    /// Ends the recording before it holds a cluster of a Region that it may not: one that was opened since, or whose
    /// Region nobody knew. To be asked before anything is drawn.
    pub fn hold(&mut self, app: &mut App, screen: &mut Screen, outside: &Outside) {
        let shown = app.regions();
        if !app.case.recorded || shown == self.regions {
            return;
        }
        if let Err(why) = outside.may_record(&shown) {
            let _ = screen.tap(None);
            app.case.recorded = false;
            app.tell(Tone::Bad, format!("the recording ended: {why}"));
        }
        self.regions = shown;
    }
}
