//! What the account records by itself: the control plane's logs and GuardDuty.

use crate::aws::detector::Detector;
use crate::aws::logs::LogGroup;
use crate::aws::{Account, ControlPlane, Unsaid};

use super::super::check::Checks;

/// Looks at logs and detectors.
pub async fn check(checks: &mut Checks, account: &Account, plane: Result<&ControlPlane, &Unsaid>) {
    match plane {
        Ok(plane) => {
            let (group, insights) = (plane.log_group(), format!("/aws/containerinsights/{}/", plane.name));
            let (groups, shipped) = tokio::join!(account.log_groups(&group), account.log_groups(&insights));
            audit(checks, plane, groups.as_ref().map(|groups| groups.iter().find(|one| *one.name == *group)));
            shipping(checks, shipped.as_deref());
            access(checks, plane);
        }
        Err(why) => checks.poor(
            "audit log",
            format!("unknown: {why}"),
            "ask for eks:ListClusters and eks:DescribeCluster, or name the profile and Region of the cluster",
        ),
    }
    guardduty(checks, account.detector().await.as_ref());
    match account.has_security_hub().await {
        Ok(true) => checks.good("Security Hub", "on: what other services and accounts give it is read as well"),
        Ok(false) => checks.note("Security Hub", "off in this Region: nothing of other services is gathered there"),
        Err(why) => checks.note("Security Hub", format!("unknown: {why}")),
    }
}

/// The audit log is the only record of what was done to the cluster.
fn audit(checks: &mut Checks, plane: &ControlPlane, group: Result<Option<&LogGroup>, &Unsaid>) {
    if !plane.logs("audit") {
        checks.bad(
            "audit log",
            "off: nothing records who did what to the cluster",
            format!(
                "`podmortem act enable-audit-logs cluster/{} --case ID`, or a on the cluster in the cockpit; what was before \
                 is lost",
                plane.name
            ),
        );
        return;
    }
    if !plane.logs("authenticator") {
        checks.poor(
            "authenticator",
            "its log is off: users cannot be traced to IAM sessions",
            format!("`podmortem act enable-audit-logs cluster/{} --case ID` turns it on", plane.name),
        );
    }
    let authenticator = if plane.logs("authenticator") { ", and the authenticator's beside it" } else { "" };
    match group {
        Ok(Some(group)) => {
            let kept = group.keeps_days.map_or_else(|| "for good".to_owned(), |days| format!("{days} days"));
            checks.good("audit log", format!("on, in {}, kept {kept}{authenticator}", group.name));
        }
        Ok(None) => checks.poor(
            "audit log",
            format!("on, but there is no log group {}", plane.log_group()),
            "EKS makes it with the first record: was it deleted? An SCP or a key's policy may forbid it",
        ),
        Err(why) => checks.good("audit log", format!("on{authenticator}; where it is kept is unknown: {why}")),
    }
}

/// What containers wrote is gone with them, unless somebody ships it.
fn shipping(checks: &mut Checks, groups: Result<&[LogGroup], &Unsaid>) {
    match groups {
        Ok([]) => {
            checks.note("log groups", "none of Container Insights for this cluster; other places are not known here")
        }
        Ok(groups) => {
            let names: Vec<_> = groups.iter().map(|group| group.name.as_str()).collect();
            checks.good("log groups", names.join(", "));
        }
        Err(why) => checks.note("log groups", format!("unknown: {why}")),
    }
}

fn access(checks: &mut Checks, plane: &ControlPlane) {
    if plane.public_from.iter().any(|range| range == "0.0.0.0/0" || range == "::/0") {
        checks.poor(
            "endpoint",
            "the API server is reached from everywhere",
            "narrow publicAccessCidrs to the networks that need it, the responders' among them",
        );
    } else if plane.public_from.is_empty() {
        checks.good("endpoint", "private, or the service does not say from where it is reached");
    } else {
        let ranges: Vec<_> = plane.public_from.iter().map(|range| range.as_str()).collect();
        checks.good("endpoint", format!("public, from {}", ranges.join(", ")));
    }
    if !plane.access.is_empty() {
        checks.note("entries", format!("identities are let in by {}", plane.access));
    }
}

/// <https://docs.aws.amazon.com/guardduty/latest/ug/kubernetes-protection.html>
fn guardduty(checks: &mut Checks, detector: Result<&Option<Detector>, &Unsaid>) {
    const ON: &str = "turn it on in the GuardDuty console under EKS Protection and Runtime Monitoring, in the account that administers it";
    match detector {
        Ok(None) => checks.bad("GuardDuty", "there is no detector in this Region", ON),
        Ok(Some(detector)) if !detector.enabled => {
            checks.bad("GuardDuty", format!("detector {} is off", detector.id), ON)
        }
        Ok(Some(detector)) => {
            let runtime = detector.has("RUNTIME_MONITORING") || detector.has("EKS_RUNTIME_MONITORING");
            let agent = detector.has("EKS_ADDON_MANAGEMENT");
            let wanted = [("EKS audit logs", detector.has("EKS_AUDIT_LOGS")), ("runtime monitoring", runtime)];
            let off: Vec<_> = wanted.iter().filter(|(_, on)| !on).map(|(what, _)| *what).collect();
            let by_hand = if runtime && !agent { "; its agents are installed by hand" } else { "" };
            if off.is_empty() {
                checks.good(
                    "GuardDuty",
                    format!("detector {}: EKS audit logs and runtime monitoring are on{by_hand}", detector.id),
                );
            } else {
                let seen = format!("detector {} is on, but not its {}", detector.id, off.join(" and "));
                checks.poor("GuardDuty", seen, ON);
            }
        }
        Err(why) => checks.poor(
            "GuardDuty",
            format!("unknown: {why}"),
            "ask for guardduty:ListDetectors and guardduty:GetDetector",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::check::State;
    use super::*;
    use crate::model::Clean;

    fn plane(logs: &[&str]) -> ControlPlane {
        let logs = logs.iter().map(|log| Clean::from(*log)).collect();
        ControlPlane { name: "shop".into(), logs, ..ControlPlane::default() }
    }

    fn seen(check: impl FnOnce(&mut Checks)) -> (State, String) {
        let mut checks = Checks::default();
        check(&mut checks);
        let last = checks.all.last().unwrap();
        (last.state, last.seen.to_string())
    }

    #[test]
    fn an_audit_log_is_on_where_it_is_kept() {
        let group = LogGroup { name: "/aws/eks/shop/cluster".into(), keeps_days: Some(90), ..LogGroup::default() };
        let on = plane(&["audit"]);
        let (state, said) = seen(|checks| audit(checks, &on, Ok(Some(&group))));
        assert!(state == State::Good && said.contains("kept 90 days") && !said.contains("authenticator"), "{said}");
        let mut both = Checks::default();
        audit(&mut both, &on, Ok(Some(&group)));
        assert!(both.all[0].what == "authenticator" && both.worst() == State::Poor, "{both:?}");
        assert_eq!(seen(|checks| audit(checks, &on, Ok(None))).0, State::Poor);
        assert_eq!(seen(|checks| audit(checks, &plane(&["api"]), Ok(None))).0, State::Bad);
    }

    #[test]
    fn a_detector_without_its_features_is_named_so() {
        let with = |enabled, features: &[&str]| {
            Some(Detector {
                id: "d".into(),
                enabled,
                features: features.iter().map(|feature| Clean::from(*feature)).collect(),
            })
        };
        let state = |detector: &Option<Detector>| seen(|checks| guardduty(checks, Ok(detector)));
        let all = ["EKS_AUDIT_LOGS", "RUNTIME_MONITORING", "EKS_ADDON_MANAGEMENT"];
        assert_eq!(state(&with(true, &all)).0, State::Good);
        assert_eq!(state(&with(false, &all)).0, State::Bad);
        assert_eq!(state(&None).0, State::Bad);
        let (worst, said) = state(&with(true, &["EKS_AUDIT_LOGS"]));
        assert!(worst == State::Poor && said.ends_with("but not its runtime monitoring"), "{said}");
    }
}
