//! Read-only for AWS: an explicit list of the calls that disclose nothing and change nothing.

use aws_sdk_cloudwatchlogs::operation::filter_log_events::FilterLogEventsInput;
use aws_sdk_ec2::operation::describe_instance_attribute::DescribeInstanceAttributeInput;
use aws_sdk_ec2::types::InstanceAttributeName;
use aws_sdk_sts::config::interceptors::BeforeSerializationInterceptorContextRef;
use aws_sdk_sts::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_smithy_runtime_api::client::orchestrator::Metadata;

use super::logs::AUDIT_STREAMS;
use crate::model::{Clean, ReadOnly, Refused};

/// What may be called while the latch is closed, by the SDK's name of the service.
/// A prefix such as `Get` is no criterion: `GetParameter` discloses.
/// `GetCommandInvocation` discloses what anybody's command printed, so it is not among them,
/// and neither is `ListCommandInvocations`: only who goes on with a job asks for it, and may write.
pub(super) const ALLOWED: [(&str, &[&str]); 12] = [
    ("Auto Scaling", &["DescribeAutoScalingInstances", "DescribeAutoScalingGroups"]),
    ("CloudWatch Logs", &["DescribeLogGroups", "FilterLogEvents"]),
    (
        "EC2",
        &[
            "DescribeInstances",
            "DescribeInstanceAttribute",
            "DescribeVolumes",
            "DescribeNetworkInterfaces",
            "DescribeSecurityGroups",
            "DescribeVpcs",
        ],
    ),
    ("ECR", &["DescribeImages"]),
    (
        "EKS",
        &[
            "ListClusters",
            "DescribeCluster",
            "DescribeUpdate",
            "ListAccessEntries",
            "DescribeAccessEntry",
            "ListAssociatedAccessPolicies",
            "ListIdentityProviderConfigs",
            "DescribeIdentityProviderConfig",
            "ListPodIdentityAssociations",
            "DescribePodIdentityAssociation",
        ],
    ),
    ("GuardDuty", &["ListDetectors", "GetDetector", "ListFindings", "GetFindings", "GetFilter"]),
    (
        "IAM",
        &["GetInstanceProfile", "GetRole", "ListAttachedRolePolicies", "ListRolePolicies", "SimulatePrincipalPolicy"],
    ),
    ("KMS", &["DescribeKey"]),
    ("S3", &["HeadBucket", "GetObjectLockConfiguration", "GetBucketEncryption"]),
    ("SSM", &["DescribeInstanceInformation"]),
    ("SecurityHub", &["GetFindings"]),
    ("STS", &["GetCallerIdentity"]),
];

/// Attributes of an instance that may be read while the latch is closed. The call
/// gives `userData` too, and that holds secrets more often than not.
const ATTRIBUTES: [InstanceAttributeName; 2] =
    [InstanceAttributeName::DisableApiTermination, InstanceAttributeName::InstanceInitiatedShutdownBehavior];

/// Refuses a call before it is even written down as a request.
#[derive(Debug)]
pub struct Guard(ReadOnly);

impl Guard {
    /// A guard that enforces while `latch` is closed.
    pub const fn new(latch: ReadOnly) -> Self {
        Self(latch)
    }

    fn permits(&self, service: &str, operation: &str) -> Result<(), Refused> {
        let listed = ALLOWED.iter().any(|(name, calls)| *name == service && calls.contains(&operation));
        if listed || !self.0.is_closed() { Ok(()) } else { Err(Refused::read_only(&format!("{service} {operation}"))) }
    }

    fn permits_attribute(&self, asked: &DescribeInstanceAttributeInput) -> Result<(), Refused> {
        let listed = asked.attribute().is_some_and(|attribute| ATTRIBUTES.contains(attribute));
        let name = asked.attribute().map_or("no attribute", InstanceAttributeName::as_str);
        if listed || !self.0.is_closed() {
            Ok(())
        } else {
            Err(Refused::read_only(&format!("EC2 DescribeInstanceAttribute of {name}")))
        }
    }
}

impl Guard {
    /// Logs hold whatever programs print. Of a cluster's control plane alone, the audit log is read.
    fn permits_events(&self, asked: &FilterLogEventsInput) -> Result<(), Refused> {
        let group = asked.log_group_name().unwrap_or_default();
        let of_cluster = group.strip_prefix("/aws/eks/").and_then(|rest| rest.strip_suffix("/cluster"));
        let one = of_cluster.is_some_and(|name| !name.is_empty() && !name.contains('/'));
        let audit = one
            && asked.log_group_identifier().is_none()
            && asked.log_stream_names().is_empty()
            && asked.log_stream_name_prefix().is_some_and(|prefix| prefix.starts_with(AUDIT_STREAMS));
        if audit || !self.0.is_closed() {
            Ok(())
        } else {
            Err(Refused::read_only(&format!("CloudWatch Logs FilterLogEvents of {}", Clean::from(group))))
        }
    }
}

impl Intercept for Guard {
    fn name(&self) -> &'static str {
        "podmortem read-only"
    }

    fn read_before_serialization(
        &self,
        context: &BeforeSerializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), aws_smithy_runtime_api::box_error::BoxError> {
        let call = bag.load::<Metadata>();
        let (service, operation) =
            call.map_or(("unknown service", "unknown call"), |call| (call.service(), call.name()));
        self.permits(service, operation)?;
        if let Some(asked) = context.input().downcast_ref() {
            self.permits_attribute(asked)?;
        }
        if let Some(asked) = context.input().downcast_ref() {
            self.permits_events(asked)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_refused_call_opens_no_connection() {
        use aws_sdk_sts::config::{BehaviorVersion, Credentials, Region};
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let config = aws_sdk_sts::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-west-1"))
            .endpoint_url(format!("http://{}", listener.local_addr().unwrap()))
            .credentials_provider(Credentials::new("AKIA", "secret", None, None, "test"))
            .interceptor(Guard::new(ReadOnly::closed()))
            .build();
        let sts = aws_sdk_sts::Client::from_conf(config);
        let refused = sts.assume_role().role_arn("arn:aws:iam::1:role/x").role_session_name("x").send().await;
        let said = super::super::clients::chain(&refused.unwrap_err());
        assert!(said.contains("read-only") && said.contains("STS AssumeRole"), "{said}");
        assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
    }

    #[test]
    fn no_attribute_that_discloses_is_read() {
        let asked = |name: InstanceAttributeName| {
            let input = DescribeInstanceAttributeInput::builder().instance_id("i-1").attribute(name);
            Guard::new(ReadOnly::closed()).permits_attribute(&input.build().unwrap())
        };
        assert_eq!(asked(InstanceAttributeName::DisableApiTermination), Ok(()));
        let refused = asked(InstanceAttributeName::UserData).unwrap_err();
        assert_eq!(refused.what, "EC2 DescribeInstanceAttribute of userData");
    }

    #[test]
    fn of_logs_only_the_audit_log_of_a_cluster_is_read() {
        let asked = |group: &str, streams: &str| {
            let input = FilterLogEventsInput::builder().log_group_name(group).log_stream_name_prefix(streams);
            Guard::new(ReadOnly::closed()).permits_events(&input.build().unwrap())
        };
        assert_eq!(asked("/aws/eks/shop-prod/cluster", "kube-apiserver-audit-"), Ok(()));
        for (group, streams) in [
            ("/aws/eks/shop-prod/cluster", "authenticator-"),
            ("/aws/eks/shop-prod/cluster", ""),
            ("/aws/lambda/pay", "kube-apiserver-audit-"),
            ("/aws/eks/a/b/cluster", "kube-apiserver-audit-"),
            ("/aws/eks//cluster", "kube-apiserver-audit-"),
        ] {
            assert!(asked(group, streams).unwrap_err().what.contains(group), "{group} {streams}");
        }
    }

    #[test]
    fn only_what_is_listed_passes_a_closed_latch() {
        let closed = Guard::new(ReadOnly::closed());
        assert_eq!(closed.permits("STS", "GetCallerIdentity"), Ok(()));
        assert_eq!(closed.permits("SSM", "DescribeInstanceInformation"), Ok(()));
        for (service, call) in [
            ("STS", "AssumeRole"),
            ("EKS", "DeleteCluster"),
            ("EKS", "GetCallerIdentity"),
            ("SSM", "GetParameter"),
            ("SSM", "SendCommand"),
            ("SSM", "GetCommandInvocation"),
            ("SSM", "ListCommandInvocations"),
        ] {
            let refused = closed.permits(service, call).unwrap_err();
            assert_eq!(refused.what, format!("{service} {call}"));
            assert_eq!(Guard::new(ReadOnly::open()).permits(service, call), Ok(()));
        }
    }
}
