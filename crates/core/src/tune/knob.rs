//! What is to be varied: a name that the command holds in braces, and the values to try.

use std::{collections::HashSet, str::FromStr};

/// A setting with the values that it may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Knob {
    /// What stands in braces in the command.
    pub name: String,
    /// The values in the order given. Where all of them are numbers (also with one unit, `64MiB`), their ratios mean something.
    pub values: Vec<String>,
}

/// The most values of one knob.
pub const MOST_VALUES: usize = 1_000;

/// The most knobs.
pub const MOST_KNOBS: usize = 6;

/// The most settings altogether.
pub const MOST_SETTINGS: u64 = 100_000;

/// Why a text is no knob, or why knobs make no grid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KnobError {
    /// No `=` in it, or nothing before it.
    #[error("{0:?} says not what to vary; write it like workers=1..16 or threads=1,2,4,8")]
    Shape(String),
    /// A name that could not stand in braces.
    #[error("{0:?} is no name for a setting; use letters, digits, - and _, as in workers=1..16 for {{workers}} in the command")]
    Name(String),
    /// Nothing between two commas, or nothing at all.
    #[error("{0:?} leaves a value empty; write the values like 1,2,4,8")]
    Empty(String),
    /// A range that can't be read.
    #[error("{0:?} is no range; write whole numbers, the smaller first, like 1..16, 1..64*2 (doubling) or 10..100+10")]
    Range(String),
    /// A value twice.
    #[error("{name} has the value {value} twice; leave one out")]
    Twice {
        /// The knob.
        name: String,
        /// The value.
        value: String,
    },
    /// More values than [`MOST_VALUES`].
    #[error("{0} has more than 1,000 values; take larger steps, like 1..4096*2 or 0..5000+100")]
    Values(String),
    /// No knob.
    #[error("nothing is to be varied; add --vary workers=1..16 and {{workers}} in the command")]
    None,
    /// More knobs than [`MOST_KNOBS`].
    #[error("{0} settings are to be varied, and 6 are the most; vary those first that matter most")]
    Knobs(usize),
    /// Two knobs of the same name.
    #[error("{0} is to be varied twice; give all of its values at once, like {0}=1,2,4,8")]
    Repeated(String),
    /// More settings than [`MOST_SETTINGS`].
    #[error("that makes {0} combinations, and 100,000 are the most; take larger steps, like 1..64*2")]
    Settings(String),
    /// The command does not hold the knob.
    #[error("{{{0}}} is not in the command, so varying {0} would change nothing; put {{{0}}} where its value belongs")]
    Unused(String),
}

impl FromStr for Knob {
    type Err = KnobError;

    /// Reads `workers=1..16` (both ends included), `threads=1,2,4,8`, `slots=1..64*2` (doubling), `limit=10..100+10`, `mode=sync,gevent`.
    fn from_str(text: &str) -> Result<Self, KnobError> {
        let (name, list) = text.split_once('=').ok_or_else(|| KnobError::Shape(text.to_owned()))?;
        let name = name.trim();
        if name.is_empty() {
            return Err(KnobError::Shape(text.to_owned()));
        }
        if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') {
            return Err(KnobError::Name(name.to_owned()));
        }
        let mut values: Vec<String> = Vec::new();
        for part in list.split(',').map(str::trim) {
            if part.is_empty() {
                return Err(KnobError::Empty(text.to_owned()));
            }
            match Range::read(part)? {
                Some(range) => values.extend(range.values().take(MOST_VALUES + 1).map(|value| value.to_string())),
                None => values.push(part.to_owned()),
            }
            if values.len() > MOST_VALUES {
                return Err(KnobError::Values(name.to_owned()));
            }
        }
        let mut seen = HashSet::new();
        match values.iter().find(|value| !seen.insert(*value)) {
            Some(value) => Err(KnobError::Twice { name: name.to_owned(), value: value.clone() }),
            None => Ok(Self { name: name.to_owned(), values }),
        }
    }
}

/// How many settings the knobs make.
///
/// # Errors
/// When there is none to try, or there are more knobs or settings than this is made for, or a name is there twice.
pub fn grid(knobs: &[Knob]) -> Result<u64, KnobError> {
    if knobs.is_empty() {
        return Err(KnobError::None);
    }
    if knobs.len() > MOST_KNOBS {
        return Err(KnobError::Knobs(knobs.len()));
    }
    for (place, knob) in knobs.iter().enumerate() {
        if knob.values.is_empty() {
            return Err(KnobError::Empty(knob.name.clone()));
        }
        if knob.values.len() > MOST_VALUES {
            return Err(KnobError::Values(knob.name.clone()));
        }
        if knobs[..place].iter().any(|other| other.name == knob.name) {
            return Err(KnobError::Repeated(knob.name.clone()));
        }
    }
    // At most 10^18, so there is no overflow.
    let settings: u64 = knobs.iter().map(|knob| knob.values.len() as u64).product();
    if settings > MOST_SETTINGS { Err(KnobError::Settings(crate::units::show_count(settings))) } else { Ok(settings) }
}

/// Looks that the command holds each knob in braces.
///
/// # Errors
/// For the first that it does not hold.
pub fn check_command(template: &str, knobs: &[Knob]) -> Result<(), KnobError> {
    match knobs.iter().find(|knob| !template.contains(&format!("{{{}}}", knob.name))) {
        Some(knob) => Err(KnobError::Unused(knob.name.clone())),
        None => Ok(()),
    }
}

/// The command with the values in place of the braces. Other braces (`{port}`) stay, and a value that holds braces is not looked into.
pub fn fill(template: &str, knobs: &[Knob], setting: &[usize]) -> String {
    let mut command = String::new();
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        command.push_str(&rest[..open]);
        rest = &rest[open..];
        let value = knobs.iter().zip(setting).find_map(|(knob, &place)| {
            let after = rest[1..].strip_prefix(knob.name.as_str())?.strip_prefix('}')?;
            Some((knob.values.get(place)?, after))
        });
        match value {
            Some((value, after)) => {
                command.push_str(value);
                rest = after;
            }
            None => {
                command.push('{');
                rest = &rest[1..];
            }
        }
    }
    command.push_str(rest);
    command
}

/// From one whole number to another, in steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Range {
    first: i64,
    last: i64,
    step: Step,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Plus(i64),
    Times(i64),
}

impl Range {
    /// `None` for what is meant as a value, such as `../app.conf`.
    fn read(text: &str) -> Result<Option<Self>, KnobError> {
        let Some((first, rest)) = text.split_once("..") else { return Ok(None) };
        if !first.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
            return Ok(None);
        }
        let error = || KnobError::Range(text.to_owned());
        let number = |digits: &str| digits.trim().parse::<i64>().map_err(|_| error());
        let rest = rest.strip_prefix('=').unwrap_or(rest);
        let (last, step) = match (rest.split_once('*'), rest.split_once('+')) {
            (Some((last, factor)), _) => (last, Step::Times(number(factor)?)),
            (_, Some((last, step))) => (last, Step::Plus(number(step)?)),
            _ => (rest, Step::Plus(1)),
        };
        let (first, last) = (number(first)?, number(last)?);
        let moves = match step {
            Step::Plus(step) => step >= 1,
            Step::Times(factor) => factor >= 2 && first >= 1,
        };
        if first > last || !moves { Err(error()) } else { Ok(Some(Self { first, last, step })) }
    }

    fn values(self) -> impl Iterator<Item = i64> {
        std::iter::successors(Some(self.first), move |value| match self.step {
            Step::Plus(step) => value.checked_add(step),
            Step::Times(factor) => value.checked_mul(factor),
        })
        .take_while(move |value| *value <= self.last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values(text: &str) -> String {
        text.parse::<Knob>().unwrap().values.join(" ")
    }

    #[test]
    fn values_as_people_write_them() {
        assert_eq!(values("workers=1..16"), "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16");
        assert_eq!(values("workers=2..=4"), "2 3 4");
        assert_eq!(values("threads=1,2,4,8"), "1 2 4 8");
        assert_eq!(values("x=1..64*2"), "1 2 4 8 16 32 64");
        assert_eq!(values("x=1..50*3"), "1 3 9 27");
        assert_eq!(values("x=10..45+10, 100"), "10 20 30 40 100");
        assert_eq!(values("x=-2..2"), "-2 -1 0 1 2");
        assert_eq!(values("mode = sync, gevent"), "sync gevent");
        assert_eq!(values("config=../a.conf,../b.conf"), "../a.conf ../b.conf");
        assert_eq!(values("opt=a=b"), "a=b");
        assert_eq!(values("one=5"), "5");
    }

    #[test]
    fn what_is_no_knob_is_named_with_its_remedy() {
        for (text, parts) in [
            ("workers", ["\"workers\"", "workers=1..16"]),
            ("=1..4", ["\"=1..4\"", "workers=1..16"]),
            ("a b=1", ["\"a b\"", "letters, digits"]),
            ("w=", ["\"w=\"", "1,2,4,8"]),
            ("w=1,,2", ["\"w=1,,2\"", "1,2,4,8"]),
            ("w=16..1", ["\"16..1\"", "the smaller first"]),
            ("w=1..many", ["\"1..many\"", "whole numbers"]),
            ("w=0.5..1", ["\"0.5..1\"", "whole numbers"]),
            ("w=1..8*1", ["\"1..8*1\"", "1..64*2"]),
            ("w=0..8*2", ["\"0..8*2\"", "1..64*2"]),
            ("w=1..8+0", ["\"1..8+0\"", "10..100+10"]),
            ("w=1..4,2", ["w has the value 2 twice", "leave one out"]),
            ("w=1..1001", ["w has more than 1,000", "larger steps"]),
            ("w=0..9223372036854775807", ["w has more than 1,000", "larger steps"]),
        ] {
            let error = text.parse::<Knob>().unwrap_err().to_string();
            assert!(parts.iter().all(|part| error.contains(part)), "{text}: {error}");
        }
    }

    fn knobs(texts: &[&str]) -> Vec<Knob> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn a_grid_has_its_limits() {
        assert_eq!(grid(&knobs(&["w=1..16", "t=1,2,4,8"])), Ok(64));
        assert_eq!(grid(&knobs(&["w=1..1000", "t=1..100"])), Ok(100_000));
        for (texts, part) in [
            (vec![], "--vary workers=1..16"),
            (vec!["w=1..1000", "t=1..101"], "101,000 combinations"),
            (vec!["a=1", "b=1", "c=1", "d=1", "e=1", "f=1", "g=1"], "7 settings"),
            (vec!["w=1..4", "w=8"], "w=1,2,4,8"),
        ] {
            let error = grid(&knobs(&texts)).unwrap_err().to_string();
            assert!(error.contains(part), "{texts:?}: {error}");
        }
        assert_eq!(grid(&[Knob { name: "w".to_owned(), values: Vec::new() }]), Err(KnobError::Empty("w".to_owned())));
    }

    #[test]
    fn the_command_is_filled_in() {
        let knobs = knobs(&["w=1..16", "threads=1,2,4,8"]);
        let template = "serve -w {w} --threads {threads} -b :{port} {w}{ {w";
        assert_eq!(fill(template, &knobs, &[7, 2]), "serve -w 8 --threads 4 -b :{port} 8{ {w");
        assert_eq!(check_command(template, &knobs), Ok(()));
        let error = check_command("serve -w {w}", &knobs).unwrap_err().to_string();
        assert!(
            error.starts_with("{threads} is not in the command") && error.ends_with("put {threads} where its value belongs"),
            "{error}"
        );
    }

    #[test]
    fn a_value_is_not_filled_in_again() {
        let knobs = knobs(&["a={b}", "b=1"]);
        assert_eq!(fill("{a} {b}", &knobs, &[0, 0]), "{b} 1");
    }

    proptest! {
        #[test]
        fn reading_never_fails_badly(text in "[a-z]{0,3}=?[-0-9.,*+=x]{0,24}") {
            if let Ok(knob) = text.parse::<Knob>() {
                prop_assert!((1..=MOST_VALUES).contains(&knob.values.len()));
            }
        }
    }
}
