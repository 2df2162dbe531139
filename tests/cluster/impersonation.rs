//! Asking as somebody else.

use serde_json::Value;

use super::ground::{Failure, Ground};

#[test]
fn whoever_asks_as_somebody_else_has_their_rights() -> Result<(), Failure> {
    let Some(ground) = Ground::admin()? else { return Ok(()) };
    let listed = ground.run(&["pods", "-A", "--as", "nobody-at-all"])?;
    assert_eq!((listed.code, listed.out.as_str()), (Some(1), ""));
    assert!(listed.err.contains("nobody-at-all"), "{}", listed.err);
    let masters = ground.run(&["pods", "-A", "--as", "nobody-at-all", "--as-group", "system:masters"])?;
    assert_eq!(masters.code, Some(0), "{}", masters.err);
    let config = ground.kubectl(&["config", "view", "--raw", "--minify", "-o", "json"])?;
    let mut config: Value = serde_json::from_str(&config)?;
    let user = config.pointer_mut("/users/0/user").and_then(Value::as_object_mut).ok_or("users")?;
    user.insert("as".into(), "nobody-at-all".into());
    let configured = ground.with_kubeconfig(&config.to_string())?.run(&["pods", "-A"])?;
    assert_eq!(configured.code, Some(1), "the kubeconfig's `as` is passed over");
    Ok(())
}
