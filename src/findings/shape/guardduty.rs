//! GuardDuty's own shape: the wire's and the console's camelCase and the command line's PascalCase.
//! (<https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Finding.html>)

use serde_json::Value;

use super::super::envelope::Around;
use super::super::member::{at, count, first, has, is_true, list, number, shown, text, texts, word};
use super::super::moment::moment;
use super::sequence;
use crate::model::finding::{About, Caller, NamedCluster, NamedKey, NamedUser, NamedWorkload, Source};
use crate::model::{Clean, Finding, Severity};

/// Whether a value is a finding of GuardDuty's, some of its parts missing perhaps.
pub fn is_one(value: &Value) -> bool {
    let parts = at(value, "resource").is_some_and(Value::is_object) && has(value, "service");
    let named = word(value, "arn").contains(":guardduty:")
        || word(value, "service/serviceName") == "guardduty"
        || has(value, "service/detectorId");
    !word(value, "type").is_empty() && (parts || named)
}

/// Reads one.
pub fn finding(value: &Value, around: &Around) -> Finding {
    let score = number(value, "severity").unwrap_or(0.0);
    let mut finding = Finding {
        id: first(value, &["id", "arn"]),
        source: Source::GuardDuty,
        kind: text(value, "type"),
        title: text(value, "title"),
        description: text(value, "description"),
        severity: Severity::of_score(score),
        account: first(value, &["accountId"]),
        region: first(value, &["region"]),
        first_seen: moment(value, "service/eventFirstSeen").or_else(|| moment(value, "createdAt")),
        last_seen: moment(value, "service/eventLastSeen"),
        updated: moment(value, "updatedAt"),
        count: count(value, "service/count").max(1),
        archived: is_true(value, "service/archived"),
        sample: is_sample(value),
        about: at(value, "resource").map(about).unwrap_or_default(),
        caller: at(value, "service/action").and_then(caller),
        ..Finding::default()
    };
    let affected = at(value, "service/action/awsApiCallAction/affectedResources").and_then(Value::as_object);
    let affected = affected.into_iter().flatten().map(|(_, resource)| shown(resource));
    finding.about.others.extend(affected.filter(|resource| !resource.is_empty()));
    runtime(value, &mut finding);
    if let Some(found) = at(value, "service/detection/sequence") {
        sequence::add(found, &mut finding);
    }
    contradictions(value, around, &mut finding);
    finding
}

fn is_sample(value: &Value) -> bool {
    is_true(value, "service/additionalInfo/sample")
        || serde_json::from_str::<Value>(word(value, "service/additionalInfo/value"))
            .is_ok_and(|info| is_true(&info, "sample"))
        || word(value, "title").starts_with("[SAMPLE]")
}

/// What a `resource` names.
pub fn about(resource: &Value) -> About {
    let cluster =
        NamedCluster { name: text(resource, "eksClusterDetails/name"), arn: text(resource, "eksClusterDetails/arn") };
    let mut about = About {
        resource: text(resource, "resourceType"),
        cluster: (!cluster.name.is_empty() || !cluster.arn.is_empty()).then_some(cluster),
        workloads: at(resource, "kubernetesDetails/kubernetesWorkloadDetails")
            .map(workload)
            .filter(|workload| *workload != NamedWorkload::default())
            .into_iter()
            .collect(),
        user: at(resource, "kubernetesDetails/kubernetesUserDetails").map(user).filter(|user| !user.name.is_empty()),
        key: at(resource, "accessKeyDetails").map(key).filter(|key| *key != NamedKey::default()),
        ..About::default()
    };
    if let Some(cluster) = &mut about.cluster
        && cluster.name.is_empty()
    {
        cluster.name = cluster.arn.rsplit('/').next().map(Clean::from).unwrap_or_default();
    }
    let instance = text(resource, "instanceDetails/instanceId");
    about.instances.extend((!instance.is_empty()).then_some(instance));
    let interfaces = list(resource, "instanceDetails/networkInterfaces");
    about.nodes.extend(interfaces.first().map(|one| text(one, "privateDnsName")).filter(|name| !name.is_empty()));
    if let Some(container) = at(resource, "containerDetails") {
        of_container(container, &mut about);
    }
    let others = ["ecsClusterDetails/arn", "lambdaDetails/functionArn", "rdsDbInstanceDetails/dbInstanceArn"];
    about.others.extend(others.iter().map(|path| text(resource, path)).filter(|arn| !arn.is_empty()));
    about.others.extend(list(resource, "s3BucketDetails").iter().map(|bucket| first(bucket, &["arn", "name"])));
    for volumes in ["ebsVolumeDetails/scannedVolumeDetails", "ebsVolumeDetails/skippedVolumeDetails"] {
        about.others.extend(list(resource, volumes).iter().map(|volume| text(volume, "volumeArn")));
    }
    about.others.retain(|other| !other.is_empty());
    about
}

/// The container of a runtime or malware finding belongs to the pod that is named beside it.
fn of_container(container: &Value, about: &mut About) {
    let id = text(container, "id");
    let id = id.rsplit("//").next().map(Clean::from).unwrap_or_default();
    if about.workloads.is_empty() {
        about.workloads.push(NamedWorkload::default());
    }
    if let Some(workload) = about.workloads.first_mut() {
        workload.containers.extend((!id.is_empty()).then_some(id));
        let image = text(container, "image");
        if !image.is_empty() && !workload.images.contains(&image) {
            workload.images.push(image);
        }
        if workload.given.is_empty() && is_true(container, "securityContext/privileged") {
            workload.given.push("privileged".into());
        }
    }
}

fn workload(details: &Value) -> NamedWorkload {
    let containers = list(details, "containers");
    let image = |container: &Value| {
        let (prefix, image) = (text(container, "imagePrefix"), text(container, "image"));
        let has_prefix = prefix.is_empty() || image.starts_with(prefix.as_str());
        if has_prefix { image } else { format!("{}/{image}", prefix.trim_end_matches('/')).into() }
    };
    let id = |container: &Value| text(container, "id").rsplit("//").next().map(Clean::from).unwrap_or_default();
    let mut given: Vec<Clean> = Vec::new();
    for (path, name) in [("hostNetwork", "hostNetwork"), ("hostPID", "hostPID"), ("hostIPC", "hostIPC")] {
        given.extend(is_true(details, path).then(|| name.into()));
    }
    let privileged = containers.iter().any(|container| is_true(container, "securityContext/privileged"));
    given.extend(privileged.then(|| "privileged".into()));
    let paths = list(details, "volumes").iter().map(|volume| text(volume, "hostPath/path"));
    given.extend(paths.filter(|path| !path.is_empty()).map(|path| format!("hostPath {path}").into()));
    NamedWorkload {
        kind: text(details, "type"),
        namespace: text(details, "namespace"),
        name: text(details, "name"),
        uid: word(details, "uid").parse().ok(),
        account: text(details, "serviceAccountName"),
        images: containers.iter().map(image).filter(|image| !image.is_empty()).collect(),
        containers: containers.iter().map(id).filter(|id| !id.is_empty()).collect(),
        given,
    }
}

fn user(details: &Value) -> NamedUser {
    NamedUser {
        name: text(details, "username"),
        uid: text(details, "uid"),
        groups: texts(details, "groups"),
        sessions: texts(details, "sessionName"),
        acted_as: text(details, "impersonatedUser/username"),
        arn: Clean::default(),
    }
}

fn key(details: &Value) -> NamedKey {
    NamedKey {
        id: text(details, "accessKeyId"),
        principal: text(details, "principalId"),
        user: text(details, "userName"),
        user_type: text(details, "userType"),
    }
}

fn caller(action: &Value) -> Option<Caller> {
    let kinds = [
        "kubernetesApiCallAction",
        "awsApiCallAction",
        "networkConnectionAction",
        "dnsRequestAction",
        "rdsLoginAttemptAction",
        "portProbeAction/portProbeDetails/0",
    ];
    let details = kinds.iter().find_map(|kind| at(action, kind))?;
    let mut addresses = texts(details, "sourceIPs");
    let remote = [text(details, "remoteIpDetails/ipAddressV4"), text(details, "remoteIpDetails/ipAddressV6")];
    for address in remote.into_iter().filter(|address| !address.is_empty()) {
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    let place = [text(details, "remoteIpDetails/city/cityName"), text(details, "remoteIpDetails/country/countryName")];
    let place: Vec<_> = place.iter().map(Clean::as_str).filter(|word| said(word)).collect();
    let organization = first(details, &["remoteIpDetails/organization/asnOrg", "remoteIpDetails/organization/org"]);
    let call: Vec<_> = ["verb", "requestUri", "serviceName", "api", "connectionDirection", "protocol"]
        .iter()
        .map(|path| text(details, path))
        .filter(|word| !word.is_empty())
        .collect();
    Some(Caller {
        addresses,
        domain: first(details, &["domain", "domainDetails/domain"]),
        location: place.join(", ").into(),
        asn: u32::try_from(count(details, "remoteIpDetails/organization/asn")).unwrap_or(0),
        organization: if said(&organization) { organization } else { Clean::default() },
        agent: text(details, "userAgent"),
        call: call.iter().map(Clean::as_str).collect::<Vec<_>>().join(" ").into(),
        answer: first(details, &["statusCode", "errorCode"]),
    })
}

/// Whether a word says anything: unknown places and networks are written so.
fn said(word: &str) -> bool {
    !word.is_empty() && !word.eq_ignore_ascii_case("unknown")
}

/// What a process did, of a runtime finding.
fn runtime(value: &Value, finding: &mut Finding) {
    let path = first(value, &["service/runtimeDetails/process/executablePath", "service/runtimeDetails/process/name"]);
    if !path.is_empty() {
        let (user, hash) = (
            text(value, "service/runtimeDetails/process/user"),
            text(value, "service/runtimeDetails/process/executableSha256"),
        );
        let by = if user.is_empty() { String::new() } else { format!(" as {user}") };
        let hash = if hash.is_empty() { String::new() } else { format!(", sha256 {hash}") };
        finding.remarks.push(format!("process {path}{by}{hash}").into());
    }
    let threats = list(value, "service/ebsVolumeScanDetails/scanDetections/threatDetectedByName/threatNames");
    for threat in threats.iter().take(20) {
        let file = list(threat, "filePaths").first().map(|file| text(file, "filePath")).unwrap_or_default();
        finding.remarks.push(format!("malware {} in {file}", text(threat, "name")).into());
    }
}

/// Parts that say different things.
fn contradictions(value: &Value, around: &Around, finding: &mut Finding) {
    let mut remark = |text: String| finding.remarks.push(text.into());
    let arn = word(value, "arn").split(':').collect::<Vec<_>>();
    let (region, account) = (arn.get(3).copied().unwrap_or_default(), arn.get(4).copied().unwrap_or_default());
    if !around.account.is_empty() && !finding.account.is_empty() && around.account != finding.account {
        remark(format!("the event was sent in account {}, the finding is of {}", around.account, finding.account));
    }
    if !region.is_empty() && !finding.region.is_empty() && finding.region != region {
        remark(format!("its ARN is of Region {}, it says {}", Clean::from(region), finding.region));
    }
    if !account.is_empty() && !finding.account.is_empty() && finding.account != account {
        remark(format!("its ARN is of account {}, it says {}", Clean::from(account), finding.account));
    }
    let uid = word(value, "resource/kubernetesDetails/kubernetesWorkloadDetails/uid");
    if !uid.is_empty() && uid.parse::<crate::model::Uid>().is_err() {
        remark(format!("the workload's uid is none: {}", Clean::from(uid)));
    }
    if finding.account.is_empty() {
        finding.account = if account.is_empty() { around.account.clone() } else { account.into() };
    }
    if finding.region.is_empty() {
        finding.region = if region.is_empty() { around.region.clone() } else { region.into() };
    }
}
