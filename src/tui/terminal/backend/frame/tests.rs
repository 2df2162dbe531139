use super::*;
use proptest::prelude::*;
use ratatui::Terminal;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

/// Counts and keeps what is written.
#[derive(Default)]
struct Sink {
    bytes: Vec<u8>,
    writes: usize,
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        self.writes += 1;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn terminal(width: u16, height: u16, depth: Depth) -> Terminal<Painter<Sink>> {
    let capabilities = Capabilities { depth, ..Capabilities::default() };
    Terminal::new(Painter::new(Sink::default(), Size::new(width, height), &capabilities)).unwrap()
}

/// Draws a frame; gives its bytes and how many writes it took.
fn frame(terminal: &mut Terminal<Painter<Sink>>, render: impl FnOnce(&mut Buffer)) -> (Vec<u8>, usize) {
    terminal.draw(|frame| render(frame.buffer_mut())).unwrap();
    let sink = std::mem::take(terminal.backend_mut().out_mut());
    (sink.bytes, sink.writes)
}

/// A table of pods as the cockpit shows it, the cursor on one row.
fn table(buffer: &mut Buffer, cursor: u16, ages: u16) {
    let area = buffer.area;
    for row in 0..area.height {
        let line = format!(
            "shop-{:<10} {:<44} {:>7} {:<18} {:>4} {:<16} {:<46} {:>5}",
            row % 7,
            format!("checkout-7d9f8b6c5d-{row:05}"),
            "2/2",
            if row % 9 == 4 { "CrashLoopBackOff" } else { "Running" },
            row % 5,
            format!("10.0.{}.{row}", row % 4),
            format!("ip-10-0-{}-{}.eu-central-1.compute.internal", row % 4, row % 11),
            format!("{}m", ages + row),
        );
        buffer.set_string(0, row, &line, Style::new());
        if row % 9 == 4 {
            buffer.set_style(Rect::new(65, row, 18, 1), Style::new().fg(Color::LightRed).add_modifier(Modifier::BOLD));
        }
        if row == cursor {
            let whole = Rect::new(0, row, area.width, 1);
            buffer.set_style(whole, Style::new().fg(Color::White).bg(Color::Blue).add_modifier(Modifier::BOLD));
        }
    }
}

#[test]
fn a_cursor_move_fits_into_five_hundred_bytes() {
    for depth in [Depth::Sixteen, Depth::Mono] {
        let mut terminal = terminal(180, 50, depth);
        frame(&mut terminal, |buffer| table(buffer, 3, 0));
        for cursor in 4..50 {
            let (bytes, writes) = frame(&mut terminal, |buffer| table(buffer, cursor, 0));
            assert_eq!(writes, 1);
            assert!(bytes.len() <= 500, "{} bytes to row {cursor}", bytes.len());
        }
        let (bytes, _) = frame(&mut terminal, |buffer| table(buffer, 49, 1));
        assert!(bytes.len() <= 550, "{} bytes for every age", bytes.len());
    }
}

#[test]
fn a_frame_is_one_write_and_no_change_is_none() {
    let mut terminal = terminal(180, 50, Depth::Exact);
    let (bytes, writes) = frame(&mut terminal, |buffer| table(buffer, 0, 0));
    assert!(bytes.starts_with(BEGIN) && bytes.ends_with(END));
    assert_eq!(writes, 1);
    assert_eq!(frame(&mut terminal, |buffer| table(buffer, 0, 0)), (Vec::new(), 0));
    let style_of_blanks = |buffer: &mut Buffer| {
        table(buffer, 0, 0);
        buffer.set_style(Rect::new(178, 1, 2, 1), Style::new().fg(Color::Red).bold());
    };
    assert_eq!(frame(&mut terminal, style_of_blanks).1, 0);
}

#[test]
fn a_row_that_empties_is_erased() {
    let mut terminal = terminal(180, 50, Depth::Sixteen);
    frame(&mut terminal, |buffer| table(buffer, 49, 0));
    let (bytes, _) = frame(&mut terminal, |buffer| {
        table(buffer, 49, 0);
        buffer.set_string(0, 7, " ".repeat(180), Style::new());
    });
    assert!(bytes.len() <= BEGIN.len() + END.len() + 12, "{:?}", String::from_utf8_lossy(&bytes));
}

#[test]
fn the_sixteen_colours_have_their_short_form() {
    let mut terminal = terminal(20, 1, Depth::Sixteen);
    let (bytes, _) = frame(&mut terminal, |buffer| {
        buffer.set_string(0, 0, "a", Style::new().fg(Color::Rgb(255, 0, 0)).bg(Color::Indexed(4)));
        buffer.set_string(1, 0, "b", Style::new().fg(Color::Indexed(200)));
    });
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.contains("91;44ma"), "{text:?}");
    assert!(!text.contains("38;") && !text.contains("48;"), "{text:?}");
}

#[test]
fn nothing_that_a_terminal_obeys_comes_out_of_a_cell() {
    let cells = ["\x1b]0;x\x07", "\x1b", "\u{9b}"].map(|symbol| Cell::default().set_symbol(symbol).clone());
    let mut terminal = terminal(20, 1, Depth::Sixteen);
    let painter = terminal.backend_mut();
    painter.draw([9, 12, 15].into_iter().zip(&cells).map(|(column, cell)| (column, 0, cell))).unwrap();
    painter.flush().unwrap();
    let bytes = std::mem::take(&mut painter.out_mut().bytes);
    let inside = bytes.strip_prefix(BEGIN).and_then(|bytes| bytes.strip_suffix(END)).unwrap();
    assert!(!inside.windows(2).any(|pair| pair == b"\x1b]"), "{:?}", String::from_utf8_lossy(inside));
    assert!(!inside.contains(&0x07));
}

/// One stroke on a frame: where, what, how.
type Stroke = (u16, u16, String, Style);

fn strokes() -> impl Strategy<Value = Vec<Stroke>> {
    let colour = proptest::sample::select(vec![
        Color::Reset,
        Color::Red,
        Color::LightCyan,
        Color::Indexed(120),
        Color::Rgb(10, 200, 30),
    ]);
    let emphasis = proptest::sample::select(vec![
        Modifier::empty(),
        Modifier::BOLD,
        Modifier::REVERSED,
        Modifier::UNDERLINED | Modifier::ITALIC,
    ]);
    let style =
        (colour.clone(), colour, emphasis).prop_map(|(fg, bg, add)| Style::new().fg(fg).bg(bg).add_modifier(add));
    let text = prop_oneof!["[a-z]{1,30}", " {1,40}", "[a-z界─é ]{1,12}", "x( {1,4}x){1,5}"];
    proptest::collection::vec((0u16..40, 0u16..6, text, style), 0..12)
}

fn paint(buffer: &mut Buffer, strokes: &[Stroke]) {
    for (column, row, text, style) in strokes {
        buffer.set_string(*column, *row, text, *style);
    }
}

/// The colour as the emulator names it.
fn emulated(colour: Color) -> vt100::Color {
    match colour {
        Color::Red => vt100::Color::Idx(1),
        Color::LightCyan => vt100::Color::Idx(14),
        Color::Indexed(number) => vt100::Color::Idx(number),
        Color::Rgb(red, green, blue) => vt100::Color::Rgb(red, green, blue),
        _ => vt100::Color::Default,
    }
}

fn compare(expected: &Buffer, shown: &vt100::Screen) -> Result<(), TestCaseError> {
    for row in 0..expected.area.height {
        let mut column = 0;
        while column < expected.area.width {
            let (cell, seen) = (&expected[(column, row)], shown.cell(row, column).unwrap());
            let text = if seen.contents().is_empty() { " " } else { seen.contents() };
            prop_assert_eq!(text, cell.symbol(), "at {},{}", column, row);
            prop_assert_eq!(seen.bgcolor(), emulated(cell.bg), "ground at {},{}", column, row);
            prop_assert_eq!(
                seen.inverse(),
                cell.modifier.contains(Modifier::REVERSED),
                "reverse at {},{}",
                column,
                row
            );
            prop_assert_eq!(seen.underline(), cell.modifier.contains(Modifier::UNDERLINED));
            if cell.symbol() != " " {
                prop_assert_eq!(seen.fgcolor(), emulated(cell.fg), "letters at {},{}", column, row);
                prop_assert_eq!(seen.bold(), cell.modifier.contains(Modifier::BOLD), "bold at {},{}", column, row);
                prop_assert_eq!(seen.italic(), cell.modifier.contains(Modifier::ITALIC));
            }
            column += Glyph::of(cell, Depth::Exact).width().max(1);
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn a_terminal_shows_what_was_drawn(frames in proptest::collection::vec((strokes(), any::<bool>(), proptest::option::of((0u16..40, 0u16..6))), 1..6)) {
        let mut terminal = terminal(40, 6, Depth::Exact);
        let mut screen = vt100::Parser::new(6.try_into().unwrap(), 40.try_into().unwrap(), 0);
        for (strokes, clear, cursor) in frames {
            if clear {
                terminal.clear().unwrap();
            }
            let mut expected = Buffer::empty(Rect::new(0, 0, 40, 6));
            paint(&mut expected, &strokes);
            terminal.draw(|frame| {
                paint(frame.buffer_mut(), &strokes);
                if let Some(cursor) = cursor {
                    frame.set_cursor_position(cursor);
                }
            }).unwrap();
            let sink = std::mem::take(terminal.backend_mut().out_mut());
            prop_assert!(sink.writes <= 1);
            screen.process(&sink.bytes);
            compare(&expected, screen.screen())?;
            if let Some((column, row)) = cursor {
                prop_assert_eq!(screen.screen().cursor_position(), (row, column));
            }
        }
    }
}

/// Lines beside a list, as a side bar stands there, and the list from a row on.
fn beside(buffer: &mut Buffer, top: u16) {
    let area = buffer.area;
    for row in 0..area.height {
        let side = if row % 5 == 0 { "+--------+" } else { "|        |" };
        buffer.set_string(0, row, side, Style::new());
        let name = top + row;
        let line = format!("pod-{:x}-{name}", u32::from(name).wrapping_mul(2_654_435_761));
        buffer.set_string(11, row, format!("{line:<30}{line:>30}"), Style::new());
    }
}

#[test]
fn a_list_that_scrolls_is_moved_by_the_terminal() {
    let scrolls = |scrolls| {
        let capabilities = Capabilities { scrolls, ..Capabilities::default() };
        let painter = Painter::new(Sink::default(), Size::new(80, 24), &capabilities);
        let mut terminal = Terminal::new(painter).unwrap();
        frame(&mut terminal, |buffer| beside(buffer, 0));
        frame(&mut terminal, |buffer| beside(buffer, 1)).0.len()
    };
    assert!(scrolls(true) * 2 < scrolls(false), "{} {}", scrolls(true), scrolls(false));
}

proptest! {
    /// Whatever moved, and wherever beside it something stayed, the terminal shows the frame.
    #[test]
    fn what_scrolls_arrives_whole(tops in proptest::collection::vec((0u16..60, any::<bool>()), 1..12), size in 6u16..30) {
        let capabilities = Capabilities { scrolls: true, ..Capabilities::default() };
        let painter = Painter::new(Sink::default(), Size::new(80, size), &capabilities);
        let mut terminal = Terminal::new(painter).unwrap();
        let mut screen = vt100::Parser::new(size.try_into().unwrap(), 80.try_into().unwrap(), 0);
        for (top, chosen) in tops {
            let render = |buffer: &mut Buffer| {
                beside(buffer, top);
                buffer.set_string(11, top % size, "宽字符", Style::new());
                if chosen {
                    buffer.set_style(Rect::new(11, top % size, 60, 1), Style::new().bg(Color::Red));
                }
            };
            let mut expected = Buffer::empty(Rect::new(0, 0, 80, size));
            render(&mut expected);
            let (bytes, writes) = frame(&mut terminal, render);
            prop_assert!(writes <= 1);
            screen.process(&bytes);
            compare(&expected, screen.screen())?;
        }
    }
}
