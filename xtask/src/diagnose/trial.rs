//! Searches of a server whose cause is known, and how each is marked.

use super::{find::Said, servers::Server};

/// One search of a server.
pub struct Trial {
    pub server: &'static Server,
    /// What was said, or why it was not run.
    pub said: Result<Said, String>,
}

/// What became of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Right,
    /// A cause that is not there, with confidence.
    Wrong,
    /// "Cannot tell", low confidence, or no answer at all.
    Neither,
    /// The server could not be had here.
    NotRun,
}

impl Trial {
    pub fn mark(&self) -> Mark {
        let Ok(said) = &self.said else { return Mark::NotRun };
        match &said.verdict {
            Ok((verdict, _)) if self.server.right.contains(&verdict.as_str()) => Mark::Right,
            Ok((verdict, confidence)) if verdict != "unknown" && confidence != "low" => Mark::Wrong,
            _ => Mark::Neither,
        }
    }

    /// The answer in a few words, on one line.
    pub fn words(&self) -> String {
        let words = match &self.said {
            Ok(Said { verdict: Ok((verdict, confidence)), .. }) => format!("`{verdict}` ({confidence})"),
            Ok(Said { verdict: Err(why), .. }) => why.clone(),
            Err(why) => format!("not run: {why}"),
        };
        words.replace(['|', '\n'], " ")
    }

    /// Slots, where they are known.
    pub fn slots(&self) -> Option<f64> {
        self.said.as_ref().ok()?.slots
    }
}

/// Whether a few searches that everybody can make came out well enough: nothing wrong, all run, and at most one without the right answer.
pub fn passes(trials: &[Trial]) -> Result<(), String> {
    let of = |mark: Mark| trials.iter().filter(move |trial| trial.mark() == mark).map(|trial| trial.server.name).collect::<Vec<_>>();
    let (right, wrong) = (of(Mark::Right).len(), of(Mark::Wrong));
    if !wrong.is_empty() {
        return Err(format!("a cause that is not there was named for: {}", wrong.join("; ")));
    }
    let missing: Vec<String> = trials.iter().filter(|trial| trial.mark() == Mark::NotRun).map(Trial::words).collect();
    if !missing.is_empty() {
        return Err(missing.join("; "));
    }
    if right + 1 < trials.len() {
        return Err(format!("only {right} of {} causes were named", trials.len()));
    }
    Ok(())
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::diagnose::servers::all;

    /// A search of the first server (4 workers) that ended so.
    pub fn trial(said: Result<Result<(&str, &str), &str>, &str>, slots: Option<f64>) -> Trial {
        let server = all().next().expect("there are servers");
        let said = said.map(|verdict| {
            let verdict = verdict.map(|(verdict, confidence)| (verdict.to_owned(), confidence.to_owned())).map_err(str::to_owned);
            Said { verdict, slots, ..Said::silent(String::new()) }
        });
        Trial { server, said: said.map_err(str::to_owned) }
    }

    #[test]
    fn marks() {
        let marks = [
            (Ok(Ok(("worker_pool", "high"))), Mark::Right),
            (Ok(Ok(("worker_pool", "low"))), Mark::Right),
            (Ok(Ok(("unknown", "low"))), Mark::Neither),
            (Ok(Ok(("lock", "low"))), Mark::Neither),
            (Ok(Ok(("lock", "medium"))), Mark::Wrong),
            (Ok(Err("withheld")), Mark::Neither),
            (Err("not installed"), Mark::NotRun),
        ];
        for (said, mark) in marks {
            assert_eq!(trial(said, None).mark(), mark, "{said:?}");
        }
    }

    #[test]
    fn one_may_be_silent_and_none_may_be_wrong() {
        let right = || trial(Ok(Ok(("worker_pool", "high"))), None);
        let with = |other: Trial| passes(&[right(), right(), right(), right(), other]);
        assert_eq!(with(right()), Ok(()));
        assert_eq!(with(trial(Ok(Err("withheld")), None)), Ok(()));
        assert!(with(trial(Err("no Python"), None)).is_err_and(|why| why.contains("no Python")));
        assert!(with(trial(Ok(Ok(("lock", "high"))), None)).is_err_and(|why| why.contains("gunicorn sync")));
        assert!(passes(&[right(), right(), trial(Ok(Err("")), None), trial(Ok(Err("")), None)]).is_err_and(|why| why.contains("2 of 4")));
    }
}
