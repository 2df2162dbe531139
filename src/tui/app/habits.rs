//! What the responder set up before: favourites, aliases, how lists scroll.

use crate::config::Settings;
use crate::config::settings::Scroll;

use super::App;

/// Aliases that lead to aliases end here.
const DEPTH: usize = 8;

/// What the responder set up before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Habits {
    /// Namespaces, by the digits 1 to 9 in the menu of namespaces.
    pub favourites: Vec<String>,
    /// Names for longer `:` commands.
    pub aliases: Vec<(String, String)>,
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
        Self { favourites: settings.favourites.clone(), aliases: settings.aliases.clone(), leaps }
    }

    /// A line with the alias at its beginning spelled out; what stands after the
    /// alias goes on after its meaning.
    ///
    /// # Errors
    /// The alias leads back to itself; its name.
    pub fn spelled_out(&self, line: &str) -> Result<String, String> {
        let mut line = line.to_owned();
        for _ in 0..DEPTH {
            let (word, rest) = line.split_once(' ').unwrap_or((&line, ""));
            let Some((_, meaning)) = self.aliases.iter().find(|(name, _)| name == word) else { return Ok(line) };
            // `ns: "ns shop"` is a command with a habit, not a circle.
            let itself = meaning.split(' ').next() == Some(word);
            line = format!("{} {rest}", meaning.trim().trim_start_matches(':')).trim_end().to_owned();
            if itself {
                return Ok(line);
            }
        }
        Err(line.split(' ').next().unwrap_or_default().to_owned())
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

    fn habits(aliases: &[(&str, &str)]) -> Habits {
        let aliases = aliases.iter().map(|(name, meaning)| ((*name).to_owned(), (*meaning).to_owned()));
        Habits { aliases: aliases.collect(), ..Habits::default() }
    }

    #[test]
    fn an_alias_is_spelled_out_with_what_follows() {
        let habits = habits(&[
            ("web", "pods ns:shop workload:web"),
            ("bad", ":web status:Crash*"),
            ("sa", "sa !ns:kube-system"),
        ]);
        assert_eq!(habits.spelled_out("web privileged").unwrap(), "pods ns:shop workload:web privileged");
        assert_eq!(habits.spelled_out("bad").unwrap(), "pods ns:shop workload:web status:Crash*");
        assert_eq!(habits.spelled_out("sa").unwrap(), "sa !ns:kube-system");
        assert_eq!(habits.spelled_out("nodes x").unwrap(), "nodes x");
    }

    #[test]
    fn a_circle_ends() {
        assert!(habits(&[("a", "b x"), ("b", "a y")]).spelled_out("a").is_err());
    }

    #[test]
    fn lists_leap_where_the_line_is_slow_or_somebody_says_so() {
        let with = |scroll| Settings { scroll, ..Settings::default() };
        assert!(Habits::of(&with(Scroll::Auto), true).leaps);
        assert!(!Habits::of(&with(Scroll::Auto), false).leaps);
        assert!(Habits::of(&with(Scroll::Half), false).leaps);
        assert!(!Habits::of(&with(Scroll::Line), true).leaps);
    }
}
