//! Whether there is a place for evidence in the Region that it would be of.

use crate::aws::{Account, Unsaid};
use crate::config::settings::EvidencePlace;

use super::super::check::Checks;
use super::bucket;

/// Looks at the place that the settings name for this Region.
pub async fn check(checks: &mut Checks, account: &Account, places: &[EvidencePlace]) {
    let region = account.region();
    let Some(place) = jurisdiction(checks, &region, places) else { return };
    bucket::check(checks, account, place).await;
    if let Some(vpc) = &place.vpc {
        told(checks, "forensic VPC", vpc, account.vpc(vpc).await.map(|()| format!("{vpc} is there")));
    }
    if let Some(group) = &place.security_group {
        let seen = account.groups(std::slice::from_ref(group)).await.map(|groups| {
            let open = groups.iter().any(|group| group.ingress.iter().any(|rule| rule.is_open()));
            let vpc = groups.first().map(|group| group.vpc.to_string()).unwrap_or_default();
            let strange = place.vpc.as_ref().is_some_and(|wanted| *wanted != vpc);
            match (open, strange) {
                (true, _) => format!("{group} is there, but lets everybody in"),
                (_, true) => format!("{group} is there, but in {vpc}"),
                _ => format!("{group} is there"),
            }
        });
        told(checks, "forensic group", group, seen);
    }
}

/// The place of a Region. Without one, evidence would have to leave it.
fn jurisdiction<'a>(checks: &mut Checks, region: &str, places: &'a [EvidencePlace]) -> Option<&'a EvidencePlace> {
    const MEND: &str = "name a bucket with Object Lock, a key, a VPC and a security group of this Region under evidence in settings.yaml";
    let here = places.iter().find(|place| place.region == region);
    match here {
        Some(place) => {
            let missing: Vec<_> = [
                ("bucket", &place.bucket),
                ("key", &place.key),
                ("vpc", &place.vpc),
                ("security_group", &place.security_group),
            ]
            .iter()
            .filter(|(_, value)| value.is_none())
            .map(|(name, _)| *name)
            .collect();
            if missing.is_empty() {
                checks.good("jurisdiction", format!("evidence of {region} stays in {region}"));
            } else {
                checks.poor(
                    "jurisdiction",
                    format!("{region} has a place for evidence without {}", missing.join(", ")),
                    MEND,
                );
            }
        }
        None if places.is_empty() => checks.poor("evidence", "the settings name no place for evidence", MEND),
        None => {
            let others: Vec<_> = places.iter().map(|place| place.region.as_str()).collect();
            let seen = format!(
                "there is no place for evidence in {region}, only in {}: it would have to leave",
                others.join(", ")
            );
            checks.poor("jurisdiction", seen, MEND);
        }
    }
    here
}

fn told(checks: &mut Checks, what: &'static str, which: &str, seen: Result<String, Unsaid>) {
    match seen {
        Ok(seen) if seen.contains(", but ") => checks.poor(what, seen, "correct it, or name another in settings.yaml"),
        Ok(seen) => checks.good(what, seen),
        Err(Unsaid::Absent { .. }) => {
            checks.bad(what, format!("{which} is not in this account and Region"), "make it, or correct settings.yaml");
        }
        Err(why) => checks.poor(what, format!("{which}: unknown: {why}"), "ask for the right to look at it"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::check::State;
    use super::*;

    #[test]
    fn evidence_has_a_place_in_its_own_region_or_that_is_said() {
        let whole = EvidencePlace {
            region: "eu-central-1".into(),
            bucket: Some("ir".into()),
            key: Some("arn:aws:kms:eu-central-1:1:key/a".into()),
            vpc: Some("vpc-1".into()),
            security_group: Some("sg-1".into()),
        };
        let told = |places: &[EvidencePlace]| {
            let mut checks = Checks::default();
            jurisdiction(&mut checks, "eu-central-1", places);
            (checks.worst(), checks.all[0].seen.to_string())
        };
        assert_eq!(told(std::slice::from_ref(&whole)).0, State::Good);
        assert_eq!(told(&[]).0, State::Poor);
        let (state, said) = told(&[EvidencePlace { key: None, vpc: None, ..whole.clone() }]);
        assert!(state == State::Poor && said.ends_with("without key, vpc"), "{said}");
        let (state, said) = told(&[EvidencePlace { region: "us-east-1".into(), ..whole }]);
        assert!(state == State::Poor && said.contains("only in us-east-1"), "{said}");
    }
}
