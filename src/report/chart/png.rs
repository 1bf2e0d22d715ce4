//! A chart in points, for places that show no SVG. Always on paper, because such a picture can't follow its reader's choice.

use crate::report::format::Missing;

/// That the charts can be drawn here, which takes the feature `png` and a font.
///
/// # Errors
/// What is missing.
pub fn ready() -> Result<(), Missing> {
    drawn::ready()
}

/// The file of a chart, given as a file of SVG with its own style.
///
/// # Errors
/// When something is missing, or the renderer can't read the drawing.
pub fn png(svg: &str) -> Result<Vec<u8>, String> {
    drawn::png(svg)
}

#[cfg(not(feature = "png"))]
mod drawn {
    use super::Missing;

    const NOT_BUILT: Missing = Missing {
        what: "this build of plimsoll can't write PNG",
        remedy: concat!(
            "a build with it: cargo install --git ",
            env!("CARGO_PKG_REPOSITORY"),
            " plimsoll --features png; or SVG, which browsers and GitHub show"
        ),
    };

    pub fn ready() -> Result<(), Missing> {
        Err(NOT_BUILT)
    }

    pub fn png(_svg: &str) -> Result<Vec<u8>, String> {
        Err(NOT_BUILT.to_string())
    }
}

#[cfg(feature = "png")]
mod drawn {
    use super::{
        super::palette::{LIGHT, variables},
        Missing,
    };
    use resvg::{
        tiny_skia::{Pixmap, Transform},
        usvg::{
            Options, Tree,
            fontdb::{Database, Family, Query},
        },
    };

    /// Points for each unit of the drawing, as on a dense screen.
    const SCALE: f32 = 2.0;
    /// Families about as wide as the one that charts are laid out for, the nearest first.
    const FAMILIES: [&str; 7] = ["Inter", "Arial", "Helvetica", "Liberation Sans", "Noto Sans", "Roboto", "DejaVu Sans"];

    pub fn ready() -> Result<(), Missing> {
        family(&installed()).map(drop)
    }

    pub fn png(svg: &str) -> Result<Vec<u8>, String> {
        let mut fonts = installed();
        let sans_serif = family(&fonts).map_err(|missing| missing.to_string())?;
        fonts.set_sans_serif_family(sans_serif);
        let mut options = Options::default();
        *options.fontdb_mut() = fonts;
        let tree = Tree::from_str(&plain(svg), &options).map_err(|error| error.to_string())?;
        let size = tree.size().to_int_size().scale_by(SCALE).ok_or("the chart has no size")?;
        let mut points = Pixmap::new(size.width(), size.height()).ok_or("the chart is too large")?;
        resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut points.as_mut());
        points.encode_png().map_err(|error| error.to_string())
    }

    fn installed() -> Database {
        let mut fonts = Database::new();
        fonts.load_system_fonts();
        fonts
    }

    /// The family to write in: the nearest, or any that there is.
    fn family(fonts: &Database) -> Result<String, Missing> {
        let has = |name: &&&str| fonts.query(&Query { families: &[Family::Name(name)], ..Query::default() }).is_some();
        let near = FAMILIES.iter().find(has).map(|name| (*name).to_owned());
        near.or_else(|| fonts.faces().find_map(|face| Some(face.families.first()?.0.clone()))).ok_or(Missing {
            what: "no font is installed here, and PNG needs one",
            remedy: "a font, as of Debian's package fonts-liberation; or SVG",
        })
    }

    /// The drawing with its colours in place of their names: the renderer knows no variables.
    fn plain(svg: &str) -> String {
        let named = svg.replace(&variables(), "");
        LIGHT.iter().fold(named, |text, (name, colour)| text.replace(&format!("var(--{name})"), colour))
    }
}

#[cfg(all(test, feature = "png"))]
mod tests {
    use super::*;
    use crate::report::{Document, chart::palette::LIGHT, made};
    use resvg::tiny_skia::Pixmap;

    fn points(svg: &str) -> Pixmap {
        Pixmap::decode_png(&png(svg).unwrap()).unwrap()
    }

    /// How many points have a colour of this name.
    fn of(points: &Pixmap, name: &str) -> usize {
        let colour = LIGHT.iter().find(|(of, _)| *of == name).unwrap().1;
        let channel = |at: usize| u8::from_str_radix(&colour[at..at + 2], 16).unwrap();
        let wanted = [channel(1), channel(3), channel(5)];
        points.pixels().iter().filter(|point| [point.red(), point.green(), point.blue()] == wanted && point.alpha() == 255).count()
    }

    #[test]
    fn a_picture_has_the_ground_the_lines_and_the_words_of_the_chart() {
        let svg = made::find::firm().svg();
        let picture = points(&svg);
        let all = picture.pixels().len();
        assert!(of(&picture, "card") > all / 2, "most of it is ground");
        assert!(of(&picture, "good") > all / 2_000 && of(&picture, "ink") > all / 2_000, "what was measured, and its mark");
        // The same without its words: they were written in some font.
        let mut wordless = svg.clone();
        while let Some(from) = wordless.find("<text") {
            let end = wordless[from..].find("</text>").unwrap() + from + "</text>".len();
            wordless.replace_range(from..end, "");
        }
        assert!(of(&picture, "soft") > of(&points(&wordless), "soft") + 1_000);
    }
}
