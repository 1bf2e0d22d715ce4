//! What a chart is drawn with: shapes and texts of SVG, everything escaped; and where texts lie, so that none is put over another.

use crate::report::paint::plain;
use std::fmt::Write;

/// Which end of a text is where it is put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

/// The room that a text takes, by estimate.
#[derive(Clone, Debug, PartialEq)]
pub struct Room {
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
    pub text: String,
}

impl Room {
    /// The room of a text of this class whose baseline is at `at`.
    pub fn of(class: &str, at: (f64, f64), anchor: Anchor, text: &str) -> Self {
        let (wide, high) = (width(class, text), height(class));
        let left = match anchor {
            Anchor::Start => at.0,
            Anchor::Middle => at.0 - wide / 2.0,
            Anchor::End => at.0 - wide,
        };
        Self { left, right: left + wide, top: at.1 - 0.8 * high, bottom: at.1 + 0.25 * high, text: text.to_owned() }
    }

    /// Whether both can't be read because they share room.
    pub fn meets(&self, other: &Self) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }
}

/// A drawing of so many units each way; texts are 13 units high unless their class says otherwise.
#[derive(Debug)]
pub struct Drawing {
    pub width: f64,
    pub height: f64,
    body: String,
    /// Every text, in order.
    pub texts: Vec<Room>,
}

impl Drawing {
    /// An empty drawing.
    pub fn new(width: f64, height: f64) -> Self {
        Self { width, height, body: String::new(), texts: Vec::new() }
    }

    pub fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let (x1, y1, x2, y2) = (number(from.0), number(from.1), number(to.0), number(to.1));
        self.put(format_args!(r#"<line class="{class}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>"#));
    }

    pub fn circle(&mut self, class: &str, at: (f64, f64), radius: f64) {
        self.put(format_args!(r#"<circle class="{class}" cx="{}" cy="{}" r="{}"/>"#, number(at.0), number(at.1), number(radius)));
    }

    pub fn rectangle(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let (x, y) = (from.0.min(to.0), from.1.min(to.1));
        let (width, height) = ((to.0 - from.0).abs(), (to.1 - from.1).abs());
        self.put(format_args!(
            r#"<rect class="{class}" x="{}" y="{}" width="{}" height="{}"/>"#,
            number(x),
            number(y),
            number(width),
            number(height)
        ));
    }

    /// A line through points; nothing for fewer than two.
    pub fn course(&mut self, class: &str, points: &[(f64, f64)]) {
        if points.len() > 1 {
            self.put(format_args!(r#"<polyline class="{class}" points="{}"/>"#, list(points)));
        }
    }

    /// The area within points.
    pub fn area(&mut self, class: &str, points: &[(f64, f64)]) {
        if points.len() > 2 {
            self.put(format_args!(r#"<polygon class="{class}" points="{}"/>"#, list(points)));
        }
    }

    /// A text whose baseline is at `at`.
    pub fn text(&mut self, class: &str, at: (f64, f64), anchor: Anchor, text: &str) {
        let room = Room::of(class, at, anchor, text);
        let side = match anchor {
            Anchor::Start => "",
            Anchor::Middle => r#" text-anchor="middle""#,
            Anchor::End => r#" text-anchor="end""#,
        };
        self.put(format_args!(r#"<text class="{class}" x="{}" y="{}"{side}>{}</text>"#, number(at.0), number(at.1), escaped(&plain(text))));
        self.texts.push(room);
    }

    /// The text where it meets no other and lies within the drawing; says whether it does.
    pub fn text_where_free(&mut self, class: &str, at: (f64, f64), anchor: Anchor, text: &str) -> bool {
        let room = Room::of(class, at, anchor, text);
        let is_within = room.left >= 0.0 && room.right <= self.width && room.top >= 0.0 && room.bottom <= self.height;
        let is_free = is_within && !self.texts.iter().any(|other| other.meets(&room));
        if is_free {
            self.text(class, at, anchor, text);
        }
        is_free
    }

    /// Another drawing within this one, its corner at `at`.
    pub fn inset(&mut self, at: (f64, f64), other: &Self) {
        self.put(format_args!(r#"<g transform="translate({} {})">{}</g>"#, number(at.0), number(at.1), other.body));
        self.texts.extend(other.texts.iter().map(|room| Room {
            left: room.left + at.0,
            right: room.right + at.0,
            top: room.top + at.1,
            bottom: room.bottom + at.1,
            text: room.text.clone(),
        }));
    }

    /// The drawing for a page that has the style: `id` is its own on that page, `class` says when it is shown, the title and the description are
    /// what those are told who do not see it.
    pub fn inline(&self, id: &str, class: &str, title: &str, description: &str) -> String {
        format!(
            r#"<svg class="{class}" viewBox="0 0 {} {}" role="img" aria-labelledby="{id}-t" aria-describedby="{id}-d"><title id="{id}-t">{}</title><desc id="{id}-d">{}</desc>{}</svg>"#,
            number(self.width),
            number(self.height),
            escaped(&plain(title)),
            escaped(&plain(description)),
            self.body
        )
    }

    /// The drawing as a file of its own, with its style.
    pub fn standalone(&self, style: &str, title: &str, description: &str) -> String {
        let (width, height) = (number(self.width), number(self.height));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" aria-labelledby=\"t\" \
             aria-describedby=\"d\"><title id=\"t\">{}</title><desc id=\"d\">{}</desc><style>{style}</style>{}</svg>\n",
            escaped(&plain(title)),
            escaped(&plain(description)),
            self.body
        )
    }

    fn put(&mut self, shape: std::fmt::Arguments<'_>) {
        self.body.write_fmt(shape).expect("writing to memory can't fail");
    }
}

/// The text as SVG and HTML take it.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// How wide a text is, by estimate, on the safe side for fonts that are wide: in units of its height.
fn ems(text: &str) -> f64 {
    let of = |c: char| match c {
        'i' | 'j' | 'l' | 'f' | 't' | 'r' | ' ' | '.' | ',' | ':' | ';' | '|' | '!' | '\'' | '[' | ']' | '(' | ')' | '/' | 'I' => 0.4,
        'm' | 'w' | 'M' | 'W' | '%' | '@' => 0.97,
        'A'..='Z' => 0.7,
        '\u{2000}'..='\u{10ffff}' => 1.0,
        _ => 0.635,
    };
    text.chars().map(of).sum()
}

/// How high the texts of a class are.
fn height(class: &str) -> f64 {
    match class.split(' ').next() {
        Some("headline") => 21.0,
        Some("mark" | "beside") => 14.0,
        _ => 13.0,
    }
}

/// How wide a text of this class is, by estimate.
pub fn width(class: &str, text: &str) -> f64 {
    let bold = if class.starts_with("mark") || class.starts_with("headline") { 1.08 } else { 1.0 };
    ems(&plain(text)) * height(class) * bold
}

/// The text cut, with an ellipsis, to what fits.
pub fn fitted(class: &str, text: &str, most: f64) -> String {
    if width(class, text) <= most {
        return text.to_owned();
    }
    let mut cut: String = text.to_owned();
    while cut.pop().is_some() {
        let shown = format!("{}…", cut.trim_end());
        if width(class, &shown) <= most {
            return shown;
        }
    }
    cut
}

/// A place to the tenth of a unit.
fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
}

fn list(points: &[(f64, f64)]) -> String {
    points.iter().map(|(x, y)| format!("{},{}", number(*x), number(*y))).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_stays_text() {
        let mut drawing = Drawing::new(100.0, 50.0);
        drawing.text("tick", (1.0, 20.0), Anchor::Start, "</text><script>x\u{1b}[2J&\"'");
        let svg = drawing.inline("a", "wide", "<b>", "\"><image href=x>");
        assert!(!svg.contains("<script") && !svg.contains("<b>") && !svg.contains("<image") && !svg.contains('\u{1b}'), "{svg}");
        assert!(svg.contains("&lt;/text&gt;&lt;script&gt;x\\u{1b}[2J&amp;&quot;&#39;"), "{svg}");
    }

    #[test]
    fn texts_are_put_where_they_are_free() {
        let mut drawing = Drawing::new(100.0, 50.0);
        assert!(drawing.text_where_free("tick", (5.0, 20.0), Anchor::Start, "1,024"));
        assert!(!drawing.text_where_free("tick", (20.0, 22.0), Anchor::Start, "4"));
        assert!(!drawing.text_where_free("tick", (98.0, 40.0), Anchor::Start, "beyond"));
        assert!(drawing.text_where_free("tick", (98.0, 40.0), Anchor::End, "within"));
        assert_eq!(drawing.texts.len(), 2);
    }

    #[test]
    fn a_long_text_is_cut_to_its_room() {
        assert_eq!(fitted("tick", "async", 100.0), "async");
        let cut = fitted("tick", "a name that is longer than its room", 100.0);
        assert!(cut.ends_with('…') && width("tick", &cut) <= 100.0 && cut.starts_with("a name"), "{cut}");
    }
}
