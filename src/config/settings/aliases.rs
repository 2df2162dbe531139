//! Names for longer commands.

use super::Settings;

/// Aliases that lead to aliases end here.
const DEPTH: usize = 8;

impl Settings {
    /// A line with the alias at its beginning spelled out; what stands after the
    /// alias goes on after its meaning.
    ///
    /// # Errors
    /// The alias leads back to itself; its name.
    pub fn spelled_out(aliases: &[(String, String)], line: &str) -> Result<String, String> {
        let mut line = line.trim().to_owned();
        for _ in 0..DEPTH {
            let (word, rest) = line.split_once(' ').unwrap_or((&line, ""));
            let Some((_, meaning)) = aliases.iter().find(|(name, _)| name == word) else { return Ok(line) };
            // `sa: "sa ns:shop"` is a command with a habit, not a circle.
            let itself = meaning.split(' ').next() == Some(word);
            line = format!("{} {rest}", meaning.trim().trim_start_matches(':')).trim_end().to_owned();
            if itself {
                return Ok(line);
            }
        }
        Err(line.split(' ').next().unwrap_or_default().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(aliases: &[(&str, &str)], line: &str) -> Result<String, String> {
        let aliases: Vec<_> =
            aliases.iter().map(|(name, meaning)| ((*name).to_owned(), (*meaning).to_owned())).collect();
        Settings::spelled_out(&aliases, line)
    }

    #[test]
    fn an_alias_is_spelled_out_with_what_follows() {
        let spelled = |line| {
            let aliases =
                [("web", "pods ns:shop workload:web"), ("bad", ":web status:Crash*"), ("sa", "sa !ns:kube-system")];
            spelled(&aliases, line).unwrap()
        };
        assert_eq!(spelled("web privileged"), "pods ns:shop workload:web privileged");
        assert_eq!(spelled("bad"), "pods ns:shop workload:web status:Crash*");
        assert_eq!(spelled("sa"), "sa !ns:kube-system");
        assert_eq!(spelled("nodes x"), "nodes x");
    }

    #[test]
    fn a_circle_ends() {
        assert!(spelled(&[("a", "b x"), ("b", "a y")], "a").is_err());
    }
}
