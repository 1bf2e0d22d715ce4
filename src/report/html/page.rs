//! A report as a page: an answer, and sections of a few kinds of blocks. One file without a script that asks for nothing from anywhere.

use crate::report::{
    chart::{
        drawing::{Drawing, escaped},
        palette::{CHART_STYLE, variables},
    },
    paint::plain,
};
use askama::Template;
use plimsoll_core::finding::Warning;

const PAGE_STYLE: &str = include_str!("../../../templates/page.css");

/// A longer answer is set less large.
const LONG: usize = 75;

/// The page.
#[derive(Template)]
#[template(path = "page.html", whitespace = "minimize")]
pub struct Page {
    /// What a browser calls it.
    pub title: String,
    /// The command that made it.
    pub kind: &'static str,
    /// What was measured.
    pub subject: String,
    /// When, where that is known.
    pub when: Option<String>,
    /// The answer.
    pub headline: Headline,
    /// What else has to be said at the top: how the run ended.
    pub notes: Vec<String>,
    /// What is said beside the answer.
    pub lede: Vec<String>,
    pub sections: Vec<Section>,
    /// What stands at the foot.
    pub closing: String,
    /// Filled in when it is shown.
    pub style: String,
}

/// The answer, with its number set apart.
pub struct Headline {
    pub before: String,
    pub number: String,
    pub after: String,
    pub class: &'static str,
}

/// A part of the page.
pub struct Section {
    pub id: &'static str,
    pub heading: String,
    pub blocks: Vec<Block>,
}

/// Text that may hold code, escaped.
pub type Markup = String;

/// What a section is made of.
pub enum Block {
    Heading(String),
    Text(Markup),
    Soft(Markup),
    List(Vec<Markup>),
    Rungs(Vec<Rung>),
    Facts(Vec<(String, Markup)>),
    Meters(String, Vec<Meter>),
    Warnings(Vec<Warning>),
    Figures(Vec<Figure>),
    Table(Table),
}

/// A rung of the ladder.
pub struct Rung {
    /// `ok`, `hit` or `unseen`.
    pub class: &'static str,
    pub at: String,
    pub name: String,
    pub seen: String,
}

/// How much of something is used.
pub struct Meter {
    pub name: &'static str,
    pub class: &'static str,
    /// From 0 to 100.
    pub percent: u32,
    pub text: String,
}

/// A chart with its heading and how to read it.
pub struct Figure {
    pub heading: String,
    pub caption: String,
    /// Its drawings, of which the style shows one.
    pub drawings: Vec<String>,
}

/// A table in a box of its own that can be scrolled.
pub struct Table {
    pub id: String,
    pub caption: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<String>>,
    /// Whether it needs only a part of the page's width.
    pub is_small: bool,
}

/// A column's heading, and whether numbers stand in it.
pub struct Column {
    pub name: String,
    pub is_number: bool,
}

impl Page {
    /// The page as text.
    pub fn show(mut self) -> String {
        self.style = format!("{}{PAGE_STYLE}{CHART_STYLE}", variables());
        self.render().expect("writing to memory can't fail")
    }
}

impl Headline {
    /// The answer with this number set apart where it first stands by itself behind `after`, in the colour of `class`.
    pub fn of(text: &str, after: &str, number: &str, class: &'static str) -> Self {
        let from = text.find(after).map_or(text.len(), |from| from + after.len());
        let stands_alone = |place: &usize| {
            let (before, behind) = (&text[..*place], &text[*place + number.len()..]);
            let goes_on = behind.trim_start_matches(['.', ',']).starts_with(|c: char| c.is_ascii_digit()) && !behind.starts_with(' ');
            !goes_on && !before.ends_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | ','))
        };
        let mut places = text[from..].match_indices(number).map(|(place, _)| from + place);
        match places.find(stands_alone).filter(|_| !number.is_empty()) {
            Some(place) => {
                let (before, behind) = (text[..place].to_owned(), text[place + number.len()..].to_owned());
                Self { before, number: number.to_owned(), after: behind, class }
            }
            None => Self { before: text.to_owned(), number: String::new(), after: String::new(), class },
        }
    }

    /// Whether it takes more than two or three lines where it is set large.
    pub fn is_long(&self) -> bool {
        self.before.chars().count() + self.number.len() + self.after.chars().count() > LONG
    }
}

impl Section {
    /// A section of these blocks.
    pub fn new(id: &'static str, heading: &str, blocks: Vec<Block>) -> Self {
        Self { id, heading: heading.to_owned(), blocks }
    }
}

impl Figure {
    /// A figure of the drawing that is made for a wide page and the one for a narrow one; `None` where there is nothing to draw. `id` is its own
    /// on the page.
    pub fn of(id: &str, heading: &str, caption: &str, described: &str, wide: Option<Drawing>, narrow: Option<Drawing>) -> Option<Self> {
        let (wide, narrow) = (wide?, narrow?);
        let drawings = vec![
            wide.inline(&format!("{id}-wide"), if wide.width > 600.0 { "across" } else { "wide" }, heading, described),
            narrow.inline(&format!("{id}-narrow"), "narrow", heading, described),
        ];
        Some(Self { heading: heading.to_owned(), caption: caption.to_owned(), drawings })
    }

    /// A figure of one drawing that fits every page.
    pub fn small(id: &str, heading: &str, caption: &str, described: &str, drawing: Drawing) -> Self {
        let drawings = vec![drawing.inline(id, "single", heading, described)];
        Self { heading: heading.to_owned(), caption: caption.to_owned(), drawings }
    }
}

impl Table {
    /// A table whose columns named with a `#` before them hold numbers.
    pub fn new(id: &str, caption: &str, columns: &[&str], rows: Vec<Vec<String>>) -> Self {
        let column = |name: &&str| Column { name: name.trim_start_matches('#').to_owned(), is_number: name.starts_with('#') };
        Self {
            id: id.to_owned(),
            caption: caption.to_owned(),
            columns: columns.iter().map(column).collect(),
            rows,
            is_small: columns.len() <= 5,
        }
    }
}

/// The text as markup: what stands between backticks is code.
pub fn markup(text: &str) -> Markup {
    let text = plain(text);
    // An odd backtick is one that nothing closes.
    if text.matches('`').count() % 2 == 1 {
        return escaped(&text);
    }
    let piece = |(place, piece): (usize, &str)| match place % 2 {
        0 => escaped(piece),
        _ => code(piece),
    };
    text.split('`').enumerate().map(piece).collect()
}

/// The text as code.
pub fn code(text: &str) -> Markup {
    format!("<code>{}</code>", escaped(&plain(text)))
}

/// When something began, for people: `2026-11-20 10:00 UTC`.
pub fn moment(started_at: &str) -> Option<String> {
    let (date, time) = (started_at.get(..10)?, started_at.get(11..16)?);
    started_at.ends_with('Z').then(|| plain(&format!("{date} {time} UTC")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_stands_between_backticks_and_nothing_is_obeyed() {
        assert_eq!(
            markup("proved by `plimsoll compare '<b>' X` (its limit)"),
            "proved by <code>plimsoll compare &#39;&lt;b&gt;&#39; X</code> (its limit)"
        );
        assert_eq!(markup("a ` b <script>"), "a ` b &lt;script&gt;");
    }

    #[test]
    fn the_number_of_the_answer_is_set_apart() {
        let headline = Headline::of("lab:4 carries 4 at one time: 4, not 5.", " carries ", "4", "good");
        assert_eq!(
            (headline.before.as_str(), headline.number.as_str(), headline.after.as_str()),
            ("lab:4 carries ", "4", " at one time: 4, not 5.")
        );
        for whole in ["Nothing.", "it carries between 3.4 and 4.9", "it carries 1,400, or 4,000"] {
            assert_eq!(Headline::of(whole, " carries ", "4", "good").before, whole);
        }
        assert_eq!(Headline::of("it carries 40 or 4.", " carries ", "4", "good").before, "it carries 40 or ");
    }

    #[test]
    fn a_moment_is_told_in_minutes() {
        assert_eq!(moment("2026-11-20T10:00:00Z").as_deref(), Some("2026-11-20 10:00 UTC"));
        for other in ["", "soon", "ééééééééééééééé", "2026-11-20T10:00:00"] {
            assert_eq!(moment(other), None, "{other}");
        }
    }
}
