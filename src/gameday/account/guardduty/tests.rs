use super::super::super::{GameDay, Scenario};
use crate::aws::Place;
use crate::aws::guardduty::Asked;
use crate::findings::{Batch, of_accounts};
use crate::model::ReadOnly;

async fn asked(day: &GameDay, region: &str, archived: bool) -> Batch {
    let place = Place { region: Some(region.to_owned()), embedded: Some(day.account_url()), ..Place::default() };
    of_accounts(&[place], &ReadOnly::closed(), Asked { since: None, archived }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_finding_arrives_while_one_watches() {
    let day = GameDay::start(Scenario::still(), 1).await.unwrap();
    let before = asked(&day, "us-east-1", false).await;
    assert!(before.findings.is_empty() && before.troubles.is_empty(), "{:?}", before.troubles);
    (0..12).for_each(|_| day.step());
    let after = asked(&day, "us-east-1", false).await;
    let [finding] = after.findings.as_slice() else { panic!("{:?}", after.findings) };
    assert_eq!(finding.kind, "PrivilegeEscalation:Kubernetes/PrivilegedContainer");
    assert_eq!(finding.about.cluster.as_ref().unwrap().name, "shop-prod");
    let workload = &finding.about.workloads[0];
    assert_eq!((workload.namespace.as_str(), workload.name.as_str()), ("shop", "web"));
    assert!(workload.uid.is_some() && workload.given.iter().any(|given| *given == "privileged"));
    assert!(finding.remarks.is_empty(), "{:?}", finding.remarks);
    day.step();
    let again = asked(&day, "us-east-1", false).await;
    assert_eq!(&again.findings[0], finding);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_put_away_is_there_for_who_asks() {
    let day = GameDay::start(Scenario::still(), 1).await.unwrap();
    for region in ["us-east-1", "eu-west-1"] {
        let old = asked(&day, region, true).await;
        assert_eq!((old.findings.len(), old.findings[0].archived), (1, true), "{region}");
        assert!(old.findings[0].about.instances[0].starts_with("i-"));
    }
    let off = asked(&day, "ap-south-1", false).await;
    assert!(off.troubles[0].to_string().contains("GuardDuty is off here"), "{:?}", off.troubles);
}
