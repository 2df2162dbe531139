//! Writing into a part of the screen.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::widgets::{Block, BorderType, Borders, Clear, Widget};

use crate::config::theme::Role;

use super::super::app::App;

/// Writes a line; what does not fit is left out. Returns the column after it.
pub fn text(buffer: &mut Buffer, area: Rect, row: u16, line: &str, style: Style) -> u16 {
    text_at(buffer, area, 0, row, line, style)
}

/// Writes from a column on. Returns the column after it, counted from the area's left.
pub fn text_at(buffer: &mut Buffer, area: Rect, column: u16, row: u16, line: &str, style: Style) -> u16 {
    if row >= area.height || column >= area.width {
        return column;
    }
    let room = usize::from(area.width - column);
    let (end, _) = buffer.set_stringn(area.x + column, area.y + row, line, room, style);
    end.saturating_sub(area.x)
}

/// Writes a line so that it ends at the right edge. Returns the column where it begins.
pub fn text_right(buffer: &mut Buffer, area: Rect, row: u16, line: &str, style: Style) -> u16 {
    let width = u16::try_from(unicode_width::UnicodeWidthStr::width(line)).unwrap_or(u16::MAX);
    let column = area.width.saturating_sub(width);
    text_at(buffer, area, column, row, line, style);
    column
}

/// Draws a frame with a title and returns what is inside.
pub fn frame(app: &App, title: &str, focused: bool, area: Rect, buffer: &mut Buffer) -> Rect {
    let style = app.look.style(if focused { Role::Focus } else { Role::Border });
    let block = Block::new().borders(Borders::ALL).border_style(style);
    let block = if app.look.ascii {
        block.border_set(ratatui::symbols::border::Set {
            top_left: "+",
            top_right: "+",
            bottom_left: "+",
            bottom_right: "+",
            vertical_left: "|",
            vertical_right: "|",
            horizontal_top: "-",
            horizontal_bottom: "-",
        })
    } else {
        block.border_type(if focused { BorderType::Thick } else { BorderType::Plain })
    };
    let inner = block.inner(area);
    block.render(area, buffer);
    let head = Rect { x: area.x + 1, width: area.width.saturating_sub(2), height: 1, ..area };
    text_at(buffer, head, 1, 0, &format!(" {title} "), app.look.style(if focused { Role::Focus } else { Role::Title }));
    inner
}

/// Clears a part of the screen for something that lies over it.
pub fn clear(app: &App, area: Rect, buffer: &mut Buffer) {
    Clear.render(area, buffer);
    buffer.set_style(area, app.look.style(Role::Text));
}
