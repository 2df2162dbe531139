//! Amazon ECR: the images of the account's own registry.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::json::{items, text};
use super::super::random::Random;
use super::request::{Answer, Request};
use super::{ACCOUNT, Account, Fault};

/// Does what is asked.
pub(super) fn operate(account: &Account, request: &Request) -> Result<Answer, Fault> {
    if request.operation != "DescribeImages" {
        return Err(Fault::new("UnknownOperationException", request.operation.as_str()));
    }
    let body = &request.body;
    let (registry, repository) = (text(body, "/registryId"), text(body, "/repositoryName"));
    if !registry.is_empty() && registry != ACCOUNT {
        let message = format!(
            "User: arn:aws:sts::{ACCOUNT}:assumed-role/responder/game-day is not authorized to perform: ecr:DescribeImages on resource: arn:aws:ecr:{}:{registry}:repository/{repository}",
            request.region
        );
        return Err(Fault::new("AccessDeniedException", message));
    }
    let known = images(account, &request.region, repository);
    if known.is_empty() {
        let message =
            format!("The repository with name '{repository}' does not exist in the registry with id '{ACCOUNT}'");
        return Err(Fault::new("RepositoryNotFoundException", message));
    }
    let wanted = items(body, "/imageIds");
    let mut found = Vec::new();
    for wanted in wanted {
        let (digest, tag) = (text(wanted, "/imageDigest"), text(wanted, "/imageTag"));
        let is =
            |image: &&(String, String)| (digest.is_empty() || image.1 == digest) && (tag.is_empty() || image.0 == tag);
        let image = known.iter().find(is).ok_or_else(|| {
            let message = format!("The image with imageId {{imageDigest:'{digest}', imageTag:'{tag}'}} does not exist within the repository with name '{repository}'");
            Fault::new("ImageNotFoundException", message)
        })?;
        found.push(described(repository, image));
    }
    if wanted.is_empty() {
        found.extend(known.iter().map(|image| described(repository, image)));
    }
    Ok(Answer::Json(json!({"imageDetails": found})))
}

/// Tags and digests of a repository, as the pods of the Region's clusters run them.
fn images(account: &Account, region: &str, repository: &str) -> Vec<(String, String)> {
    let name = format!("{ACCOUNT}.dkr.ecr.{region}.amazonaws.com/{repository}");
    let mut found = Vec::new();
    for cluster in account.clusters.iter().filter(|cluster| cluster.region == region) {
        for pod in cluster.store().list("Pod", None) {
            let lists =
                ["/status/containerStatuses", "/status/initContainerStatuses", "/status/ephemeralContainerStatuses"];
            for status in lists.iter().flat_map(|list| items(&pod, list)) {
                let (image, id) = (text(status, "/image"), text(status, "/imageID"));
                let Some((_, digest)) = id.split_once('@') else { continue };
                let Some(tag) = image.strip_prefix(&name).and_then(|rest| rest.strip_prefix(':')) else { continue };
                let one = (tag.to_owned(), digest.to_owned());
                if !found.contains(&one) {
                    found.push(one);
                }
            }
        }
    }
    found.sort();
    found
}

fn described(repository: &str, (tag, digest): &(String, String)) -> Value {
    let mut dice = Random::named(0, digest);
    let days = 3 + dice.below(90).cast_signed();
    let pushed = Timestamp::now().as_second() - days * 86_400;
    // To the day, so that an image was not pushed anew whenever somebody asks.
    let pushed = pushed - pushed % 86_400 + dice.below(86_400).cast_signed();
    json!({
        "registryId": ACCOUNT, "repositoryName": repository, "imageDigest": digest, "imageTags": [tag],
        "imageSizeInBytes": 20_000_000 + dice.below(300_000_000), "imagePushedAt": pushed,
        "imageScanStatus": {"status": "COMPLETE", "description": "The scan was completed successfully."},
        "imageScanFindingsSummary": {
            "imageScanCompletedAt": pushed + 60, "vulnerabilitySourceUpdatedAt": pushed - 7_200,
            "findingSeverityCounts": {"HIGH": dice.below(4), "MEDIUM": dice.below(12), "LOW": dice.below(30)},
        },
        "imageManifestMediaType": "application/vnd.oci.image.manifest.v1+json",
    })
}
