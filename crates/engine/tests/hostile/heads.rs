//! Heads that are none, that never end, or that say what no head may say.

use crate::beside::{after_a_request, assert_beside, assert_each, saying};
use plimsoll_core::outcome::Failure::{Malformed, ServerError, TooLarge, Unavailable};

#[test]
fn garbage() {
    assert_each(&[
        (b"SSH-2.0-OpenSSH_9.6\r\n", Err(Malformed)),
        (b"\0\0\0\x12\x04\0\0\0\0\0", Err(Malformed)),
        (b"\x15\x03\x03\0\x02\x02\x46", Err(Malformed)),
        (b"<html>no head at all</html>", Err(Malformed)),
        (b"HTTP/2 200 \r\n\r\n", Err(Malformed)),
        (b"HTTP/1.1 OK\r\n\r\n", Err(Malformed)),
        (b"\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", Err(Malformed)),
    ]);
}

#[test]
fn fields_that_are_none() {
    assert_each(&[
        (b"HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n", Err(Malformed)),
        (b"HTTP/1.1 200 OK\r\nX\0: a\r\nContent-Length: 0\r\n\r\n", Err(Malformed)),
        (b"HTTP/1.1 200 OK\r\nX: a\rY: b\r\nContent-Length: 0\r\n\r\n", Err(Malformed)),
        (b"HTTP/1.1 200 OK\r\nno colon\r\nContent-Length: 0\r\n\r\n", Err(Malformed)),
        (b"HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n", Err(Malformed)),
        (b"HTTP/1.1 200 OK\r\n: nameless\r\nContent-Length: 0\r\n\r\n", Err(Malformed)),
        (b"HTTP/1.1 200 OK\r\n folded first\r\nContent-Length: 0\r\n\r\n", Err(Malformed)),
    ]);
}

#[test]
fn statuses_at_and_beyond_the_border() {
    assert_each(&[
        (b"HTTP/1.1 000 Zero\r\nContent-Length: 0\r\n\r\n", Err(Malformed)),
        (b"HTTP/1.1 099 Low\r\nContent-Length: 0\r\n\r\n", Err(Malformed)),
        (b"HTTP/1.1 999 High\r\nContent-Length: 0\r\n\r\n", Err(ServerError)),
        (b"HTTP/1.1 1000 Long\r\nContent-Length: 0\r\n\r\n", Err(Malformed)),
        (b"HTTP/1.1 -20 Minus\r\nContent-Length: 0\r\n\r\n", Err(Malformed)),
    ]);
}

#[test]
fn line_feeds_alone_and_folded_lines_are_read() {
    assert_each(&[
        (b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok", Ok(())),
        (b"HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length:\r\n\t2\r\n\r\nok", Ok(())),
        (b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", Ok(())),
    ]);
}

#[test]
fn heads_without_end() {
    let one_line = after_a_request(|peer| {
        peer.say(b"HTTP/1.1 200 OK\r\nX: ");
        while peer.say(&[b'x'; 4096]) {}
    });
    assert_beside(&one_line, Err(TooLarge), "one line without end");
    let many_lines = after_a_request(|peer| {
        peer.say(b"HTTP/1.1 200 OK\r\n");
        while peer.say(b"X: y\r\n") {}
    });
    assert_beside(&many_lines, Err(TooLarge), "fields without end");
    let reason = after_a_request(|peer| {
        peer.say(b"HTTP/1.1 200 ");
        while peer.say(&[b'x'; 4096]) {}
    });
    assert_beside(&reason, Err(TooLarge), "a reason without end");
    let interim = after_a_request(|peer| while peer.say(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n") {});
    assert_beside(&interim, Err(TooLarge), "interim answers without end");
}

#[test]
fn very_many_fields() {
    let head = |fields: usize| [b"HTTP/1.1 200 OK\r\n".as_slice(), &b"X: y\r\n".repeat(fields), b"Content-Length: 0\r\n\r\n"].concat();
    assert_beside(&saying(head(127)), Ok(()), "as many fields as are read");
    assert_beside(&saying(head(128)), Err(TooLarge), "one more");
    assert_beside(&saying(head(5000)), Err(TooLarge), "very many more");
}

#[test]
fn interim_answers() {
    let many = [b"HTTP/1.1 100 Continue\r\n\r\n".repeat(50), b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n".repeat(50)].concat();
    let answer = [many.as_slice(), b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"].concat();
    assert_beside(&saying(answer), Ok(()), "a hundred interim answers before the answer");
    assert_each(&[
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", Err(Unavailable)),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", Err(Malformed)),
    ]);
}
