//! Prometheus' text format: gauges, each name with its help and type.

use super::{
    figures::{Figure, Figures, digits},
    paint::plain,
};

/// Each name of a figure begins with this.
const TOOL: &str = "plimsoll";

/// The figures, those of one name together.
pub fn text(figures: &Figures) -> String {
    let mut names: Vec<&str> = Vec::new();
    for figure in &figures.figures {
        if !names.contains(&figure.name) {
            names.push(figure.name);
        }
    }
    names.iter().map(|name| group(name, figures.figures.iter().filter(|figure| figure.name == *name))).collect()
}

fn group<'a>(name: &str, mut figures: impl Iterator<Item = &'a Figure>) -> String {
    let Some(first) = figures.next() else { return String::new() };
    let mut out = format!("# HELP {TOOL}_{name} {}.\n# TYPE {TOOL}_{name} gauge\n", first.help);
    for figure in std::iter::once(first).chain(figures) {
        let labels: Vec<String> = figure.labels.iter().map(|(label, text)| format!("{label}=\"{}\"", escaped(text))).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        out.push_str(&format!("{TOOL}_{name}{labels} {}\n", digits(figure.value)));
    }
    out
}

/// A label's value: what a terminal could obey is written out first, then the three signs that the format has.
fn escaped(text: &str) -> String {
    plain(text).replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_the_format_are_escaped() {
        assert_eq!(escaped(r#"a"b\c"#), r#"a\"b\\c"#);
        assert_eq!(escaped("a\nb\u{1b}[2J"), r"a\\nb\\u{1b}[2J");
    }

    #[test]
    fn those_of_one_name_stand_together() {
        let figure = |name, value| Figure { name, help: "So many", labels: vec![("of", "a".to_owned())], value };
        let figures = Figures { started_at: String::new(), figures: vec![figure("a", 1.0), figure("b", 2.5), figure("a", 1e9)] };
        let wanted = "# HELP plimsoll_a So many.\n# TYPE plimsoll_a gauge\nplimsoll_a{of=\"a\"} 1\nplimsoll_a{of=\"a\"} 1000000000\n\
                      # HELP plimsoll_b So many.\n# TYPE plimsoll_b gauge\nplimsoll_b{of=\"a\"} 2.5\n";
        assert_eq!(text(&figures), wanted);
    }
}
