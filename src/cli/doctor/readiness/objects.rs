//! What the cluster's own objects tell: who ships logs, and who enforces policies. Hints, not verdicts.

use crate::actions::Plugin;
use crate::kubernetes::{Read, facts_of_list};
use crate::model::facts::{Facts, Shape};
use crate::model::{Clean, Kind};

use super::super::check::Checks;

/// Parts of image names by which those that ship logs are known.
const SHIPPERS: [&str; 9] = [
    "fluent-bit",
    "fluentd",
    "cloudwatch-agent",
    "vector",
    "filebeat",
    "promtail",
    "alloy",
    "opentelemetry-collector",
    "datadog/agent",
];

/// Looks at daemon sets.
pub async fn check(checks: &mut Checks, read: &Read) {
    match read.list(Kind::DaemonSet, "", "", "").await {
        Ok(list) => match facts_of_list(Kind::DaemonSet, &list) {
            Ok((daemons, _)) => shipping(checks, &daemons),
            Err(error) => checks.note("log shipping", format!("unknown: {error}")),
        },
        Err(error) => checks.note("log shipping", format!("unknown: {error}")),
    }
    match Plugin::read(read).await {
        Ok(plugin) => {
            let others =
                plugin.not_read().map(|others| format!("; {others} may allow or deny, too")).unwrap_or_default();
            checks.note(
                "policies",
                format!("enforced, it seems, by {plugin}{others}; only an isolation's measurement tells"),
            );
        }
        Err(error) => checks.note("policies", format!("who enforces them is unknown: {error}")),
    }
}

fn shipping(checks: &mut Checks, daemons: &[Facts]) {
    let ships = |facts: &Facts| {
        let Facts::Object(object) = facts else { return None };
        let Shape::Workload { desired, ready, images, .. } = &object.shape else { return None };
        let known = images.iter().any(|image| SHIPPERS.iter().any(|part| image.contains(part)));
        let name = format!("{}/{} on {ready} of {desired} nodes", object.meta.namespace, object.meta.name);
        known.then(|| (Clean::from(name), ready == desired))
    };
    let found: Vec<_> = daemons.iter().filter_map(ships).collect();
    let names = found.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
    if found.is_empty() {
        checks.poor(
            "log shipping",
            "no daemon set that is known to ship logs: what a container wrote is lost with it",
            "deploy one (aws-for-fluent-bit, CloudWatch Observability), or ignore this where a sidecar ships them",
        );
    } else if found.iter().all(|(_, whole)| *whole) {
        checks.good("log shipping", names);
    } else {
        checks.poor("log shipping", names, "see why it does not run on every node");
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::check::State;
    use super::*;
    use crate::model::facts::{Meta, ObjectFacts};

    fn daemon(image: &str, desired: u32, ready: u32) -> Facts {
        let images = vec![image.into()];
        let shape = Shape::Workload { desired, ready, paused: false, images, service_account: Clean::default() };
        let meta = Meta { namespace: "logging".into(), name: "ship".into(), ..Meta::default() };
        Facts::Object(Box::new(ObjectFacts { kind: Kind::DaemonSet, meta, shape }))
    }

    #[test]
    fn shippers_are_known_by_their_images() {
        let state = |daemons: &[Facts]| {
            let mut checks = Checks::default();
            shipping(&mut checks, daemons);
            checks.worst()
        };
        let fluent = "public.ecr.aws/aws-observability/aws-for-fluent-bit:2.34";
        assert_eq!(state(&[daemon(fluent, 3, 3)]), State::Good);
        assert_eq!(state(&[daemon(fluent, 3, 2)]), State::Poor);
        assert_eq!(state(&[daemon("aws-node:v1", 3, 3)]), State::Poor);
    }
}
