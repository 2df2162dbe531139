//! Keys that somebody else may want.

use crossterm::event::{KeyCode, KeyModifiers};

use super::Key;

/// Why a key is a poor choice: it may never arrive, or it arrives as another key.
pub fn clash(key: Key) -> Option<&'static str> {
    let control = key.modifiers().contains(KeyModifiers::CONTROL);
    match key.code() {
        KeyCode::Char('a') if control => Some("is the prefix of screen, and of tmux for many"),
        KeyCode::Char('b') if control => Some("is the prefix of tmux"),
        KeyCode::Char('s' | 'q') if control => Some("stops and starts output on slow lines"),
        KeyCode::Char('z') if control => Some("suspends the program"),
        KeyCode::Char('c') if control => Some("leaves what is open"),
        KeyCode::Char('\\') if control => Some("makes SIGQUIT in other programs"),
        KeyCode::Char('w') if control => Some("deletes a word in every prompt"),
        KeyCode::Char('h') if control => Some("is the same as backspace on many terminals"),
        KeyCode::Char('i') if control => Some("is the same as tab"),
        KeyCode::Char('m') if control => Some("is the same as enter"),
        KeyCode::Char('j') if control => Some("is a line feed, which some terminals send for enter"),
        KeyCode::Char('[') if control => Some("is the same as esc"),
        KeyCode::Char(' ') if control => Some("switches input methods on some desktops"),
        _ if key.modifiers().contains(KeyModifiers::ALT) => Some("arrives as esc and a key where tmux waits for esc"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::clash;

    #[test]
    fn plain_letters_clash_with_nothing() {
        for letter in ('a'..='z').chain('A'..='Z') {
            assert_eq!(clash(letter.to_string().parse().unwrap()), None, "{letter}");
        }
        for taken in ["ctrl-b", "ctrl-a", "ctrl-s", "ctrl-q", "ctrl-z", "ctrl-w", "ctrl-i", "alt-x", "ctrl-space"] {
            assert!(clash(taken.parse().unwrap()).is_some(), "{taken}");
        }
    }
}
