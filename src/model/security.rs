//! What a pod's specification gives it beyond an ordinary pod.

use std::fmt;

/// Security facts of a pod, one bit each, as its specification states them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Security(u16);

impl Security {
    /// A container is privileged.
    pub const PRIVILEGED: Self = Self(1);
    /// The pod shares the node's process table.
    pub const HOST_PID: Self = Self(1 << 1);
    /// The pod shares the node's IPC namespace.
    pub const HOST_IPC: Self = Self(1 << 2);
    /// The pod shares the node's network: NetworkPolicies do not reach it.
    pub const HOST_NETWORK: Self = Self(1 << 3);
    /// A volume is a path of the node.
    pub const HOST_PATH: Self = Self(1 << 4);
    /// A container adds Linux capabilities.
    pub const CAPABILITIES: Self = Self(1 << 5);
    /// A container is told to run as user 0, or nothing forbids it (neither
    /// `runAsUser` nor `runAsNonRoot` is set, so the image decides).
    pub const MAY_RUN_AS_ROOT: Self = Self(1 << 6);
    /// A container may gain more privileges than its parent (`allowPrivilegeEscalation: true`).
    pub const ESCALATION: Self = Self(1 << 7);

    const NAMES: [(Self, &'static str); 8] = [
        (Self::PRIVILEGED, "privileged"),
        (Self::HOST_PID, "hostPID"),
        (Self::HOST_IPC, "hostIPC"),
        (Self::HOST_NETWORK, "hostNetwork"),
        (Self::HOST_PATH, "hostPath"),
        (Self::CAPABILITIES, "capabilities"),
        (Self::MAY_RUN_AS_ROOT, "root"),
        (Self::ESCALATION, "escalation"),
    ];

    /// Whether every fact of `other` holds here.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether any fact of `other` holds here.
    pub const fn any(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Adds the facts of `other`.
    pub const fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// Whether the pod has a way to its node: privileged, a host namespace or a host path.
    pub const fn reaches_node(self) -> bool {
        self.any(Self(
            Self::PRIVILEGED.0 | Self::HOST_PID.0 | Self::HOST_IPC.0 | Self::HOST_NETWORK.0 | Self::HOST_PATH.0,
        ))
    }

    /// The facts that hold, by the names of the pod specification.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES.into_iter().filter(move |(fact, _)| self.has(*fact)).map(|(_, name)| name)
    }

    /// The fact of that name, in any case.
    pub fn parse(word: &str) -> Option<Self> {
        Self::NAMES.into_iter().find(|(_, name)| name.eq_ignore_ascii_case(word)).map(|(fact, _)| fact)
    }
}

impl fmt::Display for Security {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.names().collect();
        f.pad(&names.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::Security;

    #[test]
    fn names_lead_back_to_their_facts() {
        let mut all = Security::default();
        for (fact, name) in Security::NAMES {
            assert_eq!(Security::parse(name), Some(fact));
            assert!(!all.has(fact));
            all.add(fact);
        }
        assert_eq!(all.names().count(), Security::NAMES.len());
    }
}
