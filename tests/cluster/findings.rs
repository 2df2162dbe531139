//! Findings that nobody sent: what our rules see, and what somebody types in.

use std::collections::BTreeSet;

use serde_json::Value;

use super::ground::{Failure, Ground, agree, at, list, text};

fn items(ground: &Ground, arguments: &[&str]) -> Result<Vec<Value>, Failure> {
    let ran = ground.run(&[arguments, &["-o", "json"]].concat())?;
    if ran.code != Some(0) {
        return Err(format!("{arguments:?} ended with {:?}: {}", ran.code, ran.err).into());
    }
    Ok(list(&serde_json::from_str(&ran.out)?, "/items"))
}

#[test]
fn what_rules_see_are_findings_with_their_objects() -> Result<(), Failure> {
    let Some(ground) = Ground::admin()? else { return Ok(()) };
    agree(|| {
        let (seen, found) = (items(&ground, &["rules"])?, items(&ground, &["findings", "--source", "rules"])?);
        assert!(!found.is_empty() && found.len() <= seen.len());
        let objects = |items: &[Value], rule: &str, objects: &str| -> BTreeSet<(String, String)> {
            let of = items.iter().flat_map(|one| {
                let rule = text(one, rule).unwrap_or_default();
                list(one, objects).into_iter().filter_map(move |object| Some((rule.clone(), text(&object, "/uid")?)))
            });
            of.collect()
        };
        let (ours, theirs) = (objects(&found, "/type", "/seenOn"), objects(&seen, "/rule", "/objects"));
        Ok(if ours == theirs { Vec::new() } else { vec![format!("{ours:?} is not {theirs:?}")] })
    })?;
    let found = items(&ground, &["findings", "--source", "rules"])?;
    for one in found.iter().filter(|one| at(one, "/type") == "privileged") {
        let pods: Vec<_> = list(one, "/links").into_iter().filter(|link| at(link, "/step") == "pod").collect();
        assert_eq!(pods.len(), list(one, "/seenOn").len(), "{one:#}");
        assert!(pods.iter().all(|link| at(link, "/sure") == "certain"), "{one:#}");
    }
    Ok(())
}

#[test]
fn what_is_typed_is_kept_in_the_case_and_resolved() -> Result<(), Failure> {
    let Some(ground) = Ground::admin()? else { return Ok(()) };
    let pods = ground.kubectl_items(&["get", "pods", "-A"])?;
    let pod = pods.values().next().ok_or("there is no pod")?;
    let name = |field: &str| text(pod, &format!("/metadata/{field}")).unwrap_or_default();
    let line = format!("high pod {}/{} they say that it mines", name("namespace"), name("name"));
    let loose = ground.run(&["findings", "--add", &line])?;
    assert!(loose.code == Some(0) && loose.err.contains("kept nowhere"), "{}", loose.err);
    let opened = ground.run(&["case", "new", "--id", "T-1", "--responder", "alice"])?;
    assert_eq!(opened.code, Some(0), "{}", opened.err);
    let refused = ground.run(&["--read-only", "--case", "T-1", "findings", "--add", &line])?;
    assert_eq!(refused.code, Some(4), "{}", refused.err);
    assert!(items(&ground, &["--case", "T-1", "findings", "--source", "typed"])?.is_empty());
    let kept = ground.run(&["--case", "T-1", "findings", "--add", &line])?;
    assert!(kept.code == Some(0) && kept.err.contains("journal of the case T-1"), "{}", kept.err);
    let found = items(&ground, &["--case", "T-1", "findings", "--source", "typed"])?;
    assert_eq!(found.len(), 1, "{found:?}");
    let uids: Vec<_> = list(&found[0], "/links").iter().filter_map(|link| text(link, "/uid")).collect();
    assert!(uids.contains(&name("uid")), "{:#}", found[0]);
    assert!(text(&found[0], "/readFrom").is_some_and(|from| from.contains(" typed at ")), "{:#}", found[0]);
    let verified = ground.run(&["verify", "T-1"])?;
    assert_eq!(verified.code, Some(0), "{}", verified.out);
    Ok(())
}
