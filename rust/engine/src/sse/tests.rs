//! What the standard says, line by line; every way to cut a stream is in `tests/fuzz_smoke.rs`.

use super::*;

fn decode(pieces: &[&[u8]]) -> Vec<(Option<String>, Vec<u8>)> {
    let mut decoder = Decoder::new(1024);
    let mut events = Vec::new();
    for piece in pieces {
        decoder.feed(Bytes::copy_from_slice(piece)).unwrap();
        while let Some(event) = decoder.next_event().unwrap() {
            events.push(event);
        }
    }
    events.extend(decoder.finish().unwrap());
    events.into_iter().map(|event| (event.name.map(String::from), event.data.to_vec())).collect()
}

fn data(pieces: &[&str]) -> Vec<String> {
    let pieces: Vec<&[u8]> = pieces.iter().map(|piece| piece.as_bytes()).collect();
    decode(&pieces).into_iter().map(|(_, data)| String::from_utf8(data).unwrap()).collect()
}

#[test]
fn every_line_ending_ends_a_line() {
    for text in ["data: a\n\ndata: b\n\n", "data: a\r\n\r\ndata: b\r\n\r\n", "data: a\r\rdata: b\r\r"] {
        assert_eq!(data(&[text]), ["a", "b"], "{text:?}");
    }
    assert_eq!(data(&["data: a\r\n\ndata: b\n\r\n"]), ["a", "b"]);
}

#[test]
fn a_line_ending_split_across_pieces_is_one() {
    assert_eq!(data(&["data: a\r", "\ndata: b\r", "\n\r", "\ndata: c\n\n"]), ["a\nb", "c"]);
    assert_eq!(data(&["data: a\r\n\r", "", "\ndata: b\r\r"]), ["a", "b"]);
}

#[test]
fn an_event_ended_by_cr_does_not_wait_for_the_next_piece() {
    let mut decoder = Decoder::new(1024);
    decoder.feed(Bytes::from_static(b"data: a\r\n\r")).unwrap();
    assert_eq!(decoder.next_event().unwrap().unwrap().data, "a");
}

#[test]
fn unicode_line_separators_are_data() {
    let text = "a\u{2028}b\u{2029}c\u{85}d\u{b}e\u{c}f\u{0}g";
    assert_eq!(data(&[&format!("data: {text}\n\n")]), [text]);
}

#[test]
fn a_character_split_across_pieces_is_whole() {
    let text = "data: \u{1f600}\u{e9}\n\n".as_bytes();
    for cut in 0..text.len() {
        let (before, after) = text.split_at(cut);
        assert_eq!(decode(&[before, after]), [(None, "\u{1f600}\u{e9}".as_bytes().to_vec())]);
    }
}

#[test]
fn fields_follow_the_standard() {
    assert_eq!(data(&["data: a\ndata:b\ndata:  c\ndata\ndata:\n\n"]), ["a\nb\n c\n\n"]);
    assert_eq!(data(&[": comment\n\n:\n\ndata: a\n: x\ndata: b\n\n"]), ["a\nb"]);
    assert_eq!(data(&["id: 1\nretry: 5\nDATA: no\ndatab: no\n data: no\ndata: a\n\n"]), ["a"]);
    assert_eq!(data(&["data\n\n"]), [""]);
    assert_eq!(data(&["\n\n\r\n"]), [""; 0]);
}

#[test]
fn an_event_may_have_a_name() {
    let events = decode(&[
        b"event: error\ndata: a\n\ndata: b\n\nevent: lost\n\ndata: c\nevent:\n\ndata: d\nevent: x\nevent: y\n\n",
    ]);
    let names: Vec<_> = events.iter().map(|(name, _)| name.as_deref()).collect();
    assert_eq!(names, [Some("error"), None, None, Some("y")]);
}

#[test]
fn a_byte_order_mark_counts_only_at_the_start() {
    assert_eq!(data(&["\u{feff}data: a\n\n\u{feff}data: b\n\n"]), ["a"]);
    assert_eq!(decode(&[b"\xEF", b"\xBB", b"\xBFdata: a\n\n"]), [(None, b"a".to_vec())]);
    assert_eq!(data(&["\u{feff}\ndata: a\n\n"]), ["a"]);
    assert_eq!(data(&["\n\u{feff}data: a\n\n"]), [""; 0]);
}

#[test]
fn the_end_of_the_body_ends_the_last_event() {
    assert_eq!(data(&["data: a\n\ndata: b\n"]), ["a", "b"]);
    assert_eq!(data(&["data: a\n\ndata: b"]), ["a", "b"]);
    assert_eq!(data(&["data: a\n\n: b"]), ["a"]);
    assert_eq!(data(&["event: x\n"]), [""; 0]);
}

#[test]
fn pieces_fed_before_their_events_are_read_are_joined() {
    let mut decoder = Decoder::new(1024);
    for piece in ["data: a\n\nda", "ta: b\n\n", "data: c\n\n"] {
        decoder.feed(Bytes::from_static(piece.as_bytes())).unwrap();
    }
    let events: Vec<_> = std::iter::from_fn(|| decoder.next_event().unwrap()).map(|event| event.data).collect();
    assert_eq!(events, ["a", "b", "c"]);
}

#[test]
fn an_event_within_one_piece_is_not_copied() {
    let piece = Bytes::from("data: abc\n\n".to_owned());
    let mut decoder = Decoder::new(1024);
    decoder.feed(piece.clone()).unwrap();
    let event = decoder.next_event().unwrap().unwrap();
    assert_eq!(event.data.as_ptr(), piece.slice(6..).as_ptr());
}

#[test]
fn an_event_over_the_limit_is_refused() {
    let refuses = |pieces: &[&str]| {
        let mut decoder = Decoder::new(20);
        pieces.iter().any(|piece| {
            let fed = decoder.feed(Bytes::copy_from_slice(piece.as_bytes()));
            fed.and_then(|()| decoder.next_event()).is_err_and(|error| error.kind() == Kind::ResponseValidation)
        })
    };
    assert!(!refuses(&["data: 0123456789\n\n", "data: 0123456789\n\n", "data: 0123456789\n\n"]));
    assert!(refuses(&["data: 01234567890123456789\n\n"]), "one line");
    assert!(refuses(&["data: 0123456789", "0123456789"]), "a line in pieces");
    assert!(refuses(&["data: 012345\ndata: 012345\ndata: 012345\n\n"]), "many lines");
    assert!(refuses(&["data: 012345\n", "data: 012345\n", "data: 012345\n"]), "many lines in pieces");
    assert!(refuses(&["data: a\n\ndata: b\n\n", "data: c\n\ndata: d\n\n"]), "events left unread");
}
