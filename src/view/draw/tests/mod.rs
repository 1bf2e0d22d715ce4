//! Pages as they were approved, in the sizes and with the characters that terminals have.

mod made;

use super::{Asked, page};
use crate::{report::paint::Look, view::page::Page};
use ratatui::{Terminal, backend::TestBackend, buffer::Buffer, layout::Rect, style::Color};

const UNICODE: Look = Look { colour: true, unicode: true, columns: 80 };
const ASCII: Look = Look { colour: false, unicode: false, columns: 80 };
const KEYS: Asked = Asked { help: false, pauses: false, stops: false, keys: true };

/// What the terminal shows.
fn shown(state: &Page, (columns, rows): (u16, u16), look: &Look, asked: Asked) -> Terminal<TestBackend> {
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    terminal.draw(|frame| page(state, asked, look, frame.buffer_mut())).unwrap();
    terminal
}

fn drawn(state: &Page, size: (u16, u16), look: &Look) -> String {
    shown(state, size, look, KEYS).backend().to_string()
}

macro_rules! golden {
    ($($name:ident: $state:ident, $size:expr, $look:expr;)+) => { $(
        #[test]
        fn $name() {
            insta::assert_snapshot!(stringify!($name), drawn(&made::$state(), $size, &$look));
        }
    )+ };
}

golden! {
    find_80: find, (80, 24), UNICODE;
    find_120: find, (120, 40), UNICODE;
    find_60: find, (60, 15), UNICODE;
    find_ascii: find, (80, 24), ASCII;
    find_begun: begun, (80, 24), UNICODE;
    hold_80: hold, (80, 24), UNICODE;
    hold_120: hold, (120, 40), UNICODE;
    hold_60: hold, (60, 15), UNICODE;
    hold_ascii: hold, (80, 24), ASCII;
    compare_80: compare, (80, 24), UNICODE;
    compare_turns_80: turns, (80, 24), UNICODE;
    compare_turns_120: turns, (120, 40), UNICODE;
    compare_60: turns, (60, 15), UNICODE;
    compare_ascii: turns, (80, 24), ASCII;
    tune_80: tune, (80, 24), UNICODE;
    tune_120: tune, (120, 40), UNICODE;
    tune_60: tune, (60, 15), UNICODE;
    tune_ascii: tune, (80, 24), ASCII;
}

#[test]
fn help_covers_the_page() {
    let asked = Asked { help: true, ..KEYS };
    insta::assert_snapshot!("help_80", shown(&made::find(), (80, 24), &UNICODE, asked).backend());
    let hold = shown(&made::hold(), (80, 24), &ASCII, asked).backend().to_string();
    assert!(!hold.contains("go on"), "{hold}");
}

#[test]
fn a_pause_and_an_end_are_said_with_the_keys_that_are_left() {
    let paused = shown(&made::paused(), (80, 24), &UNICODE, Asked { pauses: true, ..KEYS });
    insta::assert_snapshot!("paused_80", paused.backend());
    let foot = |asked| shown(&made::find(), (80, 24), &UNICODE, asked).backend().to_string().lines().last().unwrap().to_owned();
    assert!(foot(Asked { pauses: true, ..KEYS }).contains("pauses when this step ends   p go on"));
    assert!(foot(Asked { stops: true, ..KEYS }).contains("what was measured is reported next   Ctrl-C leave at once"));
    assert!(foot(Asked { keys: false, ..KEYS }).contains("Ctrl-C quit with report"));
}

/// Every state.
fn all() -> Vec<Page> {
    vec![
        made::find(),
        made::begun(),
        made::paused(),
        made::hold(),
        made::compare(),
        made::turns(),
        made::tune(),
        Page::Find(Default::default()),
        Page::Hold(Default::default()),
        Page::Compare(Default::default()),
        Page::Tune(Default::default()),
    ]
}

fn buffer(state: &Page, (columns, rows): (u16, u16), look: &Look, asked: Asked) -> Buffer {
    let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
    page(state, asked, look, &mut buffer);
    buffer
}

#[test]
fn no_size_is_too_small_or_too_large() {
    for state in all() {
        for size in (1..=300).step_by(23).flat_map(|columns| [1, 2, 3, 5, 8, 13, 15, 21, 24, 34, 60, 120].map(|rows| (columns, rows))) {
            for asked in [KEYS, Asked { help: true, ..KEYS }] {
                buffer(&state, size, &UNICODE, asked);
            }
        }
    }
}

#[test]
fn nothing_that_a_target_says_reaches_the_terminal_and_ascii_is_ascii() {
    for state in all() {
        let cells = buffer(&state, (120, 40), &UNICODE, KEYS);
        assert!(cells.content.iter().all(|cell| !cell.symbol().contains(|c: char| c.is_control() || c == '\u{202e}')));
        let cells = buffer(&state, (120, 40), &ASCII, KEYS);
        assert!(cells.content.iter().all(|cell| cell.symbol().is_ascii()));
    }
}

#[test]
fn without_colour_nothing_is_coloured_and_with_it_shapes_differ_too() {
    for state in all() {
        let cells = buffer(&state, (120, 40), &Look { colour: false, ..UNICODE }, KEYS);
        assert!(cells.content.iter().all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset));
    }
    let cells = buffer(&made::find(), (120, 40), &UNICODE, KEYS);
    let colours_of = |glyph| -> Vec<Color> {
        let mut seen: Vec<Color> = cells.content.iter().filter(|cell| cell.symbol() == glyph).map(|cell| cell.fg).collect();
        seen.dedup();
        seen
    };
    assert_eq!((colours_of("●").contains(&Color::Indexed(172)), colours_of("○")), (false, vec![Color::Indexed(172)]));
}
