//! `doctor` as everybody who may come.

use serde_json::Value;

use super::ground::{Failure, Ground, Who, list};

/// How doctor ended, and the state and the words of each check.
type Told = (Option<i32>, Vec<(String, String)>);

/// What doctor says of a thing.
fn told(who: Who, what: &str) -> Result<Option<Told>, Failure> {
    let Some(ground) = Ground::of(who)? else { return Ok(None) };
    let ran = ground.run(&["doctor", "-o", "json"])?;
    let report: Value = serde_json::from_str(&ran.out)?;
    let word = |check: &Value, field: &str| check[field].as_str().unwrap_or_default().to_owned();
    let checks = list(&report, "/checks").into_iter().filter(|check| check["what"] == what);
    Ok(Some((ran.code, checks.map(|check| (word(&check, "state"), word(&check, "seen"))).collect())))
}

#[test]
fn an_administrator_may_everything() -> Result<(), Failure> {
    let Some((code, rights)) = told(Who::Admin, "may")? else { return Ok(()) };
    assert_eq!(code, Some(0));
    assert!(rights.iter().any(|(_, seen)| seen == "isolate-pod"), "{rights:?}");
    Ok(())
}

#[test]
fn a_responder_may_contain() -> Result<(), Failure> {
    let Some((code, rights)) = told(Who::Responder, "may")? else { return Ok(()) };
    assert_eq!(code, Some(0));
    for action in ["cordon", "isolate-pod", "capture-pod"] {
        assert!(rights.iter().any(|(_, seen)| seen == action), "{action} is not in {rights:?}");
    }
    Ok(())
}

#[test]
fn an_observer_sees_and_is_proven_to_write_nothing() -> Result<(), Failure> {
    let Some((code, writes)) = told(Who::Observer, "writes")? else { return Ok(()) };
    assert_eq!(code, Some(0));
    assert!(writes.iter().any(|(state, seen)| state == "good" && seen.contains("read-only")), "{writes:?}");
    let Some((_, sees)) = told(Who::Observer, "see")? else { return Ok(()) };
    assert_eq!(sees, [("good".to_owned(), "every kind".to_owned())]);
    Ok(())
}

#[test]
fn a_stranger_is_told_so() -> Result<(), Failure> {
    let Some((code, sees)) = told(Who::Stranger, "see")? else { return Ok(()) };
    assert_eq!(code, Some(1));
    assert!(sees.iter().all(|(state, _)| state == "bad"), "{sees:?}");
    let Some(ground) = Ground::of(Who::Stranger)? else { return Ok(()) };
    let pods = ground.run(&["pods"])?;
    assert_eq!((pods.code, pods.out.as_str()), (Some(1), ""));
    assert!(pods.err.contains("forbidden"), "{}", pods.err);
    Ok(())
}
