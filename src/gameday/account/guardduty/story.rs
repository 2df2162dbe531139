//! The findings of the game: an old one that was put away, and the one about the shop's `web`, which
//! arrives while one watches.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::super::super::cluster::Cluster;
use super::super::super::json::{is_true, items, text};
use super::super::super::network::OUTSIDE;
use super::super::super::random::Random;
use super::super::{ACCOUNT, Account};

/// Steps of life after which GuardDuty has made up its mind.
const ARRIVES: u64 = 12;

/// The findings of a Region, as they stand now.
pub(super) fn findings(account: &Account, region: &str, detector: &str) -> Vec<Value> {
    let mut all = Vec::new();
    for cluster in account.clusters.iter().filter(|cluster| cluster.region == region) {
        all.extend(probed(cluster, detector));
        // Once written, it stays, whatever is done about what it says.
        let mut known = account.reported();
        if known.is_none() && account.passed(cluster) >= ARRIVES {
            *known = privileged(cluster, detector, Timestamp::now());
        }
        all.extend(known.iter().filter(|finding| text(finding, "/region") == region).cloned());
    }
    all
}

fn base(cluster: &Cluster, detector: &str, id: &str, kind: &str, severity: f64) -> Value {
    let region = cluster.region;
    json!({
        "schemaVersion": "2.0", "accountId": ACCOUNT, "region": region, "partition": "aws", "id": id,
        "arn": format!("arn:aws:guardduty:{region}:{ACCOUNT}:detector/{detector}/finding/{id}"),
        "type": kind, "severity": severity,
    })
}

fn with(mut finding: Value, parts: Value) -> Value {
    if let (Value::Object(held), Value::Object(parts)) = (&mut finding, parts) {
        held.extend(parts);
    }
    finding
}

fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// A privileged container, by the type that seed documents know it by.
fn privileged(cluster: &Arc<Cluster>, detector: &str, now: Timestamp) -> Option<Value> {
    let store = cluster.store();
    let web = store.get("Deployment", "shop", "web").filter(|web| is_true(web, "/spec/template/spec/hostPID"))?;
    let account = store.get("ServiceAccount", "shop", "web");
    let uid = account.as_deref().map(|account| text(account, "/metadata/uid").to_owned()).unwrap_or_default();
    let pods = store.list("Pod", Some("shop"));
    let started =
        pods.iter().filter(|pod| is_true(pod, "/spec/hostPID")).map(|pod| text(pod, "/metadata/creationTimestamp"));
    let started: Timestamp = started.min().and_then(|at| at.parse().ok()).unwrap_or(now);
    let spec = "/spec/template/spec";
    let container = |container: &Value| {
        let image = text(container, "/image");
        let mounts = items(container, "/volumeMounts").iter();
        let mounts: Vec<_> =
            mounts.map(|mount| json!({"name": text(mount, "/name"), "mountPath": text(mount, "/mountPath")})).collect();
        json!({
            "name": text(container, "/name"), "image": image, "imagePrefix": image.rsplit_once('/').map_or("", |(prefix, _)| prefix),
            "volumeMounts": mounts,
            "securityContext": {"privileged": is_true(container, "/securityContext/privileged")},
        })
    };
    let volumes = items(&web, &format!("{spec}/volumes")).iter();
    let volumes: Vec<_> = volumes
        .filter(|volume| volume.get("hostPath").is_some())
        .map(|volume| json!({"name": text(volume, "/name"), "hostPath": {"path": text(volume, "/hostPath/path")}}))
        .collect();
    let id = Random::named(0x61, text(&web, "/metadata/uid")).hex(32);
    let finding = base(cluster, detector, &id, "PrivilegeEscalation:Kubernetes/PrivilegedContainer", 5.0);
    let name = cluster.name;
    Some(with(
        finding,
        json!({
            "createdAt": moment(now), "updatedAt": moment(now),
            "title": "Privileged container with root level access launched on the EKS Cluster.",
            "description": format!("A container with the rights of its node was started in EKS cluster {name}."),
            "resource": {
                "resourceType": "EKSCluster",
                "eksClusterDetails": {
                    "name": name, "arn": format!("arn:aws:eks:{}:{ACCOUNT}:cluster/{name}", cluster.region),
                    "vpcId": format!("vpc-0{}", Random::named(0x7b, name).hex(16)), "status": "ACTIVE", "tags": [],
                    "createdAt": 1_749_999_000.5,
                },
                "kubernetesDetails": {
                    "kubernetesUserDetails": {
                        "username": "system:serviceaccount:shop:web", "uid": uid,
                        "groups": ["system:serviceaccounts", "system:serviceaccounts:shop", "system:authenticated"],
                        "sessionName": [],
                    },
                    "kubernetesWorkloadDetails": {
                        "name": "web", "type": "deployments", "namespace": "shop", "uid": text(&web, "/metadata/uid"),
                        "hostNetwork": false, "hostPID": true, "serviceAccountName": "web",
                        "containers": items(&web, &format!("{spec}/containers")).iter().map(container).collect::<Vec<_>>(),
                        "volumes": volumes,
                    },
                },
            },
            "service": {
                "serviceName": "guardduty", "detectorId": detector, "resourceRole": "TARGET", "archived": false, "count": 1,
                "eventFirstSeen": moment(started), "eventLastSeen": moment(started),
                "additionalInfo": {"value": "{}", "type": "default"},
                "action": {"actionType": "KUBERNETES_API_CALL", "kubernetesApiCallAction": {
                    "requestUri": "/apis/apps/v1/namespaces/shop/deployments/web", "verb": "patch", "resource": "deployments",
                    "resourceName": "web", "namespace": "shop", "userAgent": "curl/8.15.0", "statusCode": 200,
                    "sourceIPs": [OUTSIDE],
                    "remoteIpDetails": {
                        "ipAddressV4": OUTSIDE, "city": {"cityName": ""}, "country": {"countryName": "UNKNOWN"},
                        "geoLocation": {"lat": 0.0, "lon": 0.0},
                        "organization": {"asn": "64511", "asnOrg": "EXAMPLE-HOSTING", "isp": "EXAMPLE-HOSTING", "org": "EXAMPLE-HOSTING"},
                    },
                }},
            },
        }),
    ))
}

/// A port of a node that was probed weeks ago; somebody put it away.
fn probed(cluster: &Arc<Cluster>, detector: &str) -> Option<Value> {
    let nodes = cluster.store().list("Node", None);
    let node = nodes.iter().find(|node| text(node, "/spec/providerID").contains("/i-"))?;
    let instance = text(node, "/spec/providerID").rsplit('/').next().unwrap_or_default().to_owned();
    let joined: Timestamp = text(node, "/metadata/creationTimestamp").parse().ok()?;
    let at = moment(joined.checked_add(SignedDuration::from_hours(30)).unwrap_or(joined));
    let id = Random::named(0x62, &instance).hex(32);
    let finding = base(cluster, detector, &id, "Recon:EC2/PortProbeUnprotectedPort", 2.0);
    Some(with(
        finding,
        json!({
            "createdAt": at, "updatedAt": at, "title": format!("An unprotected port of {instance} was probed."),
            "description": "A port that is open to the internet was probed from an address that is known for it.",
            "resource": {
                "resourceType": "Instance",
                "instanceDetails": {
                    "instanceId": instance, "instanceState": "running",
                    "networkInterfaces": [{
                        "privateDnsName": text(node, "/metadata/name"), "privateIpAddress": text(node, "/status/addresses/0/address"),
                    }],
                },
            },
            "service": {
                "serviceName": "guardduty", "detectorId": detector, "resourceRole": "TARGET", "archived": true, "count": 4,
                "eventFirstSeen": at, "eventLastSeen": at,
                "action": {"actionType": "PORT_PROBE", "portProbeAction": {"blocked": false, "portProbeDetails": [{
                    "localPortDetails": {"port": 30_080, "portName": "Unknown"},
                    "remoteIpDetails": {"ipAddressV4": "203.0.113.77", "organization": {"asn": "64512", "asnOrg": "EXAMPLE-SCAN"}},
                }]}},
            },
        }),
    ))
}
