//! Redirects, followed once before the load (RFC 9110, section 15.4), so that it goes to where they lead.

use super::{address, probe::Answer, redact};
use plimsoll_core::{finding::Warning, step::StepResult};
use plimsoll_engine::Request;
use url::Url;

/// Browsers and curl differ in how many they follow; nobody means more.
const MOST_HOPS: usize = 10;

/// A request and the address that it is sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    /// The address.
    pub url: Url,
    /// The request.
    pub request: Request,
    /// Headers with secrets that were left out, because another server than the user named was not to have them.
    pub withheld: Vec<String>,
}

/// Why redirects can't be followed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RedirectError {
    /// They do not end.
    #[error("{from} redirects without end: the {MOST_HOPS}th leads to {to}")]
    Endless {
        /// Where they began, secrets redacted.
        from: String,
        /// Where the last one leads, secrets redacted.
        to: String,
    },
    /// One leads where no HTTP is spoken.
    #[error("{from} redirects to {to:?}, which is no http or https address")]
    Elsewhere {
        /// What redirects, secrets redacted.
        from: String,
        /// What it names, secrets redacted.
        to: String,
    },
}

/// Follows redirects until an answer is none. `ask` sends a single request; where it gets no answer the way ends too, and the load will
/// show why.
///
/// # Errors
/// When they don't end or lead nowhere, and what `ask` fails with.
pub(super) fn follow<E: From<RedirectError>>(first: Asked, mut ask: impl FnMut(&Asked) -> Result<Option<Answer>, E>) -> Result<Asked, E> {
    let mut asked = first.clone();
    for _ in 0..MOST_HOPS {
        let Some(answer) = ask(&asked)? else { return Ok(asked) };
        match next(&asked, &answer)? {
            Some(next) => asked = next,
            None => return Ok(asked),
        }
    }
    // The way may end exactly here.
    let more = ask(&asked)?.map_or(Ok(None), |answer| next(&asked, &answer))?;
    match more {
        None => Ok(asked),
        Some(_) => Err(RedirectError::Endless { from: shown(&first.url), to: shown(&asked.url) }.into()),
    }
}

/// What an answer says to ask for instead; `None` when it is no redirect.
fn next(asked: &Asked, answer: &Answer) -> Result<Option<Asked>, RedirectError> {
    let (Some(location), true) = (&answer.location, is_redirect(answer.code)) else { return Ok(None) };
    let elsewhere = || RedirectError::Elsewhere {
        from: shown(&asked.url),
        to: asked.url.join(location).map_or_else(|_| location.clone(), |url| shown(&url)),
    };
    let mut url = asked.url.join(location).map_err(|_| elsewhere())?;
    let has_host = url.host_str().is_some_and(|host| !host.is_empty()) && url.port() != Some(0);
    if !["http", "https"].contains(&url.scheme()) || !has_host {
        return Err(elsewhere());
    }
    // Credentials are the user's to give, not the server's.
    if url.set_username("").is_err() || url.set_password(None).is_err() {
        return Err(elsewhere());
    }
    let mut request = Request { host: address::host(&url), target: address::origin_form(&url), ..asked.request.clone() };
    let becomes_get = match answer.code {
        303 => request.method != "HEAD",
        // What every browser does (RFC 9110, section 15.4.2).
        301 | 302 => request.method == "POST",
        _ => false,
    };
    if becomes_get {
        request.method = "GET".to_owned();
        request.body.clear();
        request.headers.retain(|(name, _)| !name.to_ascii_lowercase().starts_with("content-"));
    }
    let mut withheld = asked.withheld.clone();
    if url.host() != asked.url.host() || url.port() != asked.url.port() {
        request.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("host"));
    }
    if !may_have_secrets(&asked.url, &url) {
        let (secret, open) = request.headers.into_iter().partition(|(name, _)| redact::is_secret_header(name));
        request.headers = open;
        withheld.extend(Vec::into_iter(secret).map(|(name, _)| name));
    }
    Ok(Some(Asked { url, request, withheld }))
}

fn is_redirect(code: u16) -> bool {
    matches!(code, 301 | 302 | 303 | 307 | 308)
}

/// Whether what was meant for one server may go to the other: only to the same one, or from its usual port to TLS on its usual port.
fn may_have_secrets(from: &Url, to: &Url) -> bool {
    let upgraded = (from.scheme(), to.scheme()) == ("http", "https") && from.port().is_none() && to.port().is_none();
    from.host() == to.host() && (upgraded || (from.scheme() == to.scheme() && from.port() == to.port()))
}

fn shown(url: &Url) -> String {
    redact::url(url.as_str())
}

/// The warning of a load that did not get all that the user gave, because a redirect led elsewhere.
pub(super) fn withheld(asked: &Asked) -> Option<Warning> {
    (!asked.withheld.is_empty()).then(|| Warning {
        text: format!("Redirects led to another server, {}, which was not sent {}.", shown(&asked.url), asked.withheld.join(", ")),
        remedy: format!("Name {} as the target where it is to have it.", shown(&asked.url)),
    })
}

/// Whether a step's answers were redirects for the most part.
pub(super) fn are_most(step: &StepResult) -> bool {
    let all: u64 = step.statuses.values().sum();
    let redirects: u64 = step.statuses.iter().filter(|(code, _)| is_redirect(**code)).map(|(_, n)| n).sum();
    redirects > all / 2
}

/// The warning of a load that redirects answered. `to` is where they lead, where that is known.
pub(super) fn unfollowed(url: &str, to: Option<&Url>) -> Warning {
    let to = to.map(|to| format!(" to {}", shown(to))).unwrap_or_default();
    Warning {
        text: format!("{url} answers with redirects{to}: that answer was measured, not what it leads to."),
        remedy: "-L follows them before the load, or name the address that they lead to.".to_owned(),
    }
}

/// The warning of a load that redirects answered although they were to be followed.
pub(super) fn still(url: &str) -> Warning {
    Warning {
        text: format!("{url} answers with redirects, which -L could not follow: single requests had other answers, or none."),
        remedy: "Name the address that they lead to.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(url: &str) -> Asked {
        let url = Url::parse(url).unwrap();
        let headers = [("Authorization", "s3cret"), ("Cookie", "s3cret"), ("Accept", "a/b"), ("Host", "me"), ("Content-Type", "c/d")];
        let request = Request {
            method: "POST".to_owned(),
            headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            body: b"body".to_vec(),
            ..Request::get(address::host(&url), address::origin_form(&url))
        };
        Asked { url, request, withheld: Vec::new() }
    }

    fn answer(code: u16, location: &str) -> Answer {
        Answer { code, reason: String::new(), location: Some(location.to_owned()) }
    }

    fn after(code: u16, location: &str) -> Asked {
        next(&asked("http://a.org/x/y?z"), &answer(code, location)).unwrap().unwrap()
    }

    fn names(asked: &Asked) -> Vec<&str> {
        asked.request.headers.iter().map(|(name, _)| name.as_str()).collect()
    }

    #[test]
    fn a_location_is_read_beside_the_address_that_it_came_from() {
        for (location, url, host, target) in [
            ("/b?c#d", "http://a.org/b?c#d", "a.org", "/b?c"),
            ("w", "http://a.org/x/w", "a.org", "/x/w"),
            ("//b.org:81", "http://b.org:81/", "b.org:81", "/"),
            ("https://u:p@a.org/ a", "https://a.org/%20a", "a.org", "/%20a"),
        ] {
            let after = after(307, location);
            assert_eq!((after.url.as_str(), &*after.request.host, &*after.request.target), (url, host, target));
        }
    }

    #[test]
    fn secrets_go_to_no_other_server() {
        for location in ["http://b.org/", "https://a.org:8443/", "http://a.org:81/", "http://a.org.evil.net/"] {
            let after = after(307, location);
            assert_eq!(names(&after), ["Accept", "Content-Type"], "{location}");
            let warning = withheld(&after).unwrap();
            assert!(warning.text.contains("Authorization, Cookie") && !warning.text.contains("s3cret"), "{warning:?}");
        }
        for location in ["/b", "http://a.org/", "http://A.org:80/"] {
            assert_eq!(names(&after(307, location)).len(), 5, "{location}");
        }
        // To TLS on the usual port.
        assert!(names(&after(307, "https://a.org/")).contains(&"Authorization"));
        let down = next(&asked("https://a.org/"), &answer(307, "http://a.org/")).unwrap().unwrap();
        assert!(!names(&down).contains(&"Authorization"));
        // And what was left out stays out on the way back.
        let back = next(&after(307, "http://b.org/"), &answer(307, "http://a.org/")).unwrap().unwrap();
        assert!(!names(&back).contains(&"Authorization") && back.withheld.len() == 2);
    }

    #[test]
    fn a_post_becomes_a_get_where_the_status_says_so() {
        for (code, method, body) in
            [(301, "GET", &b""[..]), (302, "GET", b""), (303, "GET", b""), (307, "POST", b"body"), (308, "POST", b"body")]
        {
            let after = after(code, "/b");
            assert_eq!((after.request.method.as_str(), after.request.body.as_slice()), (method, body), "{code}");
            assert_eq!(names(&after).contains(&"Content-Type"), method == "POST", "{code}");
        }
    }

    #[test]
    fn what_is_no_redirect_is_not_followed() {
        let here = asked("http://a.org/");
        for code in [200, 201, 300, 304, 305, 404] {
            assert_eq!(next(&here, &answer(code, "/b")), Ok(None), "{code}");
        }
        assert_eq!(next(&here, &Answer { location: None, ..answer(301, "") }), Ok(None));
        for location in ["ftp://a.org/", "mailto:a@b.org", "http://", "http://a.org:0/", "file:///etc/passwd"] {
            assert!(matches!(next(&here, &answer(301, location)), Err(RedirectError::Elsewhere { .. })), "{location}");
        }
    }

    #[test]
    fn ten_are_followed_and_an_eleventh_is_without_end() {
        let walk = |last: u32| {
            let mut hops = 0;
            let walked = follow(asked("http://a.org/0"), |_| {
                hops += 1;
                Ok::<_, RedirectError>(Some(if hops <= last { answer(302, &format!("/{hops}")) } else { answer(200, "") }))
            });
            walked.map(|asked| asked.url.path().to_owned())
        };
        assert_eq!(walk(0).as_deref(), Ok("/0"));
        assert_eq!(walk(10).as_deref(), Ok("/10"));
        let error = walk(11).unwrap_err().to_string();
        assert!(error.contains("http://a.org/0") && error.contains("10th"), "{error}");
        // Where nobody answers, the load will show why.
        assert_eq!(follow::<RedirectError>(asked("http://a.org/0"), |_| Ok(None)).unwrap().url.path(), "/0");
    }
}
