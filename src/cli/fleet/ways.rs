//! Which clusters a command means.

use color_eyre::eyre::Result;
use futures::future::join_all;

use crate::aws::eks::{Place, discover};
use crate::aws::identity::caller;
use crate::cli::Startup;
use crate::cli::exit::Ended;
use crate::config::settings::Account;
use crate::kubernetes::entry::Way;
use crate::kubernetes::{Entry, ReadOnly, contexts};
use crate::model::Clean;

/// How many clusters are meant where none is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Those of the settings, or else the current context.
    Asked,
    /// Every one that is configured.
    All,
}

/// Ways into clusters, and places in which none could be looked for.
pub struct Ways {
    /// The ways, contexts first.
    pub found: Vec<Entry>,
    /// Where to look failed, and why.
    pub failed: Vec<(Clean, Clean)>,
}

/// Reads the kubeconfig and asks EKS, as far as the options and the settings say so.
pub async fn find(startup: &Startup, which: Which, latch: &ReadOnly) -> Result<Ways> {
    let places = places(startup);
    let mut ways = Ways { found: Vec::new(), failed: Vec::new() };
    let only_eks = !startup.options.profile.is_empty() || !startup.options.region.is_empty();
    let mut configured = Vec::new();
    let kubeconfig_is_meant = startup.options.kubeconfig.is_some() || !only_eks;
    if kubeconfig_is_meant {
        match contexts(startup.options.kubeconfig.as_deref()) {
            Ok(found) => configured = found,
            // Whoever has EKS clusters configured may well have no kubeconfig.
            Err(_) if !places.is_empty() && startup.options.kubeconfig.is_none() => {}
            Err(error) => return Err(error.into()),
        }
    }
    for (place, found) in discover(&places, latch).await {
        match found {
            Ok(clusters) => configured.extend(clusters.into_iter().map(Entry::eks)),
            Err(error) => ways.failed.push((place.to_string().into(), error.to_string().into())),
        }
    }
    configured.extend(accounts_alone(startup, latch).await?);
    let who = startup.impersonation();
    let configured = configured.into_iter().map(|entry| entry.asking_as(who.as_ref())).collect();
    ways.found = chosen(configured, startup, which, &places)?;
    if ways.found.is_empty() && ways.failed.is_empty() {
        return Err(Ended::failed(
            "there is no cluster to look at: the kubeconfig has no contexts and EKS lists none; \
             name a kubeconfig with --kubeconfig, or a profile and a Region with --profile and --region",
        ));
    }
    Ok(ways)
}

/// What an account alone is called as a context, before its number.
const ACCOUNT: &str = "account/";

/// The accounts that are named as contexts, among those that findings are asked of.
async fn accounts_alone(startup: &Startup, latch: &ReadOnly) -> Result<Vec<Entry>> {
    let named = startup.options.context.iter().filter_map(|name| name.strip_prefix(ACCOUNT));
    let wanted: Vec<&str> = named.collect();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let places = accounts(startup);
    let asked = places.iter().map(|place| async move { (place, caller(place, latch).await) });
    let told = join_all(asked).await;
    let reached = |number: &str| {
        told.iter()
            .find(|(_, told)| told.as_ref().is_ok_and(|caller| caller.account == *number))
            .map(|(place, _)| *place)
    };
    wanted
        .into_iter()
        .map(|number| match reached(number) {
            Some(place) => Ok(Entry::alone(format!("{ACCOUNT}{number}").into(), place.clone())),
            None => {
                let known = told.iter().map(|(place, told)| match told {
                    Ok(caller) => format!("{} ({place})", caller.account),
                    Err(error) => error.to_string(),
                });
                let known = known.collect::<Vec<_>>().join("; ");
                let number = Clean::from(number);
                Err(Ended::usage(format!(
                    "there is no context {ACCOUNT}{number}: --profile and --region name accounts; asked were: {}",
                    if known.is_empty() { "none" } else { &known }
                )))
            }
        })
        .collect()
}

fn chosen(configured: Vec<Entry>, startup: &Startup, which: Which, places: &[Place]) -> Result<Vec<Entry>> {
    let asked = if startup.options.context.is_empty() { &startup.settings.contexts } else { &startup.options.context };
    if which == Which::All && startup.options.context.is_empty() {
        return Ok(configured);
    }
    if asked.is_empty() {
        let meant = |entry: &Entry| entry.current || is_discovered(entry) && !places.is_empty();
        let alone = configured.len() == 1;
        let names = names(&configured);
        let chosen: Vec<_> = configured.into_iter().filter(|entry| alone || meant(entry)).collect();
        if chosen.is_empty() && !names.is_empty() {
            return Err(Ended::usage(format!("no context is the current one; choose with --context: {names}")));
        }
        return Ok(chosen);
    }
    let unknown = asked.iter().find(|name| !configured.iter().any(|entry| entry.name == name.as_str()));
    if let Some(unknown) = unknown {
        let names = names(&configured);
        return Err(Ended::usage(format!("there is no context {}; there are {names}", Clean::from(unknown.as_str()))));
    }
    let wanted = |entry: &Entry| {
        asked.iter().any(|name| entry.name == name.as_str())
            || is_discovered(entry) && startup.options.context.is_empty()
    };
    Ok(configured.into_iter().filter(wanted).collect())
}

const fn is_discovered(entry: &Entry) -> bool {
    matches!(entry.way, Way::Eks(_))
}

fn names(entries: &[Entry]) -> String {
    entries.iter().map(|entry| entry.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// Every profile with every Region that was asked for, or those of the settings.
pub fn places(startup: &Startup) -> Vec<Place> {
    let options = &startup.options;
    if options.profile.is_empty() && options.region.is_empty() {
        return startup.settings.accounts.iter().flat_map(places_of).collect();
    }
    let profiles: Vec<_> =
        if options.profile.is_empty() { vec![None] } else { options.profile.iter().cloned().map(Some).collect() };
    let account = |profile| Account { profile, role: None, regions: options.region.clone() };
    profiles.into_iter().flat_map(|profile| places_of(&account(profile))).collect()
}

/// The accounts that findings are asked of: those that are configured, or else those of the contexts that are EKS
/// clusters or embedded.
pub fn accounts(startup: &Startup) -> Vec<Place> {
    let mut places = places(startup);
    if places.is_empty() {
        let entries = contexts(startup.options.kubeconfig.as_deref()).unwrap_or_default();
        let of_account = |place: &&Place, known: bool| place.embedded.is_some() || known;
        let known = entries
            .iter()
            .filter_map(|entry| entry.place().filter(|place| of_account(place, entry.account().is_some())));
        for place in known {
            if !places.contains(place) {
                places.push(place.clone());
            }
        }
    }
    places
}

fn places_of(account: &Account) -> Vec<Place> {
    let place = |region| Place { profile: account.profile.clone(), region, role: account.role.clone(), embedded: None };
    if account.regions.is_empty() {
        return vec![place(None)];
    }
    account.regions.iter().cloned().map(|region| place(Some(region))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_region_of_every_account_is_a_place() {
        let account = Account { profile: Some("ir".into()), role: None, regions: vec!["a-1".into(), "b-1".into()] };
        let regions: Vec<_> = places_of(&account).into_iter().map(|place| place.region).collect();
        assert_eq!(regions, [Some("a-1".into()), Some("b-1".into())]);
        assert_eq!(places_of(&Account::default()), [Place::default()]);
    }
}
