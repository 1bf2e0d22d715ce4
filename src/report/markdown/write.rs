//! Pieces of Markdown, and the escaping of what others wrote.

use crate::report::paint::plain;

/// Signs that mean something in GitHub's Markdown. A text begins no list and no heading: it never stands first in a line by itself.
const SIGNS: &str = "\\`*_[]|~$";
/// Breaks what would become a mention, a reference or an address; it is not shown.
const NOTHING: &str = "<!-- -->";

/// The text as it reads: on one line, without anything that a terminal could obey, and with every sign of Markdown and HTML escaped.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in plain(text).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '@' | '#' => {
                out.push(c);
                out.push_str(NOTHING);
            }
            c if SIGNS.contains(c) => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    // These begin a link where they stand in a running text.
    out.replace("://", "&#58;//").replace("www.", "www&#46;").replace("WWW.", "WWW&#46;")
}

/// The text as code, whatever it holds: in HTML, because backquotes can't be escaped.
pub fn code(text: &str) -> String {
    format!("<code>{}</code>", escaped(text))
}

/// The cells as a row of a table.
pub fn row(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

/// The head of a table, the columns after the first aligned as the words of a sentence.
pub fn head(names: &[&str]) -> String {
    format!("| {} |\n|{}\n", names.join(" | "), " --- |".repeat(names.len()))
}

/// The head of a table of figures: the columns after the first are aligned to the right.
pub fn figures(names: &[&str]) -> String {
    format!("| {} |\n| --- |{}\n", names.join(" | "), " ---: |".repeat(names.len().saturating_sub(1)))
}

/// A part that is folded away until it is asked for.
pub fn folded(summary: &str, inside: &str) -> String {
    format!("<details><summary>{summary}</summary>\n\n{inside}\n</details>\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_others_wrote_means_anything() {
        for (text, written) in [
            ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
            ("[x](javascript:y) ![z](q)", r"\[x\](javascript:y) !\[z\](q)"),
            ("a | b\n# c", r"a \| b\\n#<!-- --> c"),
            ("`x` *y* _z_ @who #12", r"\`x\` \*y\* \_z\_ @<!-- -->who #<!-- -->12"),
            ("http://a.b/ www.c.d", "http&#58;//a.b/ www&#46;c.d"),
            ("\u{1b}[2J", r"\\u{1b}\[2J"),
            ("4 at one time, p99 &lt; 1", "4 at one time, p99 &amp;lt; 1"),
        ] {
            assert_eq!(escaped(text), written, "{text:?}");
        }
    }

    #[test]
    fn tables() {
        assert_eq!(figures(&["", "mean", "p99"]), "|  | mean | p99 |\n| --- | ---: | ---: |\n");
        assert_eq!(head(&["a", "b"]), "| a | b |\n| --- | --- |\n");
        assert_eq!(row(&["1".to_owned(), "2".to_owned()]), "| 1 | 2 |\n");
    }
}
