//! Our rules over an inventory as it changes: one rule after the other, a little at a time.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hashbrown::HashMap;
use jiff::Timestamp;

use super::observed::observed;
use super::rules::{Exec, Rule, Sightings, World, all};
use crate::inventory::{ClusterState, Inventory};
use crate::model::{Clean, Finding, Kind, SessionId};
use crate::rbac::Rights;

/// Pods that a rule looks at before it looks at the clock.
const PART: usize = 2_000;

/// Seconds from the end of a round to the next: where something changes all the time, rules are not busy all the time.
const REST: u64 = 10;

/// What our rules see, as it was when each of them looked last.
#[derive(Debug, Default)]
pub struct Rounds {
    rights: BTreeMap<SessionId, Rights>,
    execs: Vec<(SessionId, Exec)>,
    /// What each rule saw, in the order of the rules.
    seen: Vec<Vec<Arc<Finding>>>,
    all: Vec<Arc<Finding>>,
    /// The rule whose turn is next, how many pods it has looked at already, and what it saw of them.
    next: usize,
    part: usize,
    sightings: Sightings,
    /// The state of the inventory that the round began with, and that the last one did.
    round: Option<u32>,
    last: Option<u32>,
    /// When the last round ended.
    ended: Option<Timestamp>,
    waiting: bool,
}

impl Rounds {
    /// Everything that is seen: the gravest first, then by cluster and by what it is about.
    pub fn findings(&self) -> &[Arc<Finding>] {
        &self.all
    }

    /// Whether every rule has looked at least once.
    pub const fn looked(&self) -> bool {
        self.last.is_some()
    }

    /// Whether the rules wait until some cluster has listed all of its pods: of half a list they would tell nonsense.
    pub const fn waits(&self) -> bool {
        self.waiting
    }

    /// Bindings and roles, of the sessions on which somebody had them read.
    pub const fn rights(&self) -> &BTreeMap<SessionId, Rights> {
        &self.rights
    }

    /// Takes bindings and roles that were read; every rule looks again.
    pub fn take_rights(&mut self, rights: BTreeMap<SessionId, Rights>) {
        self.rights.extend(rights);
        self.begin_anew();
    }

    /// Who ran commands in pods of open clusters, as audit logs tell.
    pub fn execs(&self) -> &[(SessionId, Exec)] {
        &self.execs
    }

    /// Takes what audit logs tell in place of what they told before; every rule looks again where it is something else.
    pub fn take_execs(&mut self, execs: Vec<(SessionId, Exec)>) {
        if self.execs != execs {
            self.execs = execs;
            self.begin_anew();
        }
    }

    fn begin_anew(&mut self) {
        (self.next, self.part, self.last) = (0, 0, None);
        self.sightings = Sightings::default();
    }

    /// Lets rules look, one after the other, until the time is used up: at some pods at least. Nothing is done where
    /// nothing has changed since all have looked. Says whether they see something else than before.
    pub fn look(&mut self, inventory: &Inventory, at: Timestamp, time: Duration) -> bool {
        let state = inventory.changed();
        if (self.next, self.part) == (0, 0) {
            let rests = |ended: Timestamp| at.as_second().abs_diff(ended.as_second()) < REST;
            if self.last.is_some() && self.ended.is_some_and(rests) {
                return false;
            }
            self.waiting = !inventory.clusters().iter().all(is_whole);
            if self.waiting || self.last == Some(state) {
                return false;
            }
            self.round = Some(state);
            self.rights.retain(|session, _| inventory.cluster(*session).is_some());
        }
        let (begun, mut changed) = (Instant::now(), false);
        while let Some(rule) = all().get(self.next) {
            if self.look_by(*rule, inventory) {
                changed |= self.told(inventory, at);
                (self.next, self.part) = (self.next + 1, 0);
            }
            if begun.elapsed() >= time {
                break;
            }
        }
        if self.next >= all().len() {
            self.next = 0;
            (self.last, self.ended) = (self.round, Some(at));
        }
        if changed {
            self.sort();
        }
        changed
    }

    /// Lets a rule look at the next pods, or at everything where it cannot be parted. Says whether it has seen all.
    fn look_by(&mut self, rule: &dyn Rule, inventory: &Inventory) -> bool {
        let places = inventory.pods().places();
        let to = if rule.by_pod() { places.min(self.part + PART) } else { places };
        let world = World { inventory, rights: &self.rights, execs: &self.execs, part: Some((self.part, to)) };
        self.sightings = std::mem::take(&mut self.sightings).looked(rule, &world);
        self.part = to;
        to >= places
    }

    /// Takes what the rule saw in place of what it saw before. Says whether that is something else.
    fn told(&mut self, inventory: &Inventory, at: Timestamp) -> bool {
        let seen = std::mem::take(&mut self.sightings).told();
        let mut found = observed(&seen, inventory, at);
        if self.seen.len() < all().len() {
            self.seen.resize(all().len(), Vec::new());
        }
        let Some(held) = self.seen.get_mut(self.next) else { return false };
        let known: HashMap<&Clean, Option<Timestamp>> = held.iter().map(|one| (&one.id, one.first_seen)).collect();
        for one in &mut found {
            one.first_seen = known.get(&one.id).copied().flatten().or(one.first_seen);
        }
        drop(known);
        if held.len() == found.len() && held.iter().zip(&found).all(|(held, found)| **held == *found) {
            return false;
        }
        *held = found.into_iter().map(Arc::new).collect();
        true
    }

    fn sort(&mut self) {
        self.all = self.seen.iter().flatten().cloned().collect();
        self.all.sort_by_cached_key(|one| (Reverse(one.severity), one.resource(), one.kind.clone()));
    }
}

/// Whether all pods of a cluster are known, or none.
fn is_whole(cluster: &ClusterState) -> bool {
    cluster.watches.get(&Kind::Pod).is_none_or(|watch| watch.listed || watch.heard.is_none())
}

#[cfg(test)]
mod tests {
    use super::super::rules::small_world as small;
    use super::*;
    use crate::inventory::Now;
    use crate::model::facts::Facts;
    use crate::model::{News, Security, Severity, Update};

    const SESSION: SessionId = SessionId(0);
    const ENOUGH: Duration = Duration::from_secs(60);

    fn tell(inventory: &mut Inventory, news: News) {
        inventory.apply(Update { session: SESSION, news }, Now { instant: Instant::now(), unix: 2_000_000 });
    }

    fn privileged(number: u8, name: &str) -> Facts {
        let mut pod = small::pod(number, "shop", name);
        pod.security.add(Security::PRIVILEGED);
        Facts::Pod(Box::new(pod))
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn told(rounds: &Rounds) -> Vec<String> {
        rounds.findings().iter().map(|one| format!("{} {}", one.kind, one.resource())).collect()
    }

    #[test]
    fn what_is_seen_follows_the_inventory() {
        let (mut inventory, mut rounds) = (small::inventory(vec![]), Rounds::default());
        tell(&mut inventory, News::Facts(Kind::Pod, vec![privileged(1, "web")]));
        assert!(!rounds.look(&inventory, at(10), ENOUGH) && rounds.waits(), "half a list is no list");
        tell(&mut inventory, News::Listed(Kind::Pod));
        assert!(rounds.look(&inventory, at(10), ENOUGH));
        assert_eq!(told(&rounds), ["privileged shop: deployments/shop/web", "rare-image shop: deployments/shop/web"]);
        assert!(!rounds.look(&inventory, at(20), ENOUGH), "nothing has changed");
        tell(&mut inventory, News::Facts(Kind::Pod, vec![privileged(2, "web")]));
        assert!(rounds.look(&inventory, at(20), ENOUGH));
        assert_eq!(told(&rounds), ["privileged shop: deployments/shop/web"]);
        let one = &rounds.findings()[0];
        assert_eq!((one.first_seen, one.about.seen_on.len(), one.severity), (Some(at(10)), 2, Severity::High));
        tell(
            &mut inventory,
            News::Gone(Kind::Pod, [1, 2].map(|number| crate::model::Uid::from_bytes([number; 16])).into()),
        );
        assert!(rounds.look(&inventory, at(30), ENOUGH) && rounds.findings().is_empty());
    }

    #[test]
    fn without_time_one_rule_looks_and_the_round_ends_all_the_same() {
        let (mut inventory, mut rounds) = (small::inventory(vec![]), Rounds::default());
        tell(&mut inventory, News::Facts(Kind::Pod, vec![privileged(1, "web"), privileged(2, "web")]));
        tell(&mut inventory, News::Listed(Kind::Pod));
        let looks = (0..all().len()).filter(|_| rounds.look(&inventory, at(10), Duration::ZERO)).count();
        assert_eq!((looks, rounds.looked()), (1, true));
        assert!(!rounds.look(&inventory, at(11), Duration::ZERO) && rounds.looked());
        assert_eq!(rounds.findings().len(), 1);
    }

    #[test]
    fn what_is_seen_bit_by_bit_is_what_is_seen_at_once() {
        let pod = |number: u32| {
            let mut facts = small::pod(1, "shop", if number.is_multiple_of(3) { "web" } else { "api" });
            let mut uid = [0; 16];
            uid.iter_mut().zip(number.to_be_bytes()).for_each(|(to, from)| *to = from);
            facts.meta.uid = crate::model::Uid::from_bytes(uid);
            facts.meta.name = format!("{}-{number}", facts.meta.name).into();
            facts.security.add(Security::PRIVILEGED);
            Facts::Pod(Box::new(facts))
        };
        let mut inventory = small::inventory(vec![]);
        let all_pods = 2 * u32::try_from(PART).unwrap() + 7;
        tell(&mut inventory, News::Facts(Kind::Pod, (0..all_pods).map(pod).collect()));
        tell(&mut inventory, News::Listed(Kind::Pod));
        let (mut at_once, mut bit_by_bit) = (Rounds::default(), Rounds::default());
        at_once.look(&inventory, at(10), ENOUGH);
        let mut looks = 0;
        while !bit_by_bit.looked() {
            bit_by_bit.look(&inventory, at(10), Duration::ZERO);
            looks += 1;
        }
        assert!(looks > all().len() + 8, "{looks}");
        assert_eq!(bit_by_bit.findings(), at_once.findings());
        let seen: usize = at_once.findings().iter().map(|one| one.about.seen_on.len()).sum();
        assert_eq!((at_once.findings().len(), seen), (2, all_pods as usize));
    }

    #[test]
    fn who_was_in_a_pod_is_told_once_a_log_tells() {
        let (mut inventory, mut rounds) = (small::inventory(vec![small::pod(1, "shop", "web")]), Rounds::default());
        tell(&mut inventory, News::Listed(Kind::Pod));
        rounds.look(&inventory, at(1), ENOUGH);
        let before = told(&rounds);
        let exec = Exec {
            at: at(1_000_000),
            user: "eve".into(),
            from: "203.0.113.9".into(),
            how: "exec".into(),
            namespace: "shop".into(),
            pod: "web-7d9f-1".into(),
            command: "sh".into(),
            allowed: true,
        };
        rounds.take_execs(vec![(SESSION, exec.clone())]);
        assert!(rounds.look(&inventory, at(2), ENOUGH), "at once, and not when the rest is over");
        assert_eq!(told(&rounds).len(), before.len() + 1);
        let seen = rounds.findings().iter().find(|one| one.kind == "recent-exec").unwrap();
        assert!(seen.description.contains("exec by eve from 203.0.113.9"), "{}", seen.description);
        rounds.take_execs(vec![(SESSION, exec)]);
        assert!(!rounds.look(&inventory, at(3), ENOUGH), "the same log again is nothing new");
    }

    #[test]
    fn rights_are_looked_at_once_they_were_read() {
        let (inventory, mut rounds) = (small::inventory(vec![]), Rounds::default());
        let rules = serde_json::json!([{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}]);
        let rights = || {
            Rights::new(vec![small::binding("wide", "all", &["User:eve"])], vec![small::role("all", rules.clone())], 0)
        };
        let mut listed = inventory;
        tell(&mut listed, News::Listed(Kind::Pod));
        assert!(!rounds.look(&listed, at(1), ENOUGH) && rounds.looked());
        rounds.take_rights(BTreeMap::from([(SESSION, rights())]));
        assert!(rounds.look(&listed, at(2), ENOUGH));
        assert_eq!(told(&rounds), ["wide-rights shop: clusterrolebindings/wide"]);
    }
}
