//! Screens of a terminal as one animated picture of text.

use std::fmt::Write;

use vt100::{Cell, Color, Screen};

const CELL: (f64, f64) = (8.4, 17.0);
const EDGE: f64 = 12.0;
/// Seconds that a screen stays.
const STAY: f64 = 3.5;
const PAPER: &str = "#101418";
const INK: &str = "#d8dee4";

/// A screen with the words under it that say what was pressed.
pub struct Frame {
    pub caption: String,
    rows: Vec<Vec<Cell>>,
}

impl Frame {
    pub fn new(screen: &Screen, caption: &str) -> Self {
        let (rows, columns) = screen.size();
        let row = |row| (0..columns.get()).filter_map(|column| screen.cell(row, column).cloned()).collect();
        Self { caption: caption.to_owned(), rows: (0..rows.get()).map(row).collect() }
    }
}

/// The frames one after the other, over and over.
pub fn animate(frames: &[Frame]) -> String {
    let columns = frames.iter().flat_map(|frame| frame.rows.iter().map(Vec::len)).max().unwrap_or(0);
    let rows = frames.iter().map(|frame| frame.rows.len()).max().unwrap_or(0) + 2;
    let (width, height) = (columns as f64 * CELL.0 + 2.0 * EDGE, rows as f64 * CELL.1 + 2.0 * EDGE);
    let whole = frames.len() as f64 * STAY;
    let share = 100.0 / frames.len() as f64;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" font-family=\"monospace\" font-size=\"14\">\n\
         <style>.f{{opacity:0;animation:f {whole}s infinite step-end}}@keyframes f{{0%{{opacity:1}}{share:.3}%{{opacity:0}}}}text{{white-space:pre}}</style>\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{PAPER}\"/>\n"
    );
    for (number, frame) in frames.iter().enumerate() {
        let delay = number as f64 * STAY;
        let _ = writeln!(svg, "<g class=\"f\" style=\"animation-delay:{delay}s\">");
        for (row, cells) in frame.rows.iter().enumerate() {
            line(&mut svg, row, cells);
        }
        let under = EDGE + (rows as f64 - 0.5) * CELL.1;
        let _ = writeln!(
            svg,
            "<text x=\"{EDGE}\" y=\"{under:.1}\" fill=\"#f0b35e\">{}</text>\n</g>",
            escaped(&frame.caption)
        );
    }
    svg.push_str("</svg>\n");
    svg
}

/// Runs of cells that look the same, as one text each.
fn line(svg: &mut String, row: usize, cells: &[Cell]) {
    let baseline = EDGE + (row as f64 + 0.8) * CELL.1;
    let top = EDGE + row as f64 * CELL.1;
    let mut from = 0;
    while from < cells.len() {
        let looks = look(&cells[from]);
        let to = (from..cells.len()).find(|at| look(&cells[*at]) != looks).unwrap_or(cells.len());
        let text: String =
            cells[from..to].iter().map(|cell| if cell.has_contents() { cell.contents() } else { " " }).collect();
        let x = EDGE + from as f64 * CELL.0;
        let (ink, paper, bold) = looks;
        if let Some(paper) = &paper {
            let wide = (to - from) as f64 * CELL.0;
            let _ = writeln!(
                svg,
                "<rect x=\"{x:.1}\" y=\"{top:.1}\" width=\"{wide:.1}\" height=\"{}\" fill=\"{paper}\"/>",
                CELL.1
            );
        }
        if !text.trim().is_empty() {
            let weight = if bold { " font-weight=\"bold\"" } else { "" };
            let wide = text.chars().count() as f64 * CELL.0;
            let _ = writeln!(
                svg,
                "<text x=\"{x:.1}\" y=\"{baseline:.1}\" fill=\"{ink}\" textLength=\"{wide:.1}\"{weight}>{}</text>",
                escaped(&text)
            );
        }
        from = to;
    }
}

fn look(cell: &Cell) -> (String, Option<String>, bool) {
    let ink = colour(cell.fgcolor());
    let paper = colour(cell.bgcolor());
    if cell.inverse() {
        return (paper.unwrap_or_else(|| PAPER.into()), Some(ink.unwrap_or_else(|| INK.into())), cell.bold());
    }
    (ink.unwrap_or_else(|| INK.into()), paper, cell.bold())
}

fn colour(colour: Color) -> Option<String> {
    match colour {
        Color::Rgb(red, green, blue) => Some(format!("#{red:02x}{green:02x}{blue:02x}")),
        _ => None,
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
