//! Field blocks of the standard, and broken ones.

use super::fields::{FieldReader, Section, Unreadable};

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn status(status: u16) -> Result<Section, Unreadable> {
    Ok(Section { status: Some(status), ..Section::default() })
}

#[test]
fn the_answers_of_the_standard_and_their_table() {
    // RFC 7541, appendix C.6, whose table holds 256 bytes: three answers, with what the table uses after each.
    let mut reader = FieldReader::default();
    reader.most = 256;
    let answers = [
        (
            302,
            222,
            "4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3",
        ),
        (307, 222, "4883 640e ffc1 c0bf"),
        (
            200,
            215,
            "88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07",
        ),
    ];
    for (want, used, block) in answers {
        assert_eq!(reader.read(&hex(block)), status(want));
        assert_eq!(reader.used, used);
    }
}

#[test]
fn a_block_that_changes_nothing_is_known_again() {
    let mut reader = FieldReader::default();
    // 200, and a date that enters the table; then both by index.
    assert_eq!(reader.read(&hex("88 61 03 61 62 63")), status(200));
    assert_eq!(reader.last, None);
    for _ in 0..2 {
        assert_eq!(reader.read(&hex("88 be")), status(200));
        assert_eq!(reader.last, status(200).ok());
    }
    assert_eq!(reader.read(&hex("8d be")), status(404));
}

#[test]
fn lengths_are_read_and_contradictions_seen() {
    let mut reader = FieldReader::default();
    let section = reader.read(&hex("88 0f 0d 02 3132")).unwrap();
    assert_eq!(section, Section { status: Some(200), length: Some(12), is_malformed: false });
    for malformed in ["88 88", "88 0f0d 0131 0f0d 0132", "88 82", "0f0d 0131 88", "08 03 616263", "08 04 32303030", "88 0f0d 0278 79"] {
        assert!(reader.read(&hex(malformed)).unwrap().is_malformed, "{malformed}");
    }
}

#[test]
fn blocks_that_can_not_be_read() {
    for broken in ["80", "be", "ff ff ff ff ff ff 0f", "40 05 61", "00", "88 20", "3f e2 1f", "00 01 61 82 ff ff"] {
        assert_eq!(FieldReader::default().read(&hex(broken)), Err(Unreadable), "{broken}");
    }
    let mut reader = FieldReader::default();
    assert_eq!(reader.read(&hex("20 88")), status(200), "a table of no size");
    assert_eq!((reader.most, reader.read(&hex("88 61 01 61"))), (0, status(200)));
    assert_eq!(reader.read(&hex("88 be")), Err(Unreadable), "nothing was kept");
}
