//! A theme as one terminal shows it.

use ratatui::style::{Color, Modifier, Style};

use super::Depth;
use crate::config::theme::{Paint, Role, Theme};

/// The style of every role, made once for a theme and a terminal.
#[derive(Clone, Debug)]
pub struct Palette {
    styles: [Style; Role::COUNT],
}

impl Palette {
    /// The theme at that depth. Without colours it is the theme `mono`, whatever was chosen.
    pub fn new(theme: &Theme, depth: Depth) -> Self {
        let mono = (depth == Depth::Mono).then(|| Theme::built_in("mono"));
        let theme = mono.as_ref().unwrap_or(theme);
        let mut styles = [Style::default(); Role::COUNT];
        for (style, role) in styles.iter_mut().zip(Role::ALL) {
            *style = shown(theme.paint(*role), depth);
        }
        Self { styles }
    }

    /// The style of a role. `Selection` sets both colours, so that as a patch it
    /// paints a whole row alike, whatever its cells had.
    pub fn style(&self, role: Role) -> Style {
        self.styles.get(role as usize).copied().unwrap_or_default()
    }
}

fn shown(paint: Paint, depth: Depth) -> Style {
    let colour = |colour| -> Option<Color> { Option::map(colour, |colour| depth.colour(colour)) };
    let mut modifier = Modifier::empty();
    for (set, flag) in [
        (paint.bold, Modifier::BOLD),
        (paint.dim, Modifier::DIM),
        (paint.italic, Modifier::ITALIC),
        (paint.underline, Modifier::UNDERLINED),
        (paint.reverse, Modifier::REVERSED),
    ] {
        modifier.set(flag, set);
    }
    let style = Style { fg: colour(paint.fg), bg: colour(paint.bg), ..Style::default() };
    style.add_modifier(depth.emphasis(modifier))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_without_colours_gets_none() {
        let palette = Palette::new(&Theme::built_in("dark"), Depth::Mono);
        for role in Role::ALL {
            let style = palette.style(*role);
            assert_eq!((style.fg, style.bg), (None, None), "{role}");
        }
        assert!(palette.style(Role::Selection).add_modifier.contains(Modifier::REVERSED));
    }

    #[test]
    fn colours_are_those_of_the_depth() {
        let dark = Theme::built_in("dark");
        assert_eq!(Palette::new(&dark, Depth::Sixteen).style(Role::Selection).bg, Some(Color::Blue));
        assert!(matches!(Palette::new(&dark, Depth::Indexed).style(Role::Ok).fg, Some(Color::Indexed(16..))));
        assert!(matches!(Palette::new(&dark, Depth::Exact).style(Role::Ok).fg, Some(Color::Rgb(..))));
    }
}
