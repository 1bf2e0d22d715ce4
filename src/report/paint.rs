//! What a text report may use: colour, Unicode, columns; and the escaping of what others wrote.

use owo_colors::{AnsiColors, OwoColorize, Style, XtermColors};

/// What the place that a report goes to can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Whether colours are wanted.
    pub colour: bool,
    /// Whether more than ASCII can be shown.
    pub unicode: bool,
    /// How many columns there are, at least 40.
    pub columns: usize,
}

impl Default for Look {
    fn default() -> Self {
        Self { colour: false, unicode: true, columns: 80 }
    }
}

/// A meaning that a colour stands for; nothing is told by colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Up to the load line: teal.
    Good,
    /// Degraded: burnt orange.
    Degraded,
    /// Said beside the point.
    Soft,
    /// The answer.
    Strong,
}

/// The design's teal and burnt orange in the 256-colour table: the nearest to them that can be read on black and on white.
pub const TEAL: u8 = 37;
/// See [`TEAL`].
pub const ORANGE: u8 = 172;

impl Look {
    /// The text in the colour of its meaning, or as it is where colours are not wanted.
    pub fn paint(&self, tone: Tone, text: &str) -> String {
        if !self.colour || text.is_empty() {
            return text.to_owned();
        }
        let style = match tone {
            Tone::Good => Style::new().color(XtermColors::from(TEAL)),
            Tone::Degraded => Style::new().color(XtermColors::from(ORANGE)),
            Tone::Soft => Style::new().color(AnsiColors::BrightBlack),
            Tone::Strong => Style::new().bold(),
        };
        text.style(style).to_string()
    }

    /// The mark, a disc crossed by a line: three columns.
    pub fn mark(&self) -> &'static str {
        if self.unicode { "─⊖─" } else { "-O-" }
    }

    /// The text broken at spaces into lines of at most the look's columns, each further line set in by `hanging` columns.
    pub fn wrap(&self, text: &str, hanging: usize) -> String {
        let indent = " ".repeat(hanging);
        textwrap::fill(text, textwrap::Options::new(self.columns).subsequent_indent(&indent).break_words(false))
    }
}

/// The text with every character that a terminal could obey, or that reorders text, written out: what a target, a URL or a file says is never trusted.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let reorders = matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
        if c.is_control() || reorders { out.extend(c.escape_default()) } else { out.push(c) }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_could_obey_is_written_out() {
        assert_eq!(plain("http://x/\u{1b}[2J\u{7}\u{9b}31m"), r"http://x/\u{1b}[2J\u{7}\u{9b}31m");
        assert_eq!(plain("abc\u{202e}cba\n"), r"abc\u{202e}cba\n");
        assert_eq!(plain("größer ⊖"), "größer ⊖");
    }

    #[test]
    fn no_colour_means_no_escape() {
        let text = Look::default().paint(Tone::Good, "4");
        assert_eq!(text, "4");
        let coloured = Look { colour: true, ..Look::default() }.paint(Tone::Good, "4");
        assert!(coloured.starts_with("\u{1b}[38;5;37m") && coloured.contains('4'), "{coloured:?}");
    }
}
