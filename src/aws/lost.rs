//! Why a node could not be asked.

use crate::model::{Clean, Refused};

/// A script did not run on a node, or nobody knows what came of it. Each says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NodeLost {
    /// The cluster has no account that could be asked.
    #[error("no AWS account belongs to this cluster here, so no node of it can be asked")]
    NoAccount,
    /// No Region is configured.
    #[error("Systems Manager of {place}: no Region is configured; name one in the profile or with AWS_REGION")]
    NoRegion {
        /// The profile.
        place: Clean,
    },
    /// There are no credentials, or they have expired.
    #[error("Systems Manager: no AWS credentials ({why}); {renewal}")]
    NoCredentials {
        /// What the credential chain or the service said.
        why: Clean,
        /// What renews them.
        renewal: Clean,
    },
    /// The credentials do not allow the call.
    #[error(
        "{call} is not allowed ({why}); a policy that allows ssm:DescribeInstanceInformation, ssm:SendCommand with the document AWS-RunShellScript, ssm:GetCommandInvocation and ssm:ListCommandInvocations is needed"
    )]
    Denied {
        /// The call.
        call: &'static str,
        /// What the service said.
        why: Clean,
    },
    /// The service does not know the instance.
    #[error(
        "Systems Manager does not know {instance}: its agent never registered, or its instance profile lacks AmazonSSMManagedInstanceCore; look at it with `aws ssm describe-instance-information`"
    )]
    NoAgent {
        /// The instance.
        instance: Clean,
    },
    /// The agent does not report.
    #[error("the agent of {instance} does not report ({ping}): the node is off, cut off, or its agent was stopped")]
    Silent {
        /// The instance.
        instance: Clean,
        /// `ConnectionLost`, `Inactive`.
        ping: Clean,
    },
    /// The agent did not take the command.
    #[error("the command did not reach {instance} ({detail}): the node is off, cut off, or its agent was stopped")]
    Undelivered {
        /// The instance.
        instance: Clean,
        /// What the service says.
        detail: Clean,
    },
    /// The script failed there.
    #[error("the script ended badly on {instance}: {status}: {said}")]
    Broke {
        /// The instance.
        instance: Clean,
        /// `Failed`, `TimedOut`, `Cancelled`.
        status: Clean,
        /// What it wrote on standard error.
        said: Clean,
    },
    /// It did not end in time.
    #[error(
        "command {command} on {instance} did not end in time (last seen: {status}); look at it with `aws ssm get-command-invocation`"
    )]
    Unending {
        /// The instance.
        instance: Clean,
        /// The command's id.
        command: Clean,
        /// What the service said last.
        status: Clean,
    },
    /// The service cannot be reached, or refused for another reason.
    #[error("{call} failed: {why}")]
    Unreachable {
        /// The call.
        call: &'static str,
        /// What went wrong.
        why: Clean,
    },
    /// What is to be sent makes no sense.
    #[error("the plan's command cannot be sent: {why}")]
    Malformed {
        /// What is wrong with it.
        why: Clean,
    },
    /// Read-only was switched on.
    #[error(transparent)]
    Refused(#[from] Refused),
}
