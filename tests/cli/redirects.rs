//! Redirects: an answer like any other, or followed once before the load.

use super::{
    hold::{hold, is_well},
    papers::Authority,
    plimsoll,
    server::{Asked, on_tcp, redirect, well},
};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

const FEW: [&str; 4] = ["-n", "10", "-c", "2"];

/// /0 leads to /1, and so on up to `last`.
fn chain(last: u32) -> impl Fn(&Asked) -> String {
    move |asked| match asked.path()[1..].parse::<u32>() {
        Ok(hop) if hop < last => redirect(302, &format!("/{}", hop + 1)),
        _ => well(asked),
    }
}

#[test]
fn the_load_goes_to_where_redirects_lead_and_they_are_asked_once() {
    let home = tempfile::tempdir().unwrap();
    let (address, seen) = on_tcp(None, chain(3));
    let (code, held) = hold(home.path(), &[&[&*format!("http://{address}/0"), "-L"], &FEW[..]].concat());
    assert!(is_well(code, &held) && held.good == 10, "{code:?}: {held:?}");
    assert_eq!(held.subject.url, format!("http://{address}/3"));
    let asked: Vec<String> = seen.requests().iter().map(|asked| asked.path().to_owned()).collect();
    // Each once, where they lead once more to see that it is no redirect, then the load.
    assert_eq!(asked[..4], ["/0", "/1", "/2", "/3"]);
    assert!(asked.len() == 14 && asked[4..].iter().all(|path| path == "/3"), "{asked:?}");
    assert!(!held.warnings.iter().any(|warning| warning.text.contains("redirect")), "{:?}", held.warnings);
}

#[test]
fn a_redirect_to_tls_is_followed_over_tls() {
    let (home, authority) = (tempfile::tempdir().unwrap(), Authority::new());
    let (secure, over_tls) = on_tcp(Some(authority.server("localhost", None)), well);
    let to = format!("https://localhost:{}/in", secure.port());
    let (plain, _) = on_tcp(None, move |_| redirect(308, &to));
    let secrets = ["-H", "Authorization: s3cret", "-H", "X-Plain: yes"];
    let (code, held) = hold(home.path(), &[&[&*format!("http://{plain}/"), "-L", "-k"], &FEW[..], &secrets].concat());
    assert!(is_well(code, &held) && held.good == 10, "{code:?}: {held:?}");
    // Another server than the user named does not get what is secret, and the user is told.
    let asked = &over_tls.requests()[5];
    assert_eq!((asked.path(), asked.field("authorization"), asked.field("x-plain")), ("/in", None, Some("yes")));
    assert!(held.warnings.iter().any(|warning| warning.text.contains("was not sent Authorization")), "{:?}", held.warnings);
}

#[test]
fn redirects_without_end_and_to_nowhere_are_a_broken_target() {
    let home = tempfile::tempdir().unwrap();
    let (endless, seen) = on_tcp(None, chain(u32::MAX));
    let (nowhere, _) = on_tcp(None, |_| redirect(301, "ftp://files.test/"));
    for (address, parts) in [(endless, &["without end", "/10"][..]), (nowhere, &["ftp://files.test/", "no http or https"])] {
        for command in ["find", "hold"] {
            let said = plimsoll(home.path(), &[command, &format!("http://{address}/0"), "-L"], &[]);
            assert_eq!(said.code, Some(4), "{parts:?}: {}", said.stderr);
            for part in parts {
                assert!(said.stderr.contains(part), "{command}: {}", said.stderr);
            }
        }
    }
    assert_eq!(seen.requests().len(), 22, "eleven requests for each of two runs");
}

#[test]
fn redirects_that_nobody_asked_to_follow_are_measured_with_a_warning() {
    let home = tempfile::tempdir().unwrap();
    let (address, seen) = on_tcp(None, |asked| if asked.path() == "/" { redirect(301, "/there?token=s3cret") } else { well(asked) });
    let url = format!("http://{address}/");
    let (code, held) = hold(home.path(), &[&[&*url], &FEW[..]].concat());
    assert!(is_well(code, &held) && held.good == 10, "{code:?}: {held:?}");
    let there = format!("redirects to {url}there?token=REDACTED");
    let warning = held.warnings.iter().find(|warning| warning.text.contains(&there));
    assert!(warning.is_some_and(|warning| warning.remedy.starts_with("-L ")), "{:?}", held.warnings);
    assert!(seen.requests().iter().all(|asked| asked.path() == "/"));
    let said = plimsoll(home.path(), &["find", &url, "--time", "5s", "--max-users", "2", "--no-overshoot"], &[]);
    let flat = said.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("answers with redirects"), "{}{}", said.stdout, said.stderr);
}

#[test]
fn redirects_that_only_the_load_sees_are_told_too() {
    let home = tempfile::tempdir().unwrap();
    let asked = AtomicUsize::new(0);
    let (address, _) = on_tcp(None, move |request| if asked.fetch_add(1, SeqCst) == 0 { well(request) } else { redirect(302, "/login") });
    let (code, held) = hold(home.path(), &[&[&*format!("http://{address}/"), "-L"], &FEW[..]].concat());
    assert!(is_well(code, &held) && held.good == 10, "{code:?}: {held:?}");
    assert!(held.warnings.iter().any(|warning| warning.text.contains("which -L could not follow")), "{:?}", held.warnings);
}
