//! Amazon ECR: what a registry recorded of an image: when it was pushed, its digest, its scan.

use aws_sdk_ecr::types::{ImageDetail, ImageIdentifier};
use jiff::Timestamp;
use serde::Serialize;

use super::account::{Account, clean, time};
use super::eks::Place;
use super::told::{Told, Unsaid};
use crate::model::{Clean, ImageRef, ReadOnly};

const CALL: &str = "ecr:DescribeImages";

/// What is on record of an image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum ImageRecord {
    /// No private repository of ECR: its own registry would have to be asked.
    Elsewhere {
        /// The registry's host.
        registry: Clean,
    },
    /// A repository of ECR.
    Ecr(Box<EcrImage>),
}

/// An image in a private repository of ECR.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EcrImage {
    /// Account of the registry.
    pub account: Clean,
    /// Region of the registry.
    pub region: Clean,
    /// The repository.
    pub repository: Clean,
    /// `sha256:…`
    pub digest: Clean,
    /// Its tags now.
    pub tags: Vec<Clean>,
    /// When it was pushed.
    pub pushed: Option<Timestamp>,
    /// When it was last pulled; the service is up to a day behind.
    pub pulled: Option<Timestamp>,
    /// Its size, compressed.
    pub bytes: Option<i64>,
    /// How its scan stands: `COMPLETE`, `ACTIVE`…; empty where it was never scanned.
    pub scan: Clean,
    /// When its scan ended.
    pub scanned: Option<Timestamp>,
    /// Findings of the scan by severity, the gravest first.
    pub findings: Vec<(Clean, i32)>,
    /// The digest that the image's tag leads to now, where that is not the one that runs.
    pub tag_moved_to: Option<Clean>,
}

/// A private repository, as image references name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Repository<'a> {
    account: &'a str,
    region: &'a str,
    name: &'a str,
}

/// Severities, the gravest first.
const SEVERITIES: [&str; 6] = ["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNDEFINED"];

impl<'a> Repository<'a> {
    /// `ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME`, with `-fips` or `.cn` where those are.
    fn of(image: &ImageRef<'a>) -> Option<Self> {
        let (host, name) = image.name.split_once('/')?;
        let (account, rest) = host.split_once(".dkr.ecr")?;
        let (region, domain) = rest.strip_prefix("-fips").unwrap_or(rest).strip_prefix('.')?.split_once('.')?;
        let numbered = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        (numbered && domain.starts_with("amazonaws.")).then_some(Self { account, region, name })
    }
}

/// Asks for the record of each image, given as a pod names it and as its runtime reports it.
/// Images of other registries are told from their names; nobody is asked for them.
pub async fn records(
    place: Option<&Place>,
    images: &[(Clean, Clean)],
    latch: &ReadOnly,
) -> Vec<(Clean, Told<ImageRecord>)> {
    let asked = images.iter().map(|(image, id)| async move { (image.clone(), record(place, image, id, latch).await) });
    futures::future::join_all(asked).await
}

async fn record(place: Option<&Place>, image: &str, id: &str, latch: &ReadOnly) -> Told<ImageRecord> {
    let reference = ImageRef::parse(image);
    let Some(repository) = Repository::of(&reference) else {
        return Told::now(Ok(ImageRecord::Elsewhere { registry: registry(&reference).into() }));
    };
    let digest = ImageRef::parse(id).digest.or(reference.digest);
    Told::now(
        async {
            let no_account = || Unsaid::NotAsked("no AWS account belongs to this cluster here".into());
            let place = place.ok_or_else(no_account)?;
            let place = Place { region: Some(repository.region.to_owned()), ..place.clone() };
            let account = Account::at(&place, latch.clone()).await?;
            let image = account.image(repository, digest, reference.tag).await?;
            Ok(ImageRecord::Ecr(Box::new(image)))
        }
        .await,
    )
}

/// The registry that a reference leads to: its first part, where that is a host, or Docker's own.
fn registry<'a>(image: &ImageRef<'a>) -> &'a str {
    let host = image.name.split_once('/').map(|(host, _)| host);
    host.filter(|host| host.contains(['.', ':']) || *host == "localhost").unwrap_or("docker.io")
}

impl Account {
    async fn image(
        &self,
        repository: Repository<'_>,
        digest: Option<&str>,
        tag: Option<&str>,
    ) -> Result<EcrImage, Unsaid> {
        let by_digest = digest.map(|digest| ImageIdentifier::builder().image_digest(digest).build());
        let by_tag = tag.map(|tag| ImageIdentifier::builder().image_tag(tag).build());
        let Some(first) = by_digest.clone().or_else(|| by_tag.clone()) else {
            return Err(self.absent(CALL, "neither a tag nor a digest is known"));
        };
        let image = self.described(repository, first).await?;
        let now = match (by_digest, by_tag) {
            (Some(_), Some(tag)) => self.described(repository, tag).await.ok(),
            _ => None,
        };
        let now = now.and_then(|detail| detail.image_digest).filter(|now| image.image_digest() != Some(now.as_str()));
        Ok(EcrImage { tag_moved_to: now.map(Clean::from), ..read(repository, &image) })
    }

    async fn described(&self, repository: Repository<'_>, image: ImageIdentifier) -> Result<ImageDetail, Unsaid> {
        let call = self.clients.ecr().describe_images().registry_id(repository.account);
        let answer = call.repository_name(repository.name).image_ids(image).send().await;
        let answer = answer.map_err(|error| self.unsaid(CALL, &error))?;
        let found = answer.image_details.unwrap_or_default().into_iter().next();
        found.ok_or_else(|| self.absent(CALL, format!("no such image in {}", repository.name)))
    }
}

fn read(repository: Repository<'_>, image: &ImageDetail) -> EcrImage {
    let summary = image.image_scan_findings_summary();
    let counts = summary.and_then(|summary| summary.finding_severity_counts());
    let count = |severity: &&str| {
        let found = counts?.iter().find(|(name, _)| name.as_str() == *severity)?;
        Some((Clean::from(*severity), *found.1))
    };
    EcrImage {
        account: repository.account.into(),
        region: repository.region.into(),
        repository: repository.name.into(),
        digest: clean(image.image_digest()),
        tags: image.image_tags().iter().map(|tag| clean(Some(tag))).collect(),
        pushed: time(image.image_pushed_at()),
        pulled: time(image.last_recorded_pull_time()),
        bytes: image.image_size_in_bytes(),
        scan: clean(image.image_scan_status().and_then(|scan| scan.status()).map(|status| status.as_str())),
        scanned: time(summary.and_then(|summary| summary.image_scan_completed_at())),
        findings: SEVERITIES.iter().filter_map(count).collect(),
        tag_moved_to: None,
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_ecr::types::{FindingSeverity, ImageScanFindingsSummary};

    use super::*;

    #[test]
    fn a_private_repository_is_told_by_its_host() {
        let parsed = |text| Repository::of(&ImageRef::parse(text)).map(|one| (one.account, one.region, one.name));
        let shop = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/web:1.2@sha256:aa";
        assert_eq!(parsed(shop), Some(("123456789012", "eu-west-1", "shop/web")));
        let china = "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/web";
        assert_eq!(parsed(china), Some(("123456789012", "cn-north-1", "web")));
        let fips = "123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com/web:2";
        assert_eq!(parsed(fips), Some(("123456789012", "us-gov-west-1", "web")));
        for other in ["busybox", "public.ecr.aws/x/y:1", "x.dkr.ecr.eu-west-1.amazonaws.com/y", "quay.io/a/b"] {
            assert_eq!(parsed(other), None, "{other}");
        }
    }

    #[tokio::test]
    async fn other_registries_are_named_and_nobody_is_asked() {
        let images = ["busybox:1", "quay.io/a/b", "localhost/x", "local/beacon:1"];
        let images = images.map(|image| (Clean::from(image), Clean::default()));
        let records = records(None, &images, &ReadOnly::closed()).await;
        let hosts = records.iter().map(|(_, told)| match told.known().unwrap() {
            ImageRecord::Elsewhere { registry } => registry.to_string(),
            ImageRecord::Ecr(_) => panic!("{told:?}"),
        });
        assert_eq!(hosts.collect::<Vec<_>>(), ["docker.io", "quay.io", "localhost", "docker.io"]);
    }

    #[test]
    fn findings_are_counted_from_the_gravest_on() {
        let summary = ImageScanFindingsSummary::builder()
            .finding_severity_counts(FindingSeverity::Low, 9)
            .finding_severity_counts(FindingSeverity::Critical, 2)
            .build();
        let detail = ImageDetail::builder().image_scan_findings_summary(summary).build();
        let read = read(Repository { account: "1", region: "r", name: "n" }, &detail);
        assert_eq!(read.findings, [("CRITICAL".into(), 2), ("LOW".into(), 9)]);
    }
}
