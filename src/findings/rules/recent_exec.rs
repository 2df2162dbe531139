//! Who has been in pods lately, where an audit log tells.

use hashbrown::{HashMap, HashSet};
use jiff::SignedDuration;

use super::frame::{Exec, Rule, Severity, Sightings, Spec, Topic, World};
use crate::inventory::Pod;
use crate::model::{Clean, SessionId};

pub const RULE: &dyn Rule = &RecentExec;

struct RecentExec;

static SPEC: Spec = Spec {
    id: "recent-exec",
    title: "command in a pod",
    why: "Somebody was in this pod, or tried: what ran there left files, changed processes and read what the containers \
          can read. A service account has no reason to exec; a person may tell you why.",
    playbook: "capture-first",
};

/// How far back from the last event of a log something is recent, in hours.
const RECENT: i64 = 24;

impl Rule for RecentExec {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, world: &World<'_>, seen: &mut Sightings) {
        let Some(last) = world.execs.iter().map(|(_, exec)| exec.at).max() else { return };
        let from = last.checked_sub(SignedDuration::from_hours(RECENT)).unwrap_or(last);
        let recent = || world.execs.iter().filter(|(_, exec)| exec.at >= from);
        let pods = pods_of(world, recent().map(name).collect());
        for told in recent() {
            let ((session, exec), saw) = (told, words(&told.1));
            match pods.get(&name(told)).copied() {
                Some(pod) if pod.created() <= exec.at.as_second() => seen.pod(pod, severity(exec), saw),
                Some(_) => {
                    let about = Topic::new("Pod", exec.namespace.clone(), exec.pod.clone());
                    seen.named(*session, about, severity(exec), format!("{saw}; the pod of this name now came later"));
                }
                None => {
                    let about = Topic::new("Pod", exec.namespace.clone(), exec.pod.clone());
                    seen.named(*session, about, severity(exec), format!("{saw}; the pod is not there any more"));
                }
            }
        }
    }
}

/// Where a pod is, by name.
type Name<'a> = (SessionId, &'a Clean, &'a Clean);

fn name((session, exec): &(SessionId, Exec)) -> Name<'_> {
    (*session, &exec.namespace, &exec.pod)
}

/// The pods of these names, found in one pass: a log may name as many as there are.
fn pods_of<'a>(world: &World<'a>, names: HashSet<Name<'a>>) -> HashMap<Name<'a>, Pod<'a>> {
    let named = |pod: Pod<'a>| {
        let name = (pod.session(), pod.namespace(), pod.name());
        names.contains(&name).then_some((name, pod))
    };
    world.pods().filter_map(named).collect()
}

fn severity(exec: &Exec) -> Severity {
    match (exec.allowed, exec.user.as_str()) {
        (false, _) => Severity::Low,
        (true, user) if user.starts_with("system:anonymous") => Severity::Critical,
        (true, user) if user.starts_with("system:serviceaccount:") => Severity::High,
        (true, _) => Severity::Medium,
    }
}

fn words(exec: &Exec) -> String {
    let did = if exec.allowed { "" } else { " was refused" };
    let command = if exec.command.is_empty() { String::new() } else { format!(": {}", exec.command) };
    format!("{} by {} from {} at {}{did}{command}", exec.how, exec.user, exec.from, exec.at)
}

#[cfg(test)]
mod tests {
    use super::super::frame::tests::{inventory, pod, told};
    use super::*;

    fn exec(user: &str, pod: &str, at: &str, allowed: bool) -> (SessionId, Exec) {
        let exec = Exec {
            at: at.parse().unwrap(),
            user: user.into(),
            from: "203.0.113.9".into(),
            how: "exec".into(),
            namespace: "shop".into(),
            pod: pod.into(),
            command: "sh".into(),
            allowed,
        };
        (SessionId(0), exec)
    }

    #[test]
    fn who_was_in_which_pod_is_told() {
        let inventory = inventory(vec![pod(1, "shop", "web")]);
        let execs = [
            exec("system:serviceaccount:shop:web", "web-7d9f-1", "2026-11-28T03:12:00Z", true),
            exec("eve", "gone", "2026-11-28T03:10:00Z", false),
            exec("eve", "web-7d9f-1", "2026-11-20T00:00:00Z", true),
            exec("eve", "web-7d9f-1", "1970-01-02T00:00:00Z", true),
        ];
        let rights = Default::default();
        let world = World::whole(&inventory, &rights, &execs);
        assert_eq!(
            told(&RecentExec, &world),
            [
                "HIGH Deployment shop/web: exec by system:serviceaccount:shop:web from 203.0.113.9 at 2026-11-28T03:12:00Z: sh",
                "LOW Pod shop/gone: exec by eve from 203.0.113.9 at 2026-11-28T03:10:00Z was refused: sh; the pod is not there any more",
            ]
        );
    }

    #[test]
    fn a_pod_that_came_later_is_not_the_one() {
        let inventory = inventory(vec![pod(1, "shop", "web")]);
        let execs = [exec("eve", "web-7d9f-1", "1970-01-02T00:00:00Z", true)];
        let rights = Default::default();
        let world = World::whole(&inventory, &rights, &execs);
        let seen = told(&RecentExec, &world);
        assert!(seen.len() == 1 && seen[0].contains("came later"), "{seen:?}");
    }
}
