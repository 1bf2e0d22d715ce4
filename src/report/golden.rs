//! Golden texts of all formats but the one screen, whose own stand beside it: each made-up result and what it must become.

use super::{Document, Format, made, paint::Look, render};

/// Every format of a result in one snapshot, for whoever reads it to see that they agree. JSON is the document itself and the one screen has its
/// own.
fn all(document: &impl Document) -> String {
    let formats = [Format::Md, Format::Csv, Format::Junit, Format::Prometheus, Format::Influx];
    let shown = formats.map(|format| {
        let text = String::from_utf8(render(document, format, &Look::default()).unwrap()).unwrap();
        assert!(text.ends_with('\n'), "{format:?}");
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{format:?}: {text:?}");
        format!("════ {format:?}\n{text}")
    });
    shown.concat()
}

/// A test for each of these made-up results, named by its kind and its own name.
macro_rules! golden {
    ($($kind:ident: $($name:ident),+);+ $(;)?) => { $(
        mod $kind {
            $(
                #[test]
                fn $name() {
                    insta::assert_snapshot!(concat!(stringify!($kind), "_", stringify!($name)), super::all(&super::made::$kind::$name()));
                }
            )+
        }
    )+ };
}

golden! {
    find: firm, rough, unstable, at_least, generator_limited, broken, interrupted, crash_with_recovery, slo, gated, undecided;
    comparison: async_against_pool, not_to_be_told, interrupted;
    hold: closed, open, failing, limited, refused, untimely;
    tuning: most_of_a_grid, need_not_met, nothing_measured;
}

/// What a target, a URL, a setting and a command may say at worst.
const HOSTILE: &str = "\u{1b}[2J</td><script>alert(1)</script>|`x`[a](javascript:b)\"'&\n]]>\\";

#[test]
fn nothing_that_others_wrote_means_anything() {
    let mut finding = made::find::firm();
    for place in [&mut finding.subject.target, &mut finding.subject.command, &mut finding.load_line.binding] {
        place.push_str(HOSTILE);
    }
    finding.subject.description = Some(HOSTILE.to_owned());
    if let Some(cause) = &mut finding.cause {
        cause.evidence.push(HOSTILE.to_owned());
        cause.next.insert(0, HOSTILE.to_owned());
    }
    finding.ladder[1].detail = Some(HOSTILE.to_owned());
    insta::assert_snapshot!("hostile_finding", all(&finding));

    let mut comparison = made::comparison::not_to_be_told();
    comparison.systems[0].name.push_str(HOSTILE);
    comparison.pairs[0].reasons.push(HOSTILE.to_owned());
    let mut hold = made::hold::refused();
    hold.subject.target.push_str(HOSTILE);
    let mut tuning = made::tuning::nothing_measured();
    tuning.start.push_str(HOSTILE);
    tuning.tried[0].failed = Some(HOSTILE.to_owned());
    for shown in [all(&comparison), all(&hold), all(&tuning)] {
        let markdown = shown.split("════").nth(1).unwrap();
        let meant = markdown.replace("\\\\", "").replace("\\`", "").replace("\\]", "");
        assert!(!meant.contains("<script") && !meant.contains("](") && !meant.contains('`'), "{markdown}");
    }
}
