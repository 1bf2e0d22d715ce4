//! The colours of reports and charts, each with a meaning, in light and dark; and the style of a chart that stands by itself.

/// A name and its colour, as in CSS.
pub type Colours = [(&'static str, &'static str); 8];

/// On paper.
pub const LIGHT: Colours = [
    ("paper", "#fbfaf6"),
    ("card", "#ffffff"),
    ("ink", "#14212e"),
    ("soft", "#5a6876"),
    ("rule", "#dfe3e2"),
    ("code", "#eef0ee"),
    ("bad", "#b8470f"),
    ("good", "#0b6e6e"),
];

/// In the dark.
pub const DARK: Colours = [
    ("paper", "#0e1620"),
    ("card", "#141f2b"),
    ("ink", "#e9eef2"),
    ("soft", "#9fb0bd"),
    ("rule", "#2b3b4a"),
    ("code", "#1d2a37"),
    ("bad", "#f2935c"),
    ("good", "#4fc3b6"),
];

/// What the classes of a chart look like.
pub const CHART_STYLE: &str = include_str!("../../../templates/chart.css");

/// The colours as variables of CSS, those of the dark where the reader prefers it. Paper is always light.
pub fn variables() -> String {
    let declared = |colours: &Colours| colours.iter().map(|(name, colour)| format!("--{name}:{colour}")).collect::<Vec<_>>().join(";");
    format!(
        ":root{{color-scheme:light dark;{light}}}@media(prefers-color-scheme:dark){{:root{{{}}}}}@media print{{:root{{{light}}}}}",
        declared(&DARK),
        light = declared(&LIGHT)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance, as WCAG 2 defines it.
    fn luminance(colour: &str) -> f64 {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    fn contrast(a: &str, b: &str) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn of<'c>(colours: &'c Colours, name: &str) -> &'c str {
        colours.iter().find(|(of, _)| *of == name).unwrap().1
    }

    #[test]
    fn every_text_can_be_read_on_every_ground() {
        assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 1e-9);
        for colours in [&LIGHT, &DARK] {
            for text in ["ink", "soft", "bad", "good"] {
                for ground in ["paper", "card", "code"] {
                    let found = contrast(of(colours, text), of(colours, ground));
                    assert!(found >= 4.5, "{text} on {ground}: {found:.2}");
                }
            }
        }
    }

    #[test]
    fn good_and_degraded_differ_for_those_who_see_no_colour() {
        for colours in [&LIGHT, &DARK] {
            assert!((luminance(of(colours, "good")) - luminance(of(colours, "bad"))).abs() > 0.01);
        }
    }

    #[test]
    fn no_style_names_a_colour_of_its_own() {
        for style in [CHART_STYLE, include_str!("../../../templates/page.css")] {
            assert!(!style.contains('#'), "a colour that no test has seen");
        }
    }
}
