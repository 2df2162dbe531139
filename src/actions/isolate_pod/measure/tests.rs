//! Verdicts on reports of real nodes, and on the same reports with one thing changed.

use super::judge::{About, verdict};
use super::report::Report;
use crate::model::Verdict;

/// What a node reported before and after: see `tests/data/proof/README`.
macro_rules! recorded {
    ($name:literal) => {
        include_str!(concat!("../../../../tests/data/proof/", $name, ".txt"))
    };
}
const KEEP: &str = recorded!("keep-after");
const CUT: &str = recorded!("cut-after");
const QUIET: &str = recorded!("quiet-after");

fn of(text: &str) -> Verdict {
    judged(Some(recorded!("cut-before")), text, false)
}

fn judged(before: Option<&str>, text: &str, reaches_node: bool) -> Verdict {
    let pods = |text: &str| text.lines().filter(|line| line.starts_with("p ")).count();
    let before = before.map(|text| Report::read(text, pods(text)));
    let about = About { addresses: vec!["198.51.100.3".parse().unwrap()], reaches_node };
    verdict(before.as_ref(), &Report::read(text, pods(text)), 0, &about)
}

/// The lines that begin so, changed.
fn with(text: &str, begins: &str, from: &str, to: &str) -> String {
    let changed: Vec<_> = text
        .lines()
        .map(|line| if line.starts_with(begins) { line.replace(from, to) } else { line.to_owned() })
        .collect();
    assert_ne!(changed.join("\n"), text.trim_end(), "{begins}: nothing says {from}");
    changed.join("\n")
}

fn without(text: &str, begins: &str) -> String {
    text.lines().filter(|line| !line.starts_with(begins)).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_connection_that_goes_on_is_named_with_who_holds_it() {
    let found = judged(Some(recorded!("keep-before")), KEEP, false);
    assert!(matches!(found, Verdict::StillLeaking { .. }), "{found}");
    for part in ["198.51.100.3:44266 → 198.18.44.44:4444", "kworkerd", "bytes sent"] {
        assert!(found.because().contains(part), "{part} of {found}");
    }
}

#[test]
fn what_is_cut_is_proven_and_never_simply_so_for_a_pod_with_its_node_in_its_hands() {
    assert!(matches!(of(CUT), Verdict::Proven { .. }), "{}", of(CUT));
    let privileged = judged(Some(recorded!("cut-before")), CUT, true);
    assert_eq!(privileged.word(), "PROVEN for the pod's network; the node is not contained");
    let silent_before = with(CUT, "s 0 1", " on 3 ", " on 4 ");
    assert!(
        matches!(judged(None, &silent_before, false), Verdict::NotMeasured { .. }),
        "what was unanswered before shows nothing"
    );
}

#[test]
fn silence_proves_nothing_where_nothing_ever_answers() {
    for (begins, from, to, missing) in [
        ("a 1 peer", "6443 connected", "6443 silent", "what answers nobody proves nothing"),
        ("a 1 node", "connected", "silent", "nobody's silence proves anything"),
        ("a 1 peer", "passed", "stopped", "UDP"),
        ("a 1 out 0 - tcp", "silent", "broken", "did not run"),
        ("v 0 2", "v 0 2", "v 1 2", "could not be read"),
    ] {
        let found = judged(None, &with(CUT, begins, from, to), false);
        assert!(matches!(found, Verdict::NotMeasured { .. }), "{begins}: {found}");
        assert!(found.because().contains(missing), "{begins}: {found}");
    }
    let alone = without(&without(CUT, "a 1 peer"), "a 1 in");
    assert!(matches!(of(&alone), Verdict::NotMeasured { .. }), "{}", of(&alone));
}

#[test]
fn what_gets_through_is_not_enforced_or_leaks() {
    let out = with(CUT, "a 1 out 0 - tcp", "silent", "connected");
    assert!(matches!(of(&out), Verdict::StillLeaking { .. }), "{}", of(&out));
    let both = with(&out, "a 1 in", "silent", "connected");
    assert!(matches!(of(&both), Verdict::NotEnforced { .. }), "{}", of(&both));
    let udp = with(CUT, "a 1 out 0 - datagram", "stopped", "passed");
    assert!(of(&udp).because().contains("a datagram"), "{}", of(&udp));
    let stray = format!("{}x 0 99 node kworkerd\nend\n", without(CUT, "end") + "\n");
    assert!(of(&stray).because().contains("its node's network"), "{}", of(&stray));
    let counted = format!("{}\nk 0 2 out other 3\nend\n", without(CUT, "end"));
    assert!(of(&counted).because().contains("neither TCP nor UDP"), "{}", of(&counted));
}

#[test]
fn an_idle_connection_is_not_seen_to_be_cut_until_the_node_has_forgotten_it() {
    let of = |text: &str| judged(Some(recorded!("quiet-before")), text, false);
    let found = of(QUIET);
    assert!(matches!(found, Verdict::NotMeasured { .. }), "{found}");
    assert!(found.because().contains("says nothing"), "{found}");
    let forgotten = without(QUIET, "c 0 2 tcp");
    assert!(of(&forgotten).is_proven(), "{}", of(&forgotten));
    let untracked = without(&without(QUIET, "c 0"), "t conntrack");
    assert!(matches!(of(&untracked), Verdict::NotMeasured { .. }), "{}", of(&untracked));
}

#[test]
fn a_report_that_was_cut_short_or_forged_is_none() {
    let lines: Vec<_> = CUT.lines().collect();
    for kept in 0..lines.len() {
        let found = of(&lines[..kept].join("\n"));
        assert!(!found.is_proven(), "{kept} lines: {found}");
    }
    let odd = format!("{CUT}s 0 2 ESTAB\n");
    assert!(matches!(of(&odd), Verdict::NotMeasured { .. }));
    assert!(matches!(of("z not-base64"), Verdict::NotMeasured { .. }));
}

#[test]
fn a_long_report_travels_packed() {
    use base64::Engine as _;
    use std::io::Write as _;
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(CUT.as_bytes()).unwrap();
    let packed = format!("z {}\n", base64::engine::general_purpose::STANDARD.encode(packer.finish().unwrap()));
    let pods = CUT.lines().filter(|line| line.starts_with("p ")).count();
    assert_eq!(Report::read(&packed, pods), Report::read(CUT, pods));
}

/// A report with more lines.
fn plus(text: &str, lines: &str) -> String {
    format!("{}\n{lines}\nend\n", without(text, "end"))
}

#[test]
fn what_the_node_offers_is_tried_and_what_gets_past_the_node_leaks() {
    let own = |said: &str| format!("a 1 out 0 - near 169.254.169.254 80 {said}");
    let leak = plus(CUT, &own("connected"));
    assert!(matches!(of(&leak), Verdict::StillLeaking { .. }), "{}", of(&leak));
    assert!(of(&leak).because().contains("its node's role"), "{}", of(&leak));
    let stopped = plus(&plus(CUT, &own("silent")), "a 1 peer 1 - near 169.254.169.254 80 connected");
    assert!(of(&stopped).is_proven() && of(&stopped).because().contains("metadata service is out of its reach"));
    let nobody = plus(CUT, &own("silent"));
    assert!(of(&nobody).is_proven(), "{}", of(&nobody));
    assert!(of(&nobody).because().contains("not measured: the instance metadata service answers nobody here"));
    // The agent is the node itself, which no policy stops: no leak, and said.
    let agent = plus(CUT, "a 1 out 0 - near 169.254.170.23 80 connected");
    assert!(of(&agent).is_proven(), "{}", of(&agent));
    assert!(of(&agent).because().contains("end the sessions of its role"), "{}", of(&agent));
}

#[test]
fn the_clusters_dns_is_a_way_out_over_udp_and_over_tcp() {
    for (protocol, what) in [("udp", "a question about a name"), ("dns", "a connection for questions about names")] {
        let open = plus(CUT, &format!("a 1 out 0 - {protocol} 198.18.0.10 53 connected"));
        assert!(matches!(of(&open), Verdict::StillLeaking { .. }), "{}", of(&open));
        assert!(of(&open).because().contains(what), "{}", of(&open));
    }
    let silent = plus(CUT, "a 1 out 0 - udp 198.18.0.10 53 silent\na 1 out 0 - dns 198.18.0.10 53 silent");
    assert!(of(&silent).is_proven() && of(&silent).because().contains("DNS at 198.18.0.10:53 answers nobody"));
    let peers = "a 1 peer 1 - udp 198.18.0.10 53 connected\na 1 peer 1 - dns 198.18.0.10 53 connected";
    assert!(of(&plus(&silent, peers)).because().contains("is out of its reach, UDP and TCP"));
    // Where the connection table cannot be read, a question about a name shows what becomes of UDP.
    let blind = with(&with(&silent, "a 1 peer", "passed", "unknown"), "a 1 out 0 - datagram", "stopped", "unknown");
    assert!(matches!(judged(None, &blind, false), Verdict::NotMeasured { .. }), "{}", judged(None, &blind, false));
    assert!(judged(None, &plus(&blind, peers), false).because().contains("UDP and TCP"));
}

#[test]
fn every_family_that_a_pod_has_a_way_out_over_is_judged() {
    assert!(of(CUT).because().contains("it has no way out over IPv6"), "{}", of(CUT));
    let six = plus(CUT, "f 0 4\nf 0 6");
    assert!(of(&six).is_proven() && of(&six).because().contains("try IPv6 with"), "{}", of(&six));
    let uncounted = without(&six, "k ");
    assert!(matches!(of(&uncounted), Verdict::NotMeasured { .. }), "{}", of(&uncounted));
    let canary = "a 1 out 0 - tcp 2001:db8::1 6443";
    let open = plus(&six, &format!("{canary} connected"));
    assert!(of(&open).because().contains("reached [2001:db8::1]:6443"), "{}", of(&open));
    let silent = plus(&six, &format!("{canary} silent"));
    assert!(of(&silent).because().contains("what answers nobody proves nothing"), "{}", of(&silent));
    let node = "a 1 node node 0 tcp 2001:db8::9 8080 connected";
    assert!(matches!(of(&plus(CUT, node)), Verdict::NotMeasured { .. }), "nobody tried its other address");
    let entered = format!("{node}\na 1 in 1 0 tcp 2001:db8::9 8080 connected");
    assert!(matches!(of(&plus(CUT, &entered)), Verdict::StillLeaking { .. }));
}

#[test]
fn a_socket_that_one_sample_has_no_room_for_is_not_taken_for_a_new_one() {
    let new = plus(CUT, "s 0 2 ESTAB 198.51.100.3:41547 198.18.44.44:4444 1 0 - 0 700010");
    assert!(matches!(of(&new), Verdict::StillLeaking { .. }), "{}", of(&new));
    let crowded = plus(&new, "m 0 lines -");
    assert!(matches!(of(&crowded), Verdict::NotMeasured { .. }), "{}", of(&crowded));
}
