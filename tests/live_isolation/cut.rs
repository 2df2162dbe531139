//! The hard cut with whatever a node has to make it.

use super::bench::*;

/// The rules of iptables, in either form, that are left on both nodes.
fn chains() -> String {
    let all = "for tool in iptables-nft iptables-legacy ip6tables-nft ip6tables-legacy; do $tool -t mangle -S; done 2>/dev/null; true";
    ["1", "2"].map(|node| on_cluster(&["node", node, "sh", "-c", all])).concat()
}

#[test]
fn where_nft_is_not_taken_iptables_cuts_and_lets_go_again() {
    if cluster().is_none() {
        return;
    }
    let bench = Bench::new("LIVE-N7 iptables", "keep");
    let web = pods("web");
    let (one, others) = web.split_first().unwrap();
    let pod = format!("pod/{}", text(one, "/metadata/name"));
    for (with, made) in [("iptables", "iptables-nf_tables"), ("iptables-legacy", "iptables-legacy"), ("nft", "nft")] {
        let set = format!("with={with}");
        let (verdict, why) = bench.act(&["hard-cut", &pod, "-n", "shop", "--set", &set]).remove(0);
        assert_eq!(verdict, "proven-for-pod", "{with}: {why}");
        let heard_now = heard();
        assert!(!heard_now.contains(text(one, "/status/podIP")), "{with}: {heard_now:?}");
        assert!(heard_now.is_superset(&addresses(others)), "{with}: {heard_now:?}");
        assert_eq!(chains().contains("PM-CUT-"), with != "nft", "{with}");
        assert_eq!(tables().contains("podmortem_cut_"), with == "nft", "{with}");
        let ready = pods("web").iter().all(|pod| pod["status"]["containerStatuses"][0]["ready"] == true);
        assert!(ready, "{with}: its node still reaches it");
        let printed = bench.json(&["case", "show", bench.id])["evidence"].to_string();
        assert!(printed.contains("podmortem hard-cut cut"), "{printed}");
        assert!(bench.kept().contains(&format!(" {made}\nend")), "{with}: {}", bench.kept());
        bench.release();
        assert!(!chains().contains("PM-CUT-") && !tables().contains("podmortem_cut_"), "{}", chains());
        heard_again(&addresses(&web));
    }
    let wrong = bench.run(&["plan", "hard-cut", &pod, "-n", "shop", "--case", bench.id, "--set", "with=tc"]);
    assert!(!wrong.status.success() && String::from_utf8_lossy(&wrong.stderr).contains("with is one of"), "{wrong:?}");
}

#[test]
fn a_node_without_nft_falls_back_and_one_without_either_says_so() {
    if cluster().is_none() {
        return;
    }
    let _bench = Bench::new("LIVE-N8 fallback", "off");
    let web = pods("web");
    let pod = web.iter().find(|pod| text(pod, "/spec/nodeName").contains("-11.")).unwrap();
    let first = |does: &str| {
        let (uid, address) = (text(pod, "/metadata/uid"), text(pod, "/status/podIP"));
        format!("do={does} tools='nft iptables iptables-nft iptables-legacy' pods='{uid}={address}'")
    };
    let script = include_str!("../../src/actions/hard_cut/cut.sh");
    // In a mount namespace of its own: everybody else goes on seeing them.
    let without = |tools: &str, does: &str| {
        let hidden = format!("for tool in {tools}; do mount --bind /dev/null $(readlink -f $(command -v $tool)); done");
        on_cluster(&["node", "1", "sh", "-c", &format!("{hidden}\n{}\n{script}", first(does))])
    };
    let cut = without("nft", "cut");
    assert!(cut.starts_with("r 0 here ") && cut.ends_with(" iptables-nf_tables\nend\n"), "{cut}");
    assert!(chains().contains("PM-CUT-"));
    assert_eq!(without("nft", "release"), "r 0 gone\nend\n");
    assert!(!chains().contains("PM-CUT-"), "{}", chains());
    let neither = without("nft iptables-nft iptables-legacy", "cut");
    assert_eq!(neither, "r 0 failed none-of-nft-iptables-iptables-nft-iptables-legacy-is-there\nend\n");
}
