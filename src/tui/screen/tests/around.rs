//! What an account tells of a node, where it is looked at.

use super::*;
use crate::aws::autoscaling::Membership;
use crate::aws::ec2::{Group, Instance, Interface, Named, Rule, Shutdown, Volume};
use crate::aws::{Machine, Told, Unsaid};
use crate::tui::detail::{Around, Question};

fn machine(at: jiff::Timestamp) -> Machine {
    fn told<T>(at: jiff::Timestamp, said: T) -> Told<T> {
        Told { at, said: Ok(said) }
    }
    let group = Named { id: "sg-1".into(), name: "eks-cluster-sg-shop".into() };
    let denied = Unsaid::Denied { call: "iam:GetInstanceProfile", place: "ir in us-east-1".into(), why: "no".into() };
    Machine {
        instance: told(
            at,
            Instance {
                state: "running".into(),
                account: "111122223333".into(),
                image: "ami-1".into(),
                vpc: "vpc-1".into(),
                subnet: "subnet-1".into(),
                metadata_tokens: Some(true),
                metadata_hops: Some(2),
                ..Instance::default()
            },
        ),
        termination_protection: told(at, false),
        shutdown: told(at, Shutdown("terminate".into())),
        scaling: told(
            at,
            Some(Membership {
                group: "eks-standard".into(),
                lifecycle: "InService".into(),
                health: "HEALTHY".into(),
                protected_from_scale_in: Some(false),
                size: Some((1, 2, 4)),
                ..Membership::default()
            }),
        ),
        volumes: told(
            at,
            vec![Volume {
                id: "vol-1".into(),
                device: "/dev/xvda".into(),
                gib: Some(80),
                encrypted: Some(true),
                deleted_with_instance: Some(true),
                ..Volume::default()
            }],
        ),
        interfaces: told(
            at,
            vec![Interface {
                id: "eni-1".into(),
                place: Some(0),
                address: "10.0.1.1".into(),
                addresses: vec!["10.0.1.1".into(), "10.0.1.17".into()],
                groups: vec![group],
                ..Interface::default()
            }],
        ),
        groups: told(
            at,
            vec![Group {
                id: "sg-1".into(),
                name: "eks-cluster-sg-shop".into(),
                ingress: vec![Rule { ports: "tcp 22".into(), peers: vec!["0.0.0.0/0".into()] }],
                ..Group::default()
            }],
        ),
        roles: Told { at, said: Err(denied) },
        agent: told(at, None),
    }
}

#[test]
fn a_node_is_led_to_its_instance_and_its_volumes_once_it_is_looked_at() {
    let mut app = app();
    press(&mut app, "3 enter");
    let asked = app.take_effects().into_iter().find_map(|effect| match effect {
        Effect::Around { ticket, question: Question::Machine(instance), .. } => Some((ticket, instance)),
        _ => None,
    });
    let (ticket, instance) = asked.unwrap();
    assert!(instance.starts_with("i-0abc"), "{instance}");
    assert!(screen(&mut app, 120, 40).contains("asking the account"));
    let at = jiff::Timestamp::from_second(START - 30).unwrap();
    app.reply(Reply::Around(ticket, Around::Machine(Box::new(Told { at, said: Ok(machine(at)) }))));
    insta::assert_snapshot!("node_with_machine_120x40", screen(&mut app, 120, 40));
    press(&mut app, "esc 3 enter");
    let again = app.take_effects().iter().any(|effect| matches!(effect, Effect::Around { .. }));
    assert!(again, "who looks again is told anew");
}

#[test]
fn an_account_that_cannot_be_asked_is_named_where_the_facts_would_stand() {
    let mut app = app();
    press(&mut app, "3 enter");
    let ticket = app.take_effects().into_iter().find_map(|effect| match effect {
        Effect::Around { ticket, .. } => Some(ticket),
        _ => None,
    });
    let why = Unsaid::NoCredentials { why: "expired".into(), renewal: "run `aws sso login`".into() };
    app.reply(Reply::Around(ticket.unwrap(), Around::Machine(Box::new(Told::now(Err(why))))));
    let shown = screen(&mut app, 120, 40);
    assert!(shown.contains("instance unknown: no AWS credentials (expired); run `aws sso login`"), "{shown}");
}
