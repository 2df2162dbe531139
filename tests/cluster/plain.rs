//! The prompt.

use super::ground::{Failure, Ground};

#[test]
fn the_prompt_answers_line_by_line() -> Result<(), Failure> {
    let Some(ground) = Ground::admin()? else { return Ok(()) };
    let pods = ground.kubectl_items(&["get", "pods", "-n", "shop", "-l", "app=web"])?;
    let name =
        pods.values().filter_map(|pod| pod["metadata"]["name"].as_str()).min().ok_or("no pods of web")?.to_owned();
    let lines = "pods ns:shop workload:deploy/web\nshow 1\nyaml 1\nevents 1\nlogs 1\nshare node 1\nscope add 1-3\nscope\nnonsense\nquit\n";
    let ran = ground.type_in(&["--plain"], lines)?;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    for expected in [
        format!("{} pods, ", pods.len()),
        format!("1: shop, {name}, "),
        format!("Pod shop/{name}, "),
        "nodeName: ".to_owned(),
        " events, asked just now".to_owned(),
        "container ".to_owned(),
        "pods node:".to_owned(),
        "3 in the scope".to_owned(),
        "error: nonsense is no command".to_owned(),
    ] {
        assert!(ran.out.contains(&expected), "{expected:?} is not in\n{}", ran.out);
    }
    assert!(!ran.out.contains('\u{1b}'), "a screen reader would stumble");
    let again = ground.type_in(&["--plain"], "scope\n")?;
    assert!(again.out.contains("3 in the scope"), "the scope does not outlive the process:\n{}", again.out);
    assert!(ground.home().join(".local/state/podmortem").exists());
    Ok(())
}
