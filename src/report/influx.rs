//! InfluxDB's line protocol: figures with the same labels are fields of one line.

use super::{
    figures::{Figures, Labels, digits},
    paint::plain,
};
use std::time::UNIX_EPOCH;

/// The measurement that all lines belong to.
const MEASUREMENT: &str = "plimsoll";

/// A line for each set of labels, with the time at which the run began, or none where that can't be read: then the server gives its own.
pub fn lines(figures: &Figures) -> String {
    let mut lines: Vec<(&Labels, Vec<String>)> = Vec::new();
    for figure in &figures.figures {
        let field = format!("{}={}", figure.name, digits(figure.value));
        match lines.iter_mut().find(|(labels, _)| *labels == &figure.labels) {
            Some((_, fields)) => fields.push(field),
            None => lines.push((&figure.labels, vec![field])),
        }
    }
    let time = nanoseconds(&figures.started_at).map_or_else(String::new, |time| format!(" {time}"));
    let line = |(labels, fields): &(&Labels, Vec<String>)| {
        // A tag without a value is none.
        let tags: String =
            labels.iter().filter(|(_, text)| !text.is_empty()).map(|(label, text)| format!(",{label}={}", escaped(text))).collect();
        format!("{MEASUREMENT}{tags} {}{time}\n", fields.join(","))
    };
    lines.iter().map(line).collect()
}

/// The value of a tag. Where it would end with the sign that escapes, a space follows, for it not to escape what comes next.
fn escaped(text: &str) -> String {
    let text = plain(text).replace(',', "\\,").replace('=', "\\=").replace(' ', "\\ ");
    if text.ends_with('\\') { text + "\\ " } else { text }
}

/// Nanoseconds since 1970 of a moment in RFC 3339.
fn nanoseconds(started_at: &str) -> Option<u128> {
    let time = humantime::parse_rfc3339(started_at).ok()?;
    time.duration_since(UNIX_EPOCH).ok().map(|since| since.as_nanos())
}

#[cfg(test)]
mod tests {
    use super::{super::figures::Figure, *};

    fn figure(name: &'static str, of: &str, value: f64) -> Figure {
        Figure { name, help: "", labels: vec![("of", of.to_owned())], value }
    }

    #[test]
    fn the_same_labels_share_a_line_with_the_time_of_the_run() {
        let figures = Figures {
            started_at: "2026-11-20T10:00:00Z".to_owned(),
            figures: vec![figure("a", "x", 1.0), figure("b", "y", 2.5), figure("b", "x", 3.0), figure("c", "", 4.0)],
        };
        let time = "1795168800000000000";
        let wanted = format!("plimsoll,of=x a=1,b=3 {time}\nplimsoll,of=y b=2.5 {time}\nplimsoll c=4 {time}\n");
        assert_eq!(lines(&figures), wanted);
        let unknown = Figures { started_at: "yesterday".to_owned(), figures: vec![figure("a", "x", 1.0)] };
        assert_eq!(lines(&unknown), "plimsoll,of=x a=1\n");
    }

    #[test]
    fn signs_of_the_protocol_are_escaped() {
        assert_eq!(escaped("lab:pool?a=1, b"), r"lab:pool?a\=1\,\ b");
        assert_eq!(escaped("a\nb"), r"a\nb", "a line break would begin a point of its own");
        assert_eq!(escaped(r"c:\"), r"c:\\ ");
    }
}
