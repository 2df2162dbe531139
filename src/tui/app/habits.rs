//! What the responder set up before: favourites, aliases, how lists scroll.

use crate::config::Settings;
use crate::config::settings::Scroll;

use super::App;

/// What the responder set up before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Habits {
    /// Namespaces, by the digits 1 to 9 in the menu of namespaces.
    pub favourites: Vec<String>,
    /// Names for longer `:` commands.
    pub aliases: Vec<(String, String)>,
    /// The command that calls people: a program and its arguments.
    pub page: Vec<String>,
    /// Whether lists move on by half a window when the cursor leaves it.
    pub leaps: bool,
}

impl Habits {
    /// The settings, on a line that is slow or not.
    pub fn of(settings: &Settings, over_ssh: bool) -> Self {
        let leaps = match settings.scroll {
            Scroll::Line => false,
            Scroll::Half => true,
            Scroll::Auto => over_ssh,
        };
        Self {
            favourites: settings.favourites.clone(),
            aliases: settings.aliases.clone(),
            page: settings.page.clone(),
            leaps,
        }
    }
}

impl App {
    /// Takes on what the responder set up before.
    pub fn adopt(&mut self, habits: Habits) {
        self.main.leap(habits.leaps);
        self.nodes.leap(habits.leaps);
        self.habits = habits;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_leap_where_the_line_is_slow_or_somebody_says_so() {
        let with = |scroll| Settings { scroll, ..Settings::default() };
        assert!(Habits::of(&with(Scroll::Auto), true).leaps);
        assert!(!Habits::of(&with(Scroll::Auto), false).leaps);
        assert!(Habits::of(&with(Scroll::Half), false).leaps);
        assert!(!Habits::of(&with(Scroll::Line), true).leaps);
    }
}
