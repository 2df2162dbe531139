//! Everything that shares something with a row.

use crate::model::Kind;
use crate::model::facts::Shape;

use super::row::Row;
use super::store::Inventory;

/// What objects can have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shared {
    /// A container image.
    Image,
    /// A service account.
    Account,
    /// A node.
    Node,
    /// A workload.
    Workload,
    /// A namespace.
    Namespace,
    /// A service.
    Service,
}

impl Shared {
    /// All of them with the letter that asks for each and what it is called.
    pub const ALL: [(Self, char, &'static str); 6] = [
        (Self::Image, 'i', "image"),
        (Self::Account, 'a', "service account"),
        (Self::Node, 'n', "node"),
        (Self::Workload, 'w', "workload"),
        (Self::Namespace, 's', "namespace"),
        (Self::Service, 'v', "service"),
    ];

    /// The query that selects the pods which share this with a row, as the
    /// responder would type it; absent where the row has no such thing.
    pub fn query(self, row: &Row<'_>, inventory: &Inventory) -> Option<String> {
        let text = match row {
            Row::Pod(pod) => match self {
                Self::Image => {
                    let images: Vec<_> = pod.containers().iter().map(|container| container.image.as_str()).collect();
                    let mut different: Vec<&str> = Vec::new();
                    images.into_iter().filter(|image| !image.is_empty()).for_each(|image| {
                        if !different.contains(&image) {
                            different.push(image);
                        }
                    });
                    (!different.is_empty()).then(|| format!("image:{}", different.join(",")))?
                }
                Self::Account => format!("sa:{}/{}", pod.namespace(), pod.service_account()),
                Self::Node if pod.node().is_empty() => return None,
                Self::Node => format!("node:{}", pod.node()),
                Self::Workload => {
                    let (kind, name) = pod.workload()?;
                    format!("ns:{} workload:{kind}/{name}", pod.namespace())
                }
                Self::Namespace => format!("ns:{}", pod.namespace()),
                Self::Service => service_of(row, inventory)?,
            },
            Row::Node(_, node) if self == Self::Node => format!("node:{}", node.meta.name),
            Row::Node(..) => return None,
            Row::Object(_, object) => {
                let (namespace, name) = (&object.meta.namespace, &object.meta.name);
                match (self, object.kind) {
                    (Self::Namespace, Kind::Namespace) => format!("ns:{name}"),
                    (Self::Namespace, _) => format!("ns:{namespace}"),
                    (Self::Service, Kind::Service) => format!("svc:{namespace}/{name}"),
                    (Self::Account, Kind::ServiceAccount) => format!("sa:{namespace}/{name}"),
                    (Self::Workload, kind) if Kind::WORKLOADS.contains(&kind) => {
                        format!("ns:{namespace} workload:{kind}/{name}")
                    }
                    _ => return None,
                }
            }
        };
        Some(text)
    }
}

/// The services whose EndpointSlices name a pod.
fn service_of(row: &Row<'_>, inventory: &Inventory) -> Option<String> {
    let pod = row.id();
    let services: Vec<String> = inventory
        .objects(Kind::EndpointSlice)
        .iter()
        .filter(|(_, slice)| slice.session == pod.session)
        .filter_map(|(_, slice)| match &slice.facts.shape {
            Shape::EndpointSlice { service, endpoints }
                if endpoints.iter().any(|endpoint| endpoint.pod == Some(pod.uid)) =>
            {
                Some(format!("{}/{service}", slice.facts.meta.namespace))
            }
            _ => None,
        })
        .collect();
    (!services.is_empty()).then(|| format!("svc:{}", services.join(",")))
}
