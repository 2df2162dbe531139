//! A screen for terminals that draw ASCII only.

use ratatui::buffer::Buffer;

/// Puts ASCII in the place of the signs that sentences of ours are written with. What clusters and people call things
/// stays as it is.
pub fn only(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        let plain = match cell.symbol() {
            "…" => "~",
            "→" => ">",
            "✓" => "v",
            "·" | "–" | "—" => "-",
            // What Clean shows in place of a character that a terminal would obey.
            shown if shown.chars().all(|sign| ('\u{2400}'..='\u{243f}').contains(&sign)) && !shown.is_empty() => "?",
            _ => continue,
        };
        cell.set_symbol(plain);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_signs_become_ascii_and_names_stay() {
        let mut buffer = Buffer::with_lines(["10.0.0.1 → 198.51.100.2… ␛[2J", "Björn"]);
        only(&mut buffer);
        assert_eq!(buffer, Buffer::with_lines(["10.0.0.1 > 198.51.100.2~ ?[2J", "Björn"]));
    }
}
