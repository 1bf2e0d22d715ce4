//! Quantities as people write and read them: durations, byte sizes, counts, shares.
//!
//! Parsing accepts what is common on command lines (`250ms`, `1m30s`, `10k`, `512MiB`, `1%`); printing gives three significant digits.

use std::time::Duration;

/// Why a text is no quantity: what was given, what was expected, with an example to follow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is no {expected}; write it like {example}")]
pub struct UnitError {
    given: String,
    expected: &'static str,
    example: &'static str,
}

impl UnitError {
    fn of(given: &str, expected: &'static str, example: &'static str) -> Self {
        Self { given: given.to_owned(), expected, example }
    }
}

/// Splits `12.5ms` into the number and what follows it.
fn number_and_rest(text: &str) -> Option<(f64, &str)> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '_')).unwrap_or(text.len());
    let number: f64 = text[..end].replace('_', "").parse().ok()?;
    Some((number, &text[end..]))
}

/// Parses a duration: `50us`, `250ms`, `1.5s`, `2m`, `1h`, `1m30s`. A bare number is refused, because its unit would be a guess.
///
/// # Errors
/// When the text has no unit, an unknown one, or is longer than 365 days.
pub fn parse_duration(text: &str) -> Result<Duration, UnitError> {
    let error = || UnitError::of(text, "duration", "250ms, 1.5s or 2m");
    let mut rest = text.trim();
    let mut total_s = 0.0;
    if rest.is_empty() {
        return Err(error());
    }
    while !rest.is_empty() {
        let (number, tail) = number_and_rest(rest).ok_or_else(error)?;
        let end = tail.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(tail.len());
        let unit_s = match &tail[..end] {
            "ns" => 1e-9,
            "us" | "µs" => 1e-6,
            "ms" => 1e-3,
            "s" | "sec" => 1.0,
            "m" | "min" => 60.0,
            "h" => 3600.0,
            _ => return Err(error()),
        };
        total_s += number * unit_s;
        rest = &tail[end..];
    }
    if !(0.0..=365.0 * 86_400.0).contains(&total_s) {
        return Err(error());
    }
    Ok(Duration::from_secs_f64(total_s))
}

/// Parses a count or a rate: `400`, `2.5k`, `10k`, `1m` (a million), `1g`.
///
/// # Errors
/// When the text is no non-negative number with one of these endings.
pub fn parse_count(text: &str) -> Result<f64, UnitError> {
    let error = || UnitError::of(text, "count", "400, 10k or 1m");
    let (number, unit) = number_and_rest(text.trim()).ok_or_else(error)?;
    let scale = match unit {
        "" => 1.0,
        "k" | "K" => 1e3,
        "m" | "M" => 1e6,
        "g" | "G" => 1e9,
        _ => return Err(error()),
    };
    Ok(number * scale)
}

/// Parses a byte size: `512`, `1KiB`, `64MiB`, `2GB` (powers of 1,000 without the `i`).
///
/// # Errors
/// When the text is no such size.
pub fn parse_bytes(text: &str) -> Result<u64, UnitError> {
    let error = || UnitError::of(text, "byte size", "512, 64KiB or 2GB");
    let (number, unit) = number_and_rest(text.trim()).ok_or_else(error)?;
    let scale: f64 = match unit {
        "" | "B" => 1.0,
        "KiB" | "K" | "k" => 1024.0,
        "MiB" | "M" => 1_048_576.0,
        "GiB" | "G" => 1_073_741_824.0,
        "KB" | "kB" => 1e3,
        "MB" => 1e6,
        "GB" => 1e9,
        _ => return Err(error()),
    };
    Ok((number * scale) as u64)
}

/// Parses a share: `1%`, `0.5%` or `0.01`; from 0 to 1.
///
/// # Errors
/// When the text is no share between 0 and 1.
pub fn parse_share(text: &str) -> Result<f64, UnitError> {
    let error = || UnitError::of(text, "share", "1% or 0.01");
    let (number, unit) = number_and_rest(text.trim()).ok_or_else(error)?;
    let share = match unit {
        "" => number,
        "%" => number / 100.0,
        _ => return Err(error()),
    };
    if (0.0..=1.0).contains(&share) { Ok(share) } else { Err(error()) }
}

/// Three significant digits with thousands separated: `4`, `80.1`, `5,980`, `1,230,000`.
pub fn show_number(value: f64) -> String {
    if !value.is_finite() {
        return "not known".to_owned();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    let magnitude = value.abs().log10().floor();
    let unit = 10f64.powf(magnitude - 2.0);
    let rounded = (value / unit).round() * unit;
    let decimals = (2.0 - rounded.abs().log10().floor()).clamp(0.0, 9.0) as usize;
    let text = format!("{rounded:.decimals$}");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let fraction = fraction.trim_end_matches('0');
    let whole = separate_thousands(whole);
    if fraction.is_empty() { whole } else { format!("{whole}.{fraction}") }
}

/// A whole count with every digit and thousands separated.
pub fn show_count(value: u64) -> String {
    separate_thousands(&value.to_string())
}

/// A load that was chosen, with all its digits where it is a whole number below a million: `1,024`. What was measured is not known as exactly.
pub fn show_load(load: f64) -> String {
    if load.fract() == 0.0 && (0.0..1e6).contains(&load) { show_count(load as u64) } else { show_number(load) }
}

fn separate_thousands(digits: &str) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
    let mut out = String::from(sign);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A duration with three significant digits in the unit a person would choose: `48 us`, `101 ms`, `1.25 s`, `2 min 5 s`.
pub fn show_duration(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds == 0.0 {
        "0 s".to_owned()
    } else if seconds < 0.000_999_5 {
        format!("{} us", show_number(seconds * 1e6))
    } else if seconds < 0.999_5 {
        format!("{} ms", show_number(seconds * 1e3))
    } else if seconds < 120.0 {
        format!("{} s", show_number(seconds))
    } else {
        let whole = seconds.round() as u64;
        match whole % 60 {
            0 => format!("{} min", whole / 60),
            rest => format!("{} min {rest} s", whole / 60),
        }
    }
}

/// A share as a percentage with up to three significant digits: `1%`, `0.25%`, `97%`.
pub fn show_share(share: f64) -> String {
    format!("{}%", show_number(share * 100.0))
}

/// A byte size in powers of 1,024.
pub fn show_bytes(bytes: u64) -> String {
    let value = bytes as f64;
    for (unit, scale) in [("GiB", 1_073_741_824.0), ("MiB", 1_048_576.0), ("KiB", 1024.0)] {
        if value >= scale {
            return format!("{} {unit}", show_number(value / scale));
        }
    }
    format!("{bytes} B")
}

/// One word as a shell takes it: as it is, or in quotes. A place for a value in braces (`{port}`) needs none.
pub fn show_word(text: &str) -> String {
    let harmless = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    let is_plain = !text.is_empty() && without_places(text).chars().all(harmless);
    if is_plain { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

/// The text without its places for values.
fn without_places(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, (place, after))) = rest.split_once('{').and_then(|(before, after)| Some((before, after.split_once('}')?))) {
        out.push_str(before);
        if place.is_empty() || !place.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')) {
            out.push_str("{}");
        }
        rest = after;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loads_that_were_chosen_keep_their_digits() {
        for (load, text) in [(1024.0, "1,024"), (0.5, "0.5"), (1234.5, "1,230"), (2e6, "2,000,000"), (f64::NAN, "not known")] {
            assert_eq!(show_load(load), text);
        }
    }

    #[test]
    fn durations_as_people_write_them() {
        for (text, seconds) in [("250ms", 0.25), ("1.5s", 1.5), ("2m", 120.0), ("1m30s", 90.0), ("50us", 5e-5), ("1h", 3600.0)] {
            assert!((parse_duration(text).unwrap().as_secs_f64() - seconds).abs() < 1e-9, "{text}");
        }
        for text in ["", "5", "banana", "-1s", "1d", "1e99s", "9999999h", "..s"] {
            let error = parse_duration(text).unwrap_err().to_string();
            assert!(error.contains("250ms"), "{text}: {error}");
        }
    }

    #[test]
    fn counts_bytes_and_shares() {
        assert_eq!(parse_count("10k").unwrap(), 10_000.0);
        assert_eq!(parse_count("1m").unwrap(), 1e6);
        assert_eq!(parse_count("2.5k").unwrap(), 2_500.0);
        assert!(parse_count("10 apples").is_err());
        assert_eq!(parse_bytes("1KiB").unwrap(), 1024);
        assert_eq!(parse_bytes("2GB").unwrap(), 2_000_000_000);
        assert!(parse_bytes("2 bananas").is_err());
        assert_eq!(parse_share("1%").unwrap(), 0.01);
        assert_eq!(parse_share("0.05").unwrap(), 0.05);
        assert!(parse_share("120%").is_err());
    }

    #[test]
    fn numbers_with_three_digits() {
        for (value, text) in [
            (4.0, "4"),
            (80.06, "80.1"),
            (5_978.0, "5,980"),
            (999.9, "1,000"),
            (0.012_345, "0.0123"),
            (0.0, "0"),
            (-1234.0, "-1,230"),
            (f64::NAN, "not known"),
        ] {
            assert_eq!(show_number(value), text);
        }
        assert_eq!(show_count(1_234_567), "1,234,567");
        assert_eq!(show_count(12), "12");
    }

    #[test]
    fn durations_in_the_fitting_unit() {
        for (seconds, text) in [(48e-6, "48 us"), (0.1009, "101 ms"), (1.25, "1.25 s"), (0.9999, "1 s"), (125.0, "2 min 5 s"), (0.0, "0 s")]
        {
            assert_eq!(show_duration(Duration::from_secs_f64(seconds)), text);
        }
        assert_eq!(show_share(0.0025), "0.25%");
        assert_eq!(show_bytes(1536), "1.5 KiB");
    }

    #[test]
    fn a_word_that_a_shell_would_read_into_is_quoted() {
        for (word, shown) in [
            ("lab:pool", "lab:pool"),
            ("lab:pool?a=1&b=2", "'lab:pool?a=1&b=2'"),
            ("--bind=:{port}", "--bind=:{port}"),
            ("{a,b}", "'{a,b}'"),
            ("{}", "'{}'"),
            ("it's", r"'it'\''s'"),
            ("", "''"),
        ] {
            assert_eq!(show_word(word), shown);
        }
    }
}
