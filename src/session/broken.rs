//! What is the matter with a target that was broken at the smallest load, in a sentence, with what to do.

use plimsoll_core::{
    outcome::{Failure, FailureCounts},
    step::StepResult,
    units::{show_count, show_duration},
};
use std::time::Duration;

/// A broken target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// What was seen, naming the address; no full stop.
    pub text: String,
    /// What to do; no full stop.
    pub remedy: String,
}

/// What to call the target in a sentence.
#[derive(Clone, Copy, Debug)]
pub struct Names<'a> {
    /// The whole address, secrets redacted.
    pub url: &'a str,
    /// Host and port.
    pub authority: &'a str,
    /// The call of curl that shows what it answers.
    pub curl: &'a str,
    /// How long an answer may take.
    pub timeout: Duration,
}

/// The failures of a step, those while settling included.
pub fn failures(step: &StepResult) -> FailureCounts {
    let mut all = step.failed();
    all.merge(&step.settle_failed);
    all
}

/// The most frequent kind of failure; `None` when nothing failed.
pub fn foremost(failures: &FailureCounts) -> Option<Failure> {
    failures.seen().max_by_key(|(_, n)| *n).map(|(kind, _)| kind)
}

/// Puts what the step that showed it saw into a sentence; `None` when nothing failed. `status` is the status line of one further request, for kinds of bad answers.
pub fn explain(names: Names<'_>, step: &StepResult, status: Option<&str>) -> Option<Broken> {
    let Names { url, authority, curl, timeout } = names;
    let failures = failures(step);
    let good = step.good() + step.settle_good;
    if failures.total() + good == 0 {
        let waited = show_duration(step.settled + step.measured());
        return Some(Broken {
            text: format!("{url} takes connections but answers nothing for {waited}"),
            remedy: format!("see what hangs with: {curl}"),
        });
    }
    let kind = foremost(&failures)?;
    let timeout = show_duration(timeout);
    // Where nobody could be asked, the status itself is known still.
    let code = step.statuses.iter().filter(|(code, _)| **code >= 400).max_by_key(|(_, n)| **n).map(|(code, _)| code.to_string());
    let answers = |what: &str| match status.map(str::to_owned).or_else(|| code.clone()) {
        Some(line) => format!("{url} answers {line:?}"),
        None => format!("{url} answers {what}"),
    };
    let (text, remedy) = match kind {
        Failure::Refused => {
            (format!("nobody listens at {authority}: connections are refused"), "start the server, or check host and port".to_owned())
        }
        Failure::Unreachable => (format!("the host of {authority} can't be reached"), "check the address and the network".to_owned()),
        Failure::ConnectTimedOut => (
            format!("{authority} takes no connection within {timeout}"),
            "check the address and any firewall, or give --timeout more".to_owned(),
        ),
        Failure::TimedOut => (
            format!("{url} takes connections but gives no complete answer within {timeout}"),
            format!("see what hangs with: {curl} ; or give --timeout more"),
        ),
        Failure::Reset | Failure::Closed => {
            (format!("{authority} closes connections without an answer"), "check that it speaks HTTP without TLS on this port".to_owned())
        }
        Failure::Truncated => (format!("{url} cuts its answers off"), format!("see what is missing with: {curl}")),
        Failure::Malformed => {
            (format!("what answers at {authority} speaks no HTTP/1.1"), "check the port, and whether it speaks TLS (https://)".to_owned())
        }
        Failure::TooLarge => (format!("the answers of {url} are too large to take"), "choose a path with a smaller answer".to_owned()),
        Failure::TlsHandshake => (
            format!("{authority} agrees to no TLS session"),
            "check that this port speaks TLS (http:// for one that does not), and which versions and protocols it takes".to_owned(),
        ),
        Failure::CertificateExpired => (
            format!("the certificate of {authority} is out of date, or not valid yet"),
            "renew it, or -k to measure without checking it".to_owned(),
        ),
        Failure::CertificateName => (
            format!("the certificate of {authority} is for another name"),
            "the name that it is for with --connect-to, or -k to measure without checking it".to_owned(),
        ),
        Failure::CertificateUntrusted => (
            format!("the certificate of {authority} comes from nobody who is trusted"),
            "--cacert FILE with the authority that signed it, or -k to measure without checking it".to_owned(),
        ),
        Failure::TlsAlert => (
            format!("{authority} ends TLS sessions with an alert"),
            "its log names the reason; it may want a client certificate (--cert, --key)".to_owned(),
        ),
        Failure::TlsBroken => (format!("{authority} breaks TLS sessions off"), "look into the log of the server".to_owned()),
        Failure::GoAway | Failure::StreamReset => {
            (format!("{authority} turns HTTP/2 requests away"), "look into the log of the server, or leave --http2 out".to_owned())
        }
        Failure::Http2Broken => {
            (format!("what answers at {authority} breaks HTTP/2, or does not speak it"), "leave --http2 out, or check the port".to_owned())
        }
        Failure::TooManyRequests => (
            format!("{} from the first requests on", answers("429 too many requests")),
            "raise its limit for this client, or give credentials with -H".to_owned(),
        ),
        Failure::Unavailable | Failure::ServerError => {
            (format!("{} from the first requests on", answers("with a server error")), "look into the log of the server".to_owned())
        }
        Failure::ClientError => (
            format!("{} from the first requests on", answers("with a client error")),
            "check the path, the method (-m) and the headers (-H)".to_owned(),
        ),
    };
    let share = if good == 0 {
        String::new()
    } else {
        format!(" ({} of {} requests failed)", show_count(failures.total()), show_count(failures.total() + good))
    };
    Some(Broken { text: text + &share, remedy })
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_core::step::{Batch, Load, Purpose, Settle, StepPlan};

    const NAMES: Names<'_> = Names {
        url: "http://127.0.0.1:9/shop",
        authority: "127.0.0.1:9",
        curl: "curl -v http://127.0.0.1:9/shop",
        timeout: Duration::from_secs(10),
    };

    fn first_step(good: u64, kind: Failure, failed: u64) -> StepResult {
        let plan = StepPlan {
            purpose: Purpose::Ramp,
            load: Load::Users { users: 1, think: Duration::ZERO },
            settle: Settle { least: Duration::ZERO, most: Duration::ZERO, completions: 0 },
            measure: Duration::from_secs(1),
            batches: 1,
            limits: Vec::new(),
            requests: None,
        };
        let mut batch = Batch::empty(0);
        batch.good = good;
        batch.failed.add(kind, failed);
        let mut step = StepResult::begin(plan, Duration::ZERO);
        step.batches.push(batch);
        step
    }

    #[test]
    fn every_kind_of_failure_has_a_sentence_that_names_the_target_and_a_remedy() {
        for &kind in Failure::ALL {
            let broken = explain(NAMES, &first_step(0, kind, 7), None).unwrap();
            assert!(broken.text.contains("127.0.0.1:9"), "{broken:?}");
            assert!(broken.remedy.len() > 10 && !broken.text.contains("of 7"), "{broken:?}");
        }
    }

    #[test]
    fn the_status_is_quoted_and_a_part_is_counted() {
        let broken = explain(NAMES, &first_step(30, Failure::ClientError, 70), Some("404 Not Found")).unwrap();
        assert_eq!(broken.text, "http://127.0.0.1:9/shop answers \"404 Not Found\" from the first requests on (70 of 100 requests failed)");
        assert_eq!(explain(NAMES, &first_step(9, Failure::Refused, 0), None), None);
        let mut unasked = first_step(0, Failure::ClientError, 7);
        unasked.statuses = [(200, 9), (401, 3), (403, 4)].into();
        let broken = explain(NAMES, &unasked, None).unwrap();
        assert_eq!(broken.text, "http://127.0.0.1:9/shop answers \"403\" from the first requests on");
    }

    #[test]
    fn silence_is_said_with_how_long_it_lasted() {
        let mut step = first_step(0, Failure::Refused, 0);
        step.settled = Duration::from_secs(3);
        let broken = explain(NAMES, &step, None).unwrap();
        assert!(broken.text.contains("http://127.0.0.1:9/shop") && broken.text.ends_with("answers nothing for 3 s"), "{broken:?}");
    }
}
