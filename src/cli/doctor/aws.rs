//! The AWS profiles: whose credentials they give.

use futures::future::join_all;

use crate::aws::identity::caller;
use crate::cli::Startup;
use crate::cli::fleet::places;
use crate::kubernetes::ReadOnly;

use super::check::Checks;

/// Asks STS for every place that is configured who we are there.
pub async fn check(startup: &Startup) -> Checks {
    let mut checks = Checks::of("AWS");
    let places = places(startup);
    if places.is_empty() {
        checks.note(
            "profile",
            "none is asked for: name some under accounts in settings.yaml, or with --profile and --region",
        );
    }
    let latch = ReadOnly::closed();
    let latch = &latch;
    let asked = places.iter().map(|place| async move { (place, caller(place, latch).await) });
    for (place, answer) in join_all(asked).await {
        match answer {
            Ok(caller) => checks.good("profile", format!("{place}: {} in account {}", caller.arn, caller.account)),
            Err(error) => checks.bad("profile", format!("{place}: {}", error.why), error.renewal.clone()),
        }
    }
    checks
}
