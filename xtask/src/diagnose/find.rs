//! One `plimsoll find`, and what it said.

use super::{
    cage::{Cage, Limits},
    needs::Environment,
    servers::Server,
    stand::{Stand, plimsoll},
};
use serde_json::Value;
use std::{
    path::Path,
    process::{Command, Stdio},
};

/// What a generator that is to be blamed may use.
const NEXT_TO_NOTHING: Limits = Limits { cores: Some(0.05), memory: None };

/// What one search said.
#[derive(Clone, Debug)]
pub struct Said {
    /// The verdict with its confidence, or why there is none.
    pub verdict: Result<(String, String), String>,
    /// How many requests are served at one time.
    pub slots: Option<f64>,
    /// How many the same hardware could carry, from and to.
    pub headroom: Option<(f64, f64)>,
    /// What the verdict rests on, for whoever looks on.
    pub evidence: String,
    /// What was found wrong with the generator, where it was the limit.
    pub blame: Option<String>,
}

impl Said {
    /// Nothing but why there is nothing.
    pub fn silent(why: String) -> Self {
        Self { verdict: Err(why), slots: None, headroom: None, evidence: String::new(), blame: None }
    }

    /// A search that blames its generator names no cause in the target: where the generator is to be blamed, that is the answer.
    fn or_generator(self) -> Self {
        match &self.blame {
            Some(blame) if self.verdict.is_err() => {
                Self { verdict: Ok(("generator".to_owned(), "high".to_owned())), evidence: blame.clone(), ..self }
            }
            _ => self,
        }
    }
}

/// Installs what a server needs, starts it, searches it once and stops it.
pub fn search(server: &Server, environment: &Environment, seconds: u32) -> Result<Said, String> {
    environment.provide(server.needs)?;
    let stand = Stand::start(server, &environment.bin())?;
    let cage = server.slow_generator.then(|| Cage::make(NEXT_TO_NOTHING)).transpose()?;
    let url = format!("http://{}{}", stand.address(), server.path);
    let said = find(&url, seconds * server.times_as_long, &[], cage.as_ref())?;
    Ok(if server.slow_generator { said.or_generator() } else { said })
}

/// Searches a target for so many seconds.
pub fn find(target: &str, seconds: u32, flags: &[&str], cage: Option<&Cage>) -> Result<Said, String> {
    let mut command = inside(cage, &plimsoll());
    command.args(["find", target, "--json", "--time", &format!("{seconds}s")]).args(flags);
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("plimsoll can't be started: {error}"))?;
    let Ok(finding) = serde_json::from_slice::<Value>(&output.stdout) else {
        let why = String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or("no result").to_owned();
        return Ok(Said::silent(why));
    };
    Ok(read(&finding))
}

/// A program, in a control group where it is to be in one.
fn inside(cage: Option<&Cage>, program: &Path) -> Command {
    let Some(cage) = cage else { return Command::new(program) };
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("{}exec \"$@\"", cage.enter())).arg("sh").arg(program);
    command
}

fn read(finding: &Value) -> Said {
    let text = |path: &str| finding.pointer(path).and_then(Value::as_str).map(str::to_owned);
    let number = |path: &str| finding.pointer(path).and_then(Value::as_f64);
    let sentences = |path: &str| {
        let all = finding.pointer(path).and_then(Value::as_array).into_iter().flatten();
        all.filter_map(Value::as_str).collect::<Vec<_>>().join("; ")
    };
    let is_generator = finding.pointer("/generator/limited").and_then(Value::as_bool) == Some(true);
    let why_none = || text("/load_line/reasons/0").unwrap_or_else(|| "no cause".to_owned());
    Said {
        verdict: text("/cause/verdict").zip(text("/cause/confidence")).ok_or_else(why_none),
        slots: number("/slots/value"),
        headroom: number("/headroom/low").zip(number("/headroom/high")),
        evidence: sentences("/cause/evidence"),
        blame: is_generator.then(|| sentences("/generator/findings")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_finding_is_read_for_its_cause_or_for_who_is_to_blame() {
        let named = read(&json!({
            "cause": {"verdict": "lock", "confidence": "high", "evidence": ["a", "b"]},
            "slots": {"value": 4.5}, "headroom": {"low": 10.0, "high": 20.0}, "generator": {"limited": true}
        }));
        assert_eq!(named.verdict, Ok(("lock".to_owned(), "high".to_owned())));
        assert_eq!((named.slots, named.headroom, named.evidence.as_str()), (Some(4.5), Some((10.0, 20.0)), "a; b"));
        assert_eq!(named.clone().or_generator().verdict, named.verdict);
        let weak = read(&json!({
            "cause": null, "generator": {"limited": true, "findings": ["it was held back"]}, "slots": null, "load_line": {"reasons": ["weak"]}
        }));
        assert_eq!((&weak.verdict, weak.slots, weak.headroom), (&Err("weak".to_owned()), None, None));
        let blamed = weak.or_generator();
        assert_eq!((blamed.verdict, blamed.evidence.as_str()), (Ok(("generator".to_owned(), "high".to_owned())), "it was held back"));
        let none = read(&json!({"cause": null, "generator": {"limited": false}, "load_line": {"reasons": ["too short"]}}));
        assert_eq!(none.or_generator().verdict, Err("too short".to_owned()));
    }
}
