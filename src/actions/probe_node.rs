//! Row 9 of the features: asks a node what it could give, before it is asked to give it.

#[path = "probe_node/report.rs"]
mod report;

use std::collections::HashMap;

use async_trait::async_trait;
use k8s_openapi::api::core::v1::Node;

use self::report::Report;
use super::frame::{
    Action, ActionError, Ask, Disabled, Outcome, Right, SEND_COMMAND, Sketch, Spec, Undo, Work, pinned,
};
use crate::aws::ssm::Script;
use crate::kubernetes::facts;
use crate::model::facts::Facts;
use crate::model::{Kind, Plan, PlanNote, Target, Tier, Verdict};

pub const ACTION: &dyn Action = &ProbeNode;

struct ProbeNode;

static SPEC: Spec = Spec {
    id: "probe-node",
    title: "Ask the node what it could give",
    key: 'q',
    kinds: &[Kind::Node],
    tier: Tier::Reads,
    options: &[],
    rights: &[
        Right::anywhere("get", "", "nodes"),
        Right::Iam("ssm:DescribeInstanceInformation"),
        Right::Iam("ssm:SendCommand"),
        Right::Iam("ssm:GetCommandInvocation"),
        Right::Iam("ssm:ListCommandInvocations"),
    ],
    undo: Undo::Impossible("it only reads: there is nothing to put back"),
    doc: "Runs one script on the node through AWS Systems Manager and keeps what it printed as evidence: operating \
          system, kernel and its lockdown, container runtime, CRIU, memory and the ways by which it could be read, free \
          disk, and which tools are there. It changes nothing and stands whole in the plan; that it ran is in the \
          account's history of commands, and who has root on the node can see it. Fargate, Auto Mode, Bottlerocket and \
          Windows say what is not possible there. Proven when the whole report came back.",
};

const SCRIPT: &str = include_str!("probe_node/probe.sh");

#[async_trait]
impl Action for ProbeNode {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn ready(&self, facts: &Facts, _target: &Target) -> Result<(), Disabled> {
        match facts {
            Facts::Node(node) => {
                node.takes_scripts().map_err(|limit| Disabled::because(format!("{}; {}", limit.not, limit.instead)))
            }
            _ => Err(Disabled::because("only nodes are asked")),
        }
    }

    async fn plan(&self, ask: &Ask<'_>) -> Result<Plan, ActionError> {
        let mut plan = Sketch::new(&SPEC, ask);
        for (place, target) in ask.targets.iter().enumerate() {
            let node: Node = pinned(ask.look, target).await?;
            let provider = node.spec.as_ref().and_then(|spec| spec.provider_id.clone()).unwrap_or_default();
            plan.fact(place, "uid", target.uid.to_string());
            plan.fact(place, "provider id", provider.as_str());
            if let Some(limit) = limit(&node) {
                plan.note(PlanNote::Limit(limit.into()));
                continue;
            }
            let instance = provider.rsplit('/').next().unwrap_or_default();
            match ask.look.agent(instance).await {
                Ok(()) => plan.call(place, SEND_COMMAND, instance.to_owned(), body()),
                Err(lost) => plan.note(PlanNote::Limit(format!("{target} cannot be asked: {lost}").into())),
            }
        }
        Ok(plan.done())
    }

    async fn run(&self, work: &Work) -> Result<Outcome, ActionError> {
        let mut outcome = Outcome::default();
        for (place, _) in work.calls() {
            work.hand.step("asking the node".into(), 0, 1);
            outcome.printed.insert(place, work.hand.send(place).await?);
        }
        Ok(outcome)
    }

    async fn prove(&self, _work: &Work, outcome: &Outcome) -> Result<Verdict, ActionError> {
        let Some(printed) = outcome.printed.values().next() else {
            return Ok(Verdict::NotMeasured { why: "the node was not asked; the plan's notes say why".into() });
        };
        Ok(match Report::read(&String::from_utf8_lossy(printed)) {
            Some(report) => Verdict::Proven { rests_on: format!("the node says: {}", report.text()).into() },
            None => Verdict::Incomplete {
                rests_on: "the report was cut short or is none; what came is among the evidence".into(),
            },
        })
    }
}

/// Why no script can be run on a node, as its own facts tell.
fn limit(node: &Node) -> Option<String> {
    let json = serde_json::to_vec(node).ok()?;
    let Ok(Facts::Node(node)) = facts(Kind::Node, &json) else { return None };
    let limit = node.takes_scripts().err()?;
    Some(format!("{}: {}; next best: {}", node.meta.name, limit.not, limit.instead))
}

fn body() -> serde_json::Value {
    let script = Script {
        document_name: "AWS-RunShellScript".to_owned(),
        comment: "podmortem probe-node".to_owned(),
        timeout_seconds: 30,
        parameters: HashMap::from([
            ("commands".to_owned(), vec![SCRIPT.to_owned()]),
            ("executionTimeout".to_owned(), vec!["60".to_owned()]),
        ]),
    };
    serde_json::to_value(script).unwrap_or_default()
}
