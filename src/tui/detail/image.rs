//! What registries recorded of a pod's images, as branches.

use crate::aws::Told;
use crate::aws::ecr::{EcrImage, ImageRecord};
use crate::config::theme::Role;
use crate::model::Clean;

use super::relations::Branch;

/// The record of each image.
pub fn branches(records: &[(Clean, Told<ImageRecord>)]) -> Vec<Branch> {
    records.iter().flat_map(|(image, told)| of(image, told)).collect()
}

fn of(image: &Clean, told: &Told<ImageRecord>) -> Vec<Branch> {
    let branch =
        |depth, role, label: String| Branch { depth, label: label.into(), role, goes: None, told: Some(told.at) };
    let mut branches = vec![branch(1, Role::Text, format!("image {image}"))];
    match &told.said {
        Err(why) => branches.push(branch(2, Role::Warn, format!("its record is not known: {why}"))),
        Ok(ImageRecord::Elsewhere { registry }) => {
            let says = format!("not an image of ECR: {registry} knows when it was pushed, and by whom");
            branches.push(branch(2, Role::Dim, says));
        }
        Ok(ImageRecord::Ecr(record)) => {
            branches.extend(record_of(record).into_iter().map(|(role, label)| branch(2, role, label)));
        }
    }
    branches
}

fn record_of(record: &EcrImage) -> Vec<(Role, String)> {
    let when =
        |time: Option<jiff::Timestamp>| time.map_or_else(|| "at an unknown time".to_owned(), |at| at.to_string());
    let mut lines = vec![
        (Role::Text, format!("pushed {} to account {} in {}", when(record.pushed), record.account, record.region)),
        (Role::Dim, record.digest.to_string()),
    ];
    if let Some(other) = &record.tag_moved_to {
        lines.push((Role::Warn, format!("its tag leads to another image now: {other}")));
    }
    let counts: Vec<_> = record.findings.iter().map(|(severity, count)| format!("{severity} {count}")).collect();
    let grave = record.findings.iter().any(|(severity, _)| severity == "CRITICAL" || severity == "HIGH");
    lines.push(match (record.scan.as_str(), counts.is_empty()) {
        ("", true) => (Role::Warn, "never scanned, or scanned by Inspector, which keeps that to itself".to_owned()),
        (status, true) => (Role::Text, format!("scan {status}, no findings by severity")),
        (_, false) => {
            let role = if grave { Role::Warn } else { Role::Text };
            (role, format!("scanned {}: {}", when(record.scanned), counts.join(", ")))
        }
    });
    lines
}
