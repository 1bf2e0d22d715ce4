//! What each fault does, and that it does no more.

use crate::{
    client::{Answer, Client, get, get_at_once},
    eventually, serve,
};
use std::{io::ErrorKind, time::Duration};

#[test]
fn one_more_than_the_bound_is_refused() {
    for model in ["threads", "async"] {
        let target = serve(&format!("{model}?wait=500ms&refuse_above=3"));
        let statuses = |n| {
            let mut statuses: Vec<u16> = get_at_once(target.address(), n).into_iter().map(|answer| answer.unwrap().status).collect();
            statuses.sort_unstable();
            statuses
        };
        assert_eq!(statuses(5), [200, 200, 200, 503, 503], "{model}");
        assert_eq!(statuses(3), [200, 200, 200], "{model}");
    }
}

#[test]
fn the_rate_limit_lets_its_burst_through_and_then_answers_429() {
    for model in ["threads", "async", "pool"] {
        // One request in 10 s: after the burst of 10 nothing comes through while this test runs.
        let target = serve(&format!("{model}?wait=0&limit_rate=0.1"));
        let statuses: Vec<u16> = (0..14).map(|_| get(target.address()).unwrap().status).collect();
        assert_eq!(statuses, [[200; 10].as_slice(), &[429; 4]].concat(), "{model}");
    }
}

#[test]
fn a_crash_takes_everything_along_and_the_server_comes_back_at_its_address() {
    for model in ["threads", "async"] {
        let target = serve(&format!("{model}?wait=500ms&crash_above=2&restart=50ms"));
        assert!(get_at_once(target.address(), 2).iter().all(Result::is_ok), "{model}");
        assert!(get_at_once(target.address(), 3).iter().all(Result::is_err), "{model}");
        eventually("served again", || get(target.address()).is_ok_and(|answer| answer.status == 200));
        assert!(target.is_alive());
    }
}

#[test]
fn between_crash_and_restart_connections_are_refused() {
    let target = serve("threads?wait=500ms&crash_above=1&restart=1h");
    assert!(get_at_once(target.address(), 2).iter().all(Result::is_err));
    eventually("refused", || get(target.address()).is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused));
    assert!(target.is_alive(), "the supervisor stays");
}

#[test]
fn a_crash_without_restart_ends_the_target() {
    let target = serve("async?wait=500ms&crash_above=1&restart=never");
    assert!(get_at_once(target.address(), 2).iter().all(Result::is_err));
    eventually("ended", || target.ended().is_some());
    assert_eq!(target.ended().unwrap(), "signal 6");
}

#[test]
fn death_comes_after_the_declared_number_of_requests() {
    for spec in ["threads?wait=0&die_after=3", "async?wait=0&die_after=3", "pool?wait=0&die_after=3&crash_above=3"] {
        let target = serve(spec);
        for _ in 0..3 {
            assert_eq!(get(target.address()).unwrap().status, 200, "{spec}");
        }
        assert!(get(target.address()).is_err(), "{spec}");
        eventually("ended for good", || !target.is_alive());
    }
}

#[test]
fn death_comes_at_the_declared_time_after_the_first_request() {
    for spec in ["threads?wait=0&die_at=50ms", "async?wait=0&die_at=50ms", "processes?wait=0&die_at=50ms"] {
        let target = serve(spec);
        assert!(target.is_alive());
        assert_eq!(get(target.address()).unwrap().status, 200, "{spec}");
        eventually("ended for good", || !target.is_alive());
    }
}

#[test]
fn beyond_the_bound_requests_hang_until_the_client_gives_up() {
    for model in ["threads", "async"] {
        let target = serve(&format!("{model}?wait=400ms&hang_above=1"));
        let mut first = Client::connect(target.address()).unwrap();
        let mut second = Client::connect(target.address()).unwrap();
        first.send().unwrap();
        second.send().unwrap();
        second.give_up_after(Duration::from_secs(1)).unwrap();
        // Whichever came second hangs.
        let answered = [second.receive().is_ok(), first.give_up_after(Duration::from_secs(1)).is_ok() && first.receive().is_ok()];
        assert_eq!(answered.iter().filter(|answered| **answered).count(), 1, "{model}");
        drop((first, second));
        eventually("served again", || {
            let mut client = Client::connect(target.address()).unwrap();
            client.give_up_after(Duration::from_secs(1)).unwrap();
            client.send().and_then(|()| client.receive()).is_ok()
        });
    }
}

#[test]
fn garbage_is_no_http() {
    for model in ["threads", "async", "pool"] {
        let target = serve(&format!("{model}?wait=0&speak=garbage"));
        assert_eq!(get(target.address()).unwrap_err().kind(), ErrorKind::InvalidData, "{model}");
    }
}

#[test]
fn the_declared_status_is_answered() {
    for model in ["threads", "async", "single"] {
        let target = serve(&format!("{model}?wait=0&status=500"));
        let Answer { status, body, .. } = get(target.address()).unwrap();
        assert_eq!((status, body), (500, 100), "{model}");
    }
}

#[test]
fn a_huge_body_is_announced_streamed_and_can_be_left() {
    for model in ["threads", "async"] {
        let target = serve(&format!("{model}?wait=0&huge=1GiB"));
        let mut client = Client::connect(target.address()).unwrap();
        client.send().unwrap();
        let (head, _) = client.head().unwrap();
        assert!(String::from_utf8_lossy(&head).to_lowercase().contains("content-length: 1073741824\r\n"), "{model}");
        client.swallow(4 << 20).unwrap();
        drop(client);
        assert!(Client::connect(target.address()).unwrap().send().is_ok(), "{model}");
        assert!(target.is_alive());
    }
}
