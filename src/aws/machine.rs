//! The machine under a node: everything that its account tells about one instance.

use serde::Serialize;

use super::account::Account;
use super::agent::Agent;
use super::autoscaling::Membership;
use super::ec2::{Group, Instance, Interface, Shutdown, Volume};
use super::eks::Place;
use super::iam::IamRole;
use super::told::{Told, Unsaid};
use crate::model::ReadOnly;

/// An instance and what stands around it. Each part was asked for by itself, and fails by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Machine {
    /// The instance.
    pub instance: Told<Instance>,
    /// Whether `TerminateInstances` is refused.
    pub termination_protection: Told<bool>,
    /// What a shutdown from inside does.
    pub shutdown: Told<Shutdown>,
    /// The Auto Scaling group; `None` where it belongs to none.
    pub scaling: Told<Option<Membership>>,
    /// Its volumes.
    pub volumes: Told<Vec<Volume>>,
    /// Its network interfaces.
    pub interfaces: Told<Vec<Interface>>,
    /// The security groups of all its interfaces.
    pub groups: Told<Vec<Group>>,
    /// The roles of its instance profile: what every pod that reaches the metadata service may do.
    pub roles: Told<Vec<IamRole>>,
    /// The agent of Systems Manager; `None` where the service knows none.
    pub agent: Told<Option<Agent>>,
}

impl Account {
    /// Asks everything about an instance, as much of it at once as can be.
    pub async fn machine(&self, id: &str) -> Machine {
        let instance = async { Told::now(self.instance(id).await) };
        let interfaces = async { Told::now(self.interfaces(id).await) };
        let network = async {
            let interfaces = interfaces.await;
            let groups = match &interfaces.said {
                Ok(interfaces) => {
                    let groups = interfaces.iter().flat_map(|interface| &interface.groups);
                    let mut ids: Vec<_> = groups.map(|group| group.id.to_string()).collect();
                    ids.sort_unstable();
                    ids.dedup();
                    self.groups(&ids).await
                }
                Err(_) => Err(Unsaid::NotAsked("the groups are those of the interfaces, which are not known".into())),
            };
            (interfaces, Told::now(groups))
        };
        let host = async {
            let instance = instance.await;
            let roles = match &instance.said {
                Ok(instance) if instance.profile.is_empty() => Ok(Vec::new()),
                Ok(instance) => self.roles_behind(&instance.profile).await,
                Err(_) => Err(Unsaid::NotAsked("the role is that of the instance, which is not known".into())),
            };
            (instance, Told::now(roles))
        };
        let protection = async { Told::now(self.termination_protection(id).await) };
        let shutdown = async { Told::now(self.shutdown_behaviour(id).await) };
        let scaling = async { Told::now(self.membership(id).await) };
        let volumes = async { Told::now(self.volumes(id).await) };
        let agent = async { Told::now(self.agent(id).await) };
        let ((instance, roles), (interfaces, groups), termination_protection, shutdown, scaling, volumes, agent) =
            tokio::join!(host, network, protection, shutdown, scaling, volumes, agent);
        let volumes = Told { said: volumes.said.map(|volumes| with_fate(volumes, instance.known())), ..volumes };
        Machine { instance, termination_protection, shutdown, scaling, volumes, interfaces, groups, roles, agent }
    }

    async fn roles_behind(&self, profile: &str) -> Result<Vec<IamRole>, Unsaid> {
        let names = self.roles_of_profile(profile).await?;
        futures::future::try_join_all(names.iter().map(|name| self.role(name))).await
    }
}

/// Volumes, each with what its instance says of its end where it does not say so itself.
fn with_fate(volumes: Vec<Volume>, instance: Option<&Instance>) -> Vec<Volume> {
    let fate = |volume: &Volume| instance?.volumes.iter().find(|(id, _)| *id == volume.id)?.1;
    let known = |volume: Volume| Volume {
        deleted_with_instance: volume.deleted_with_instance.or_else(|| fate(&volume)),
        ..volume
    };
    volumes.into_iter().map(known).collect()
}

/// Asks the account of a place about an instance; `None` is a cluster that has no account.
/// That the account cannot be asked at all is one answer, not one for each part.
pub async fn at(place: Option<&Place>, id: &str, latch: ReadOnly) -> Told<Machine> {
    let Some(place) = place else {
        return Told::now(Err(Unsaid::NotAsked("no AWS account belongs to this cluster here".into())));
    };
    match Account::at(place, latch).await {
        Ok(account) => Told::now(Ok(account.machine(id).await)),
        Err(why) => Told::now(Err(why)),
    }
}
