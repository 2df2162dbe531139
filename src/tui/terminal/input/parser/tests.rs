use super::*;
use crossterm::event::{MouseButton, MouseEventKind};
use proptest::prelude::*;

fn parsed(bytes: &[u8]) -> Vec<Parsed> {
    let mut out = Vec::new();
    Parser::default().feed(bytes, &mut |parsed| out.push(parsed));
    out
}

/// Keys that come of pieces with silence between them, as `patience` measures it.
fn slowly(pieces: &[&[u8]]) -> Vec<Parsed> {
    let mut out = Vec::new();
    let mut parser = Parser::default();
    for piece in pieces {
        parser.feed(piece, &mut |parsed| out.push(parsed));
        if parser.patience().is_some_and(|patience| patience < Duration::from_millis(600)) {
            parser.expire(&mut |parsed| out.push(parsed));
        }
    }
    out
}

fn key(code: KeyCode, modifiers: KeyModifiers) -> Vec<Parsed> {
    vec![press(code, modifiers)]
}

fn keys_of(parsed: &[Parsed]) -> usize {
    parsed.iter().filter(|parsed| matches!(parsed, Parsed::Event(_))).count()
}

#[test]
fn keys_are_read_in_every_terminals_form() {
    use KeyModifiers as M;
    for (bytes, code, modifiers) in [
        (&b"g"[..], KeyCode::Char('g'), M::NONE),
        (b"G", KeyCode::Char('G'), M::SHIFT),
        (b"\r", KeyCode::Enter, M::NONE),
        (b"\t", KeyCode::Tab, M::NONE),
        (b"\x7f", KeyCode::Backspace, M::NONE),
        (b"\x04", KeyCode::Char('d'), M::CONTROL),
        (b"\x1a", KeyCode::Char('z'), M::CONTROL),
        (b"\x00", KeyCode::Char(' '), M::CONTROL),
        (b"\x1c", KeyCode::Char('\\'), M::CONTROL),
        ("é".as_bytes(), KeyCode::Char('é'), M::NONE),
        ("界".as_bytes(), KeyCode::Char('界'), M::NONE),
        (b"\x1bx", KeyCode::Char('x'), M::ALT),
        (b"\x1b[A", KeyCode::Up, M::NONE),
        (b"\x1bOA", KeyCode::Up, M::NONE),
        (b"\x1b[1;5C", KeyCode::Right, M::CONTROL),
        (b"\x1b\x1b[D", KeyCode::Left, M::ALT),
        (b"\x1b[Z", KeyCode::BackTab, M::SHIFT),
        (b"\x1bOP", KeyCode::F(1), M::NONE),
        (b"\x1b[[A", KeyCode::F(1), M::NONE),
        (b"\x1b[1;5R", KeyCode::F(3), M::CONTROL),
        (b"\x1b[15~", KeyCode::F(5), M::NONE),
        (b"\x1b[17;2~", KeyCode::F(6), M::SHIFT),
        (b"\x1b[24~", KeyCode::F(12), M::NONE),
        (b"\x1b[3~", KeyCode::Delete, M::NONE),
        (b"\x1b[5~", KeyCode::PageUp, M::NONE),
        (b"\x1b[7^", KeyCode::Home, M::CONTROL),
        (b"\x1b[8$", KeyCode::End, M::SHIFT),
        (b"\x1b[a", KeyCode::Up, M::SHIFT),
        (b"\x1bOa", KeyCode::Up, M::CONTROL),
        (b"\x1b[97;5u", KeyCode::Char('a'), M::CONTROL),
        (b"\x1b[47:63;2u", KeyCode::Char('?'), M::SHIFT),
        (b"\x1b[27u", KeyCode::Esc, M::NONE),
        (b"\x1b[27;5;105~", KeyCode::Char('i'), M::CONTROL),
        (b"\x1b[57417u", KeyCode::Left, M::NONE),
    ] {
        assert_eq!(parsed(bytes), key(code, modifiers), "{:?}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn a_key_let_go_is_no_second_press() {
    assert_eq!(parsed(b"\x1b[97;1:3u"), []);
    assert_eq!(keys_of(&parsed(b"\x1b[97;1:2u")), 1);
}

/// What terminals say: OSC with either ending, device attributes of three kinds,
/// status, position, mode, name, settings, kitty's answers, sizes, clipboards.
const REPLIES: [&[u8]; 18] = [
    b"\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\",
    b"\x1b]11;rgb:1e1e/1e1e/1e1e\x07",
    b"\x1b]4;1;rgb:ffff/0000/0000\x1b\\",
    b"\x1b]52;c;c2VjcmV0\x1b\\",
    b"\x1b]lwindow title\x1b\\",
    b"\x1b[?62;1;6;22c",
    b"\x1b[>1;4000;0c",
    b"\x1bP!|00000000\x1b\\",
    b"\x1b[0n",
    b"\x1b[?997;1n",
    b"\x1b[24;80R",
    b"\x1b[1;80R",
    b"\x1b[?2026;2$y",
    b"\x1b[4;1$y",
    b"\x1bP>|XTerm(370)\x1b\\",
    b"\x1bP1+r544e=787465726d\x1b\\",
    b"\x1b_Gi=1;OK\x1b\\",
    b"\x1b[8;50;180t",
];

#[test]
fn an_answer_is_never_a_key_wherever_it_is_cut() {
    for reply in REPLIES {
        let whole = parsed(reply);
        assert_eq!(keys_of(&whole), 0, "{:?}: {whole:?}", String::from_utf8_lossy(reply));
        for cut in 1..reply.len() {
            let (one, other) = reply.split_at(cut);
            let out = slowly(&[one, other]);
            // Cut right after its Esc, an answer cannot be told from the Esc key before it goes on.
            let escapes = usize::from(cut == 1);
            assert_eq!(keys_of(&out), escapes, "{:?} cut at {cut}: {out:?}", String::from_utf8_lossy(reply));
        }
        let keys = parsed(&[reply, b"jk"].concat());
        assert_eq!(keys_of(&keys), 2, "{:?}", String::from_utf8_lossy(reply));
    }
    assert_eq!(parsed(REPLIES[0]), [Parsed::Reply(Reply::Background((0x1e, 0x1e, 0x1e)))]);
}

#[test]
fn a_lone_escape_is_a_key_after_a_moment() {
    let escape = press(KeyCode::Esc, KeyModifiers::NONE);
    assert_eq!(slowly(&[b"\x1b"]), std::slice::from_ref(&escape));
    assert_eq!(slowly(&[b"\x1b", b"j"]), [escape.clone(), press(KeyCode::Char('j'), KeyModifiers::NONE)]);
    assert_eq!(slowly(&[b"\x1b", b"["]), [escape.clone(), press(KeyCode::Char('['), KeyModifiers::NONE)]);
    assert_eq!(slowly(&[b"\x1b", b"]", b"1"]).len(), 3);
    assert_eq!(slowly(&[b"\x1b\x1b"]), [escape.clone(), escape]);
}

#[test]
fn keys_after_a_broken_answer_are_keys() {
    assert_eq!(parsed(b"\x1b]11;rgb:\x03"), key(KeyCode::Char('c'), KeyModifiers::CONTROL));
    assert_eq!(parsed(b"\x1b]11;rgb:\x1b[A"), key(KeyCode::Up, KeyModifiers::NONE));
    assert_eq!(parsed(b"\x1b[12\r"), key(KeyCode::Enter, KeyModifiers::NONE));
    assert_eq!(parsed(b"\x1bPj").len(), 2);
}

#[test]
fn pasted_text_is_text() {
    let text = |bytes: &[u8]| match parsed(bytes).as_slice() {
        [Parsed::Event(Event::Paste(text))] => text.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(text(b"\x1b[200~q\r\x1b[A:delete\r\n\x1b[201~"), "q\n\u{1b}[A:delete\n");
    assert_eq!(text(b"\x1b[200~\x1b[20\x1b[201~"), "\u{1b}[20");
    assert_eq!(text(&[b"\x1b[200~", "x".repeat(1 << 20).as_bytes(), b"\x1b[201~"].concat()).len(), 64 * 1024);
}

#[test]
fn the_mouse_is_read_in_both_forms() {
    for bytes in [&b"\x1b[<0;5;3M"[..], b"\x1b[M %#"] {
        match parsed(bytes).as_slice() {
            [Parsed::Event(Event::Mouse(mouse))] => {
                assert_eq!((mouse.kind, mouse.column, mouse.row), (MouseEventKind::Down(MouseButton::Left), 4, 2));
            }
            other => panic!("{other:?}"),
        }
    }
    assert!(
        matches!(parsed(b"\x1b[<65;1;1M")[..], [Parsed::Event(Event::Mouse(mouse))] if mouse.kind == MouseEventKind::ScrollDown)
    );
    assert_eq!(parsed(b"\x1b[<0;0;0M"), []);
}

fn noise() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..8),
        proptest::sample::select(REPLIES.to_vec()).prop_map(<[u8]>::to_vec),
        proptest::sample::select(vec![
            &b"\x1b"[..],
            b"\x1b[",
            b"\x1bO",
            b"\x1b[200~",
            b"\x1b[201~",
            b"\xf0\x9f",
            b"[",
            b"j"
        ])
        .prop_map(<[u8]>::to_vec),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn how_bytes_are_cut_makes_no_difference(bytes in noise(), cuts in proptest::collection::vec(1usize..9, 1..80)) {
        let mut out = Vec::new();
        let mut parser = Parser::default();
        let mut rest = bytes.as_slice();
        for cut in cuts {
            let (piece, more) = rest.split_at(cut.min(rest.len()));
            parser.feed(piece, &mut |parsed| out.push(parsed));
            rest = more;
        }
        parser.feed(rest, &mut |parsed| out.push(parsed));
        prop_assert_eq!(out, parsed(&bytes));
    }

    #[test]
    fn no_bytes_and_no_silence_leave_it_stuck(bytes in noise(), silences in proptest::collection::vec(any::<bool>(), 100)) {
        let mut parser = Parser::default();
        for (byte, silence) in bytes.iter().zip(silences.iter().cycle()) {
            parser.feed(&[*byte], &mut drop);
            if *silence {
                parser.expire(&mut drop);
            }
        }
        parser.expire(&mut drop);
        parser.expire(&mut drop);
        let mut out = Vec::new();
        parser.feed(b"j", &mut |parsed| out.push(parsed));
        prop_assert_eq!(out, key(KeyCode::Char('j'), KeyModifiers::NONE));
    }
}
