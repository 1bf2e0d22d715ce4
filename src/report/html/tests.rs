//! Golden pages and charts, and what must hold for every one of them: nothing is obeyed, nothing is asked for, nothing is empty, no text lies over
//! another.

use crate::report::{
    Document,
    chart::drawing::{Anchor, Room},
    made,
};
use plimsoll_core::{
    finding::{Comparison, Finding, Hold, Tuning},
    stat::{Latencies, Resolution},
    step::{Purpose, Sockets, Watched},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::time::Duration;

/// A page whose style is left out: it is the same for all.
fn page(document: &impl Document) -> String {
    let html = document.html();
    let (before, rest) = html.split_once("<style>").unwrap();
    format!("{before}<style>{}", &rest[rest.find("</style>").unwrap()..])
}

/// A chart whose style is left out.
fn chart(document: &impl Document) -> String {
    let svg = document.svg();
    let (before, rest) = svg.split_once("<style>").unwrap();
    // A line for each shape.
    format!("{before}<style>{}", &rest[rest.find("</style>").unwrap()..]).replace("><", ">\n<")
}

macro_rules! golden {
    ($($test:ident: $made:expr),+ $(,)?) => { $(
        #[test]
        fn $test() {
            let document = $made;
            insta::assert_snapshot!(concat!(stringify!($test), "_html"), page(&document));
            insta::assert_snapshot!(concat!(stringify!($test), "_svg"), chart(&document));
        }
    )+ };
}

golden!(
    firm: made::find::firm(),
    rough: made::find::rough(),
    unstable: made::find::unstable(),
    at_least: made::find::at_least(),
    withheld: made::find::generator_limited(),
    broken: made::find::broken(),
    interrupted: made::find::interrupted(),
    crash: made::find::crash_with_recovery(),
    slo: made::find::slo(),
    compare: made::comparison::three_systems(),
    tune: made::tuning::most_of_a_grid(),
    hold: made::hold::open(),
    hold_failing: made::hold::failing(),
);

/// Puts every made-up result to a check.
fn each(check: impl Fn(&str, &str, &str)) {
    let put = |name: &str, html: String, svg: String| check(name, &html, &svg);
    for (name, finding) in findings() {
        put(name, finding.html(), finding.svg());
    }
    for (name, comparison) in comparisons() {
        put(name, comparison.html(), comparison.svg());
    }
    for (name, tuning) in tunings() {
        put(name, tuning.html(), tuning.svg());
    }
    for (name, hold) in holds() {
        put(name, hold.html(), hold.svg());
    }
}

fn findings() -> Vec<(&'static str, Finding)> {
    use made::find::*;
    vec![
        ("firm", firm()),
        ("rough", rough()),
        ("unstable", unstable()),
        ("at_least", at_least()),
        ("generator_limited", generator_limited()),
        ("broken", broken()),
        ("interrupted", interrupted()),
        ("crash_with_recovery", crash_with_recovery()),
        ("crash_that_stays", crash_that_stays()),
        ("one_slot", one_slot()),
        ("slo", slo()),
        ("large", large()),
    ]
}

fn comparisons() -> Vec<(&'static str, Comparison)> {
    use made::comparison::*;
    vec![
        ("async_against_pool", async_against_pool()),
        ("not_to_be_told", not_to_be_told()),
        ("three_systems", three_systems()),
        ("compare_interrupted", interrupted()),
    ]
}

fn tunings() -> Vec<(&'static str, Tuning)> {
    use made::tuning::*;
    vec![("most_of_a_grid", most_of_a_grid()), ("need_not_met", need_not_met()), ("nothing_measured", nothing_measured())]
}

fn holds() -> Vec<(&'static str, Hold)> {
    use made::hold::*;
    vec![
        ("closed", closed()),
        ("open", open()),
        ("failing", failing()),
        ("limited", limited()),
        ("refused", refused()),
        ("untimely", untimely()),
    ]
}

/// Sixty steps, each with thousands of different latencies and everything that can be read of a target.
fn large() -> Finding {
    let mut finding = made::find::firm();
    let of = finding.steps[0].clone();
    finding.steps = (0..60_u32)
        .map(|n| {
            let users = 1 + n * n;
            let mut histogram = Latencies::with_resolution(Resolution::Fine);
            (0..4_000_u64).for_each(|k| histogram.record(Duration::from_micros(500 + 37 * k * u64::from(users))));
            let watched = Watched {
                seconds: 1.0,
                allotted_cores: Some(2.0),
                cpu_cores: Some(f64::from(n) / 30.0),
                busiest_thread_cores: Some(0.5),
                sockets: Some(Sockets {
                    in_application: f64::from(users.min(40)),
                    not_accepted: f64::from(users),
                    backlog: 128,
                    ..Sockets::default()
                }),
                resident_bytes: Some(50_000_000 + 90_000 * u64::from(users)),
                memory_limit_bytes: Some(1 << 29),
                ..Watched::default()
            };
            let mut step = of.clone();
            step.purpose = if n < 30 { Purpose::Ramp } else { Purpose::Refine };
            (step.users, step.started_s, step.histogram) = (Some(users), f64::from(n) * 1.4, histogram.clone());
            step.service_histogram = histogram;
            step.signals.watched = Some(watched);
            step
        })
        .collect();
    finding
}

#[test]
fn a_page_is_small() {
    each(|name, html, svg| assert!(html.len() < 300_000 && svg.len() < 100_000, "{name}: {} and {} bytes", html.len(), svg.len()));
}

#[test]
fn nothing_is_asked_for_and_nothing_runs() {
    each(|name, html, svg| {
        for (what, text) in [("page", html), ("chart", svg)] {
            for part in
                ["<script", "src=", "url(", "@import", "<link", "<img", "<image", "<iframe", "<object", "<use", "onload", "javascript:"]
            {
                assert!(!text.contains(part), "{name}: {part} in the {what}");
            }
        }
        for link in html.split("href=\"").skip(1) {
            assert!(link.starts_with('#'), "{name}: {}", &link[..20]);
        }
        assert!(html.contains("default-src 'none'"), "{name}");
    });
}

#[test]
fn nothing_is_empty_or_no_number() {
    each(|name, html, svg| {
        for part in [
            "<td></td>",
            "<td class=\"n\"></td>",
            "<dd></dd>",
            "<li></li>",
            "<b></b>",
            "<p></p>",
            "\"row\"></th>",
            ">NaN",
            "NaN\"",
            "inf\"",
        ] {
            assert!(!html.contains(part) && !svg.contains(part), "{name}: {part}");
        }
        assert!(html.matches("<h1").count() == 1 && html.contains("<h2"), "{name}");
    });
}

#[test]
fn every_element_is_closed_and_every_name_is_given_once() {
    each(|name, html, svg| {
        balanced(name, html);
        balanced(name, svg);
        let mut ids: Vec<&str> = html.split(" id=\"").skip(1).map(|rest| &rest[..rest.find('"').unwrap()]).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "{name}: {ids:?}");
        for by in html.split("labelledby=\"").skip(1).chain(html.split("describedby=\"").skip(1)) {
            let id = &by[..by.find('"').unwrap()];
            assert!(ids.contains(&id), "{name}: nothing is called {id}");
        }
    });
}

/// Every element that is opened is closed, in order.
fn balanced(name: &str, markup: &str) {
    let mut open: Vec<&str> = Vec::new();
    for tag in markup.split('<').skip(1) {
        let (tag, _) = tag.split_once('>').unwrap_or_else(|| panic!("{name}: an open end: {tag:.60}"));
        let word = tag.trim_start_matches('/').split([' ', '/']).next().unwrap();
        if tag.starts_with('!') || tag.ends_with('/') || word == "meta" {
            continue;
        }
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(word), "{name}: {open:?}");
        } else {
            open.push(word);
        }
    }
    assert!(open.is_empty(), "{name}: {open:?}");
}

const HOSTILE: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}\u{1b}[2J\u{202e}&amp;";

/// The document with the hostile text behind every string in it that may be any text.
fn poisoned<D: Serialize + DeserializeOwned>(document: &D) -> D {
    let whole = serde_json::to_value(document).unwrap();
    let mut places = Vec::new();
    strings(&whole, &mut String::new(), &mut places);
    let mut kept = whole;
    for place in places {
        let mut tried = kept.clone();
        let Some(Value::String(text)) = tried.pointer_mut(&place) else { continue };
        text.push_str(HOSTILE);
        if serde_json::from_value::<D>(tried.clone()).is_ok() {
            kept = tried;
        }
    }
    serde_json::from_value(kept).unwrap()
}

fn strings(value: &Value, place: &mut String, places: &mut Vec<String>) {
    let mut below = |key: String, value: &Value| {
        let length = place.len();
        place.push_str(&format!("/{}", key.replace('~', "~0").replace('/', "~1")));
        strings(value, place, places);
        place.truncate(length);
    };
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| below(key.clone(), value)),
        Value::Array(all) => all.iter().enumerate().for_each(|(n, value)| below(n.to_string(), value)),
        Value::String(_) => places.push(place.clone()),
        _ => {}
    }
}

/// Whether the hostile text is there to be read, escaped in either way.
fn shows(html: &str) -> bool {
    html.contains("&lt;script&gt;alert(1)") || html.contains("&#60;script&#62;alert(1)")
}

fn harmless(name: &str, document: &impl Document) {
    for text in [document.html(), document.svg()] {
        assert!(!text.contains("<script") && !text.contains("<img"), "{name}");
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()) && !text.contains('\u{202e}'), "{name}");
        balanced(name, &text);
    }
    assert!(shows(&document.html()), "{name}: it is shown as text");
}

#[test]
fn what_a_target_says_is_text() {
    for (name, finding) in findings().into_iter().filter(|(name, _)| *name != "large") {
        harmless(name, &poisoned(&finding));
    }
    for (name, comparison) in comparisons() {
        harmless(name, &poisoned(&comparison));
    }
    for (name, tuning) in tunings() {
        harmless(name, &poisoned(&tuning));
    }
    let mut hold = made::hold::refused();
    hold.subject.target.push_str(HOSTILE);
    assert!(shows(&hold.html()));
    harmless("hold", &poisoned(&made::hold::refused()));
}

/// The texts of each drawing with their room, and the drawing's size.
fn drawings(markup: &str) -> Vec<((f64, f64), Vec<Room>)> {
    let number = |tag: &str, name: &str| {
        let rest = &tag[tag.find(&format!(" {name}=\"")).unwrap() + name.len() + 3..];
        rest[..rest.find('"').unwrap()].to_owned()
    };
    let of = |drawing: &str| {
        let size: Vec<f64> = number(drawing, "viewBox").split(' ').map(|part| part.parse().unwrap()).collect();
        let texts = drawing.split("<text").skip(1).map(|text| {
            let (tag, rest) = text.split_once('>').unwrap();
            let anchor = match tag {
                tag if tag.contains("\"middle\"") => Anchor::Middle,
                tag if tag.contains("\"end\"") => Anchor::End,
                _ => Anchor::Start,
            };
            let at = (number(tag, "x").parse().unwrap(), number(tag, "y").parse().unwrap());
            let shown = rest[..rest.find('<').unwrap()].replace("&lt;", "<").replace("&#39;", "'").replace("&amp;", "&");
            Room::of(&number(tag, "class"), at, anchor, &shown)
        });
        ((size[2], size[3]), texts.collect::<Vec<_>>())
    };
    markup
        .split("<svg")
        .skip(1)
        .map(|drawing| of(&drawing[..drawing.find("</svg>").unwrap()]))
        .filter(|(_, texts)| !texts.is_empty())
        .collect()
}

fn readable(name: &str, markup: &str) {
    for ((wide, high), texts) in drawings(markup) {
        for (place, text) in texts.iter().enumerate() {
            let is_within = text.left >= -1.0 && text.right <= wide + 1.0 && text.top >= -1.0 && text.bottom <= high + 1.0;
            assert!(is_within, "{name}: {text:?} leaves {wide} by {high}");
            for other in &texts[place + 1..] {
                assert!(!text.meets(other), "{name}: {text:?} lies over {other:?}");
            }
        }
    }
}

#[test]
fn no_text_of_a_chart_lies_over_another_or_leaves_it() {
    each(|name, html, _| readable(name, html));
    for line in [1.0, 2.0, 3.0, 7.0, 31.0, 32.0] {
        let mut finding = made::find::firm();
        (finding.load_line.value, finding.load_line.low, finding.load_line.high) = (Some(line), Some(line * 0.8), Some(line * 1.3));
        readable("moved", &finding.html());
        let mut comparison = made::comparison::three_systems();
        for system in &mut comparison.systems {
            system.finding.load_line.value = Some(line);
        }
        readable("at the same place", &comparison.html());
    }
}
