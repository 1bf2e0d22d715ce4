//! Writing on a buffer: within its bounds, in inks that have a meaning, in the characters that the terminal has.

use crate::report::paint::{Look, ORANGE, TEAL};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Color, Modifier, Style},
    text::Span,
};

/// A meaning that a colour stands for; nothing is told by colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// What is simply said.
    Plain,
    /// The answer.
    Strong,
    /// Said beside the point.
    Soft,
    /// Up to the load line, or the second system: teal.
    Good,
    /// Degraded, or the first system: burnt orange.
    Degraded,
}

/// Grey 243: the only one of the table that has 4.5:1 against black and against white.
const GREY: u8 = 243;

/// The characters that stand for things.
#[derive(Clone, Copy, Debug)]
pub struct Glyphs {
    /// A point up to the load line; one beyond it; a point of the tail of the latencies.
    pub point: &'static str,
    pub beyond: &'static str,
    pub tail: &'static str,
    /// Points of the first system, and of others.
    pub systems: [&'static str; 4],
    /// From the median to the tail.
    pub stem: &'static str,
    /// The load line below its mark, and the mark itself with the interval on both sides.
    pub line: &'static str,
    pub disc: &'static str,
    pub dash: &'static str,
    pub low: &'static str,
    pub high: &'static str,
    /// Axes.
    pub upright: &'static str,
    pub level: &'static str,
    pub corner: &'static str,
    pub tick: &'static str,
    pub side_tick: &'static str,
    pub grid: &'static str,
    /// The load at hand on its axis.
    pub here: &'static str,
    /// Bars: full and empty, and the top of a rung that was reached, and of one that was not.
    pub full: &'static str,
    pub empty: &'static str,
    pub reached: &'static str,
    pub unreached: &'static str,
    /// Where a text was cut.
    pub cut: &'static str,
}

const UNICODE: Glyphs = Glyphs {
    point: "●",
    beyond: "○",
    tail: "×",
    systems: ["●", "◆", "▲", "■"],
    stem: "│",
    line: "┊",
    disc: "⊖",
    dash: "─",
    low: "├",
    high: "┤",
    upright: "│",
    level: "─",
    corner: "└",
    tick: "┴",
    side_tick: "┤",
    grid: "·",
    here: "▲",
    full: "█",
    empty: "░",
    reached: "▀",
    unreached: "─",
    cut: "…",
};

const ASCII: Glyphs = Glyphs {
    point: "*",
    beyond: "o",
    tail: "x",
    systems: ["*", "#", "%", "@"],
    stem: "|",
    line: ":",
    disc: "O",
    dash: "-",
    low: "[",
    high: "]",
    upright: "|",
    level: "-",
    corner: "+",
    tick: "+",
    side_tick: "+",
    grid: ".",
    here: "^",
    full: "#",
    empty: ".",
    reached: "=",
    unreached: "-",
    cut: "~",
};

/// A buffer, and how to write on it.
pub struct Pen<'a> {
    buffer: &'a mut Buffer,
    colour: bool,
    unicode: bool,
    /// The characters to use.
    pub glyphs: Glyphs,
}

impl<'a> Pen<'a> {
    pub fn on(buffer: &'a mut Buffer, look: &Look) -> Self {
        Self { buffer, colour: look.colour, unicode: look.unicode, glyphs: if look.unicode { UNICODE } else { ASCII } }
    }

    /// The whole of it.
    pub fn area(&self) -> Rect {
        self.buffer.area
    }

    /// The mark, a disc crossed by a line.
    pub fn mark(&self) -> String {
        format!("{}{}{}", self.glyphs.dash, self.glyphs.disc, self.glyphs.dash)
    }

    fn style(&self, ink: Ink) -> Style {
        let coloured = |colour| if self.colour { Style::new().fg(colour) } else { Style::new() };
        match ink {
            Ink::Plain => Style::new(),
            Ink::Strong => Style::new().add_modifier(Modifier::BOLD),
            Ink::Soft => coloured(Color::Indexed(GREY)),
            Ink::Good => coloured(Color::Indexed(TEAL)),
            Ink::Degraded => coloured(Color::Indexed(ORANGE)),
        }
    }

    /// Writes a text into so many columns at the most, cut where it is longer; gives the columns that it took.
    pub fn text(&mut self, x: u16, y: u16, room: u16, text: &str, ink: Ink) -> u16 {
        let area = self.buffer.area;
        let room = room.min(area.right().saturating_sub(x));
        if y >= area.bottom() || room == 0 {
            return 0;
        }
        let text = self.cut(text, room);
        let (end, _) = self.buffer.set_stringn(x, y, &text, usize::from(room), self.style(ink));
        end - x
    }

    /// One character.
    pub fn put(&mut self, x: u16, y: u16, glyph: &str, ink: Ink) {
        self.text(x, y, 1, glyph, ink);
    }

    /// Writes a text that ends before this column.
    pub fn text_to(&mut self, end: u16, y: u16, text: &str, ink: Ink) {
        let width = columns(text);
        self.text(end.saturating_sub(width), y, width, text, ink);
    }

    /// Writes pieces one after the other; gives the columns that they took.
    pub fn pieces(&mut self, x: u16, y: u16, room: u16, pieces: &[(&str, Ink)]) -> u16 {
        let mut taken = 0;
        for (text, ink) in pieces {
            taken += self.text(x + taken, y, room.saturating_sub(taken), text, *ink);
        }
        taken
    }

    /// The same character over so many columns.
    pub fn run(&mut self, x: u16, y: u16, columns: u16, glyph: &str, ink: Ink) {
        self.text(x, y, columns, &glyph.repeat(usize::from(columns)), ink);
    }

    /// A bar of which this share is full.
    pub fn bar(&mut self, x: u16, y: u16, columns: u16, share: f64, ink: Ink) {
        let full = (share.clamp(0.0, 1.0) * f64::from(columns)).round() as u16;
        let (glyph, empty) = (self.glyphs.full, self.glyphs.empty);
        self.run(x, y, full, glyph, ink);
        self.run(x + full, y, columns - full, empty, Ink::Soft);
    }

    fn cut(&self, text: &str, room: u16) -> String {
        let mut text = if self.unicode { text.to_owned() } else { text.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect() };
        if columns(&text) > room {
            while columns(&text) > room.saturating_sub(1) {
                text.pop();
            }
            text.push_str(self.glyphs.cut);
        }
        text
    }
}

/// How many columns a text takes.
pub fn columns(text: &str) -> u16 {
    u16::try_from(Span::raw(text).width()).unwrap_or(u16::MAX)
}
