//! What the account around a cluster tells of an object, once somebody looks at it.

use crate::aws::ecr::{self, ImageRecord};
use crate::aws::{Machine, Told, machine_at};
use crate::config::theme::Role;
use crate::inventory::Row;
use crate::kubernetes::Cluster;
use crate::kubernetes::user::{Answer, Known, User, ask, who_is};
use crate::model::facts::{ContainerFacts, Shape};
use crate::model::{Clean, ReadOnly};

use super::relations::Branch;
use super::{image, machine, who};

/// What an account tells.
#[derive(Debug)]
pub enum Around {
    /// Nobody has asked, or there is nothing to ask.
    No,
    /// Under way.
    Asked,
    /// Of the instance under a node.
    Machine(Box<Told<Machine>>),
    /// Of a pod's images, each as the pod names it.
    Images(Vec<(Clean, Told<ImageRecord>)>),
    /// Of whoever acts as a service account.
    Who(Box<Told<Answer>>),
}

/// What an account is asked.
#[derive(Clone, Debug)]
pub enum Question {
    /// What an instance is.
    Machine(Clean),
    /// What is on record of images, each as its pod names it and as its runtime reports it.
    Images(Vec<(Clean, Clean)>),
    /// Who a user is, beside what is known already.
    Who(User, Box<Known>),
}

impl Question {
    /// What there is to ask about an object, if anything.
    pub fn about(row: &Row<'_>) -> Option<Self> {
        match row {
            Row::Node(_, node) if !node.instance_id.is_empty() => Some(Self::Machine(node.instance_id.clone())),
            Row::Node(..) => None,
            Row::Pod(pod) => {
                let named = |one: &ContainerFacts| (one.image.clone(), one.image_id.clone());
                let mut images: Vec<_> = pod.containers().iter().map(named).collect();
                images.sort();
                images.dedup();
                Some(Self::Images(images))
            }
            Row::Object(_, object) => {
                let Shape::ServiceAccount { role_arn, .. } = &object.shape else { return None };
                let meta = &object.meta;
                let user = User::named(format!("system:serviceaccount:{}:{}", meta.namespace, meta.name));
                let known = Known { annotated_role: Some(role_arn.clone()), ..Known::default() };
                Some(Self::Who(user, Box::new(known)))
            }
        }
    }

    /// Asks. Every call has its deadline, and what fails is part of the answer.
    pub async fn ask(self, cluster: &Cluster, latch: ReadOnly) -> Around {
        let place = cluster.entry().place();
        match self {
            Self::Machine(instance) => Around::Machine(Box::new(machine_at(place, &instance, latch).await)),
            Self::Images(images) => Around::Images(ecr::records(place, &images, &latch).await),
            Self::Who(user, known) => {
                let known = ask(&user, cluster, latch, *known).await;
                Around::Who(Box::new(Told::now(Ok(who_is(&user, &known)))))
            }
        }
    }
}

impl Around {
    /// What was told, as branches below the object.
    pub fn branches(&self) -> Vec<Branch> {
        match self {
            Self::No => Vec::new(),
            Self::Asked => vec![Branch {
                depth: 2,
                label: "asking the account".into(),
                role: Role::Progress,
                goes: None,
                told: None,
            }],
            Self::Machine(told) => machine::branches(told),
            Self::Images(records) => image::branches(records),
            Self::Who(answer) => who::branches(answer),
        }
    }
}
