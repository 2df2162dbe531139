//! SDK clients, built here and nowhere else, so that none is without the guard.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};

use super::eks::Place;
use super::guard::Guard;
use crate::model::{Clean, ReadOnly};

/// Time to a connection.
const CONNECT: Duration = Duration::from_secs(5);

/// Time for one call, all its attempts together.
const CALL: Duration = Duration::from_secs(20);

/// Time to find credentials: an instance profile that is not there is asked for over the network.
const CREDENTIALS: Duration = Duration::from_secs(10);

/// The clients of one profile and Region. Endpoints are those of the environment
/// (`AWS_ENDPOINT_URL`) or of AWS.
#[derive(Clone, Debug)]
pub struct Clients {
    config: SdkConfig,
    latch: ReadOnly,
}

/// There are no credentials, or they have expired.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no AWS credentials{of}: {why}; {renewal}")]
pub struct CredentialError {
    /// Whose they would be.
    pub of: Clean,
    /// What the credential chain says.
    pub why: Clean,
    /// The command that renews them.
    pub renewal: Clean,
}

impl Clients {
    /// The clients of a place. Reads the AWS configuration files; asks nobody.
    pub async fn at(place: &Place, latch: ReadOnly) -> Self {
        Self { config: config(place).await, latch }
    }

    /// The Region that calls go to, where one is configured.
    pub fn region(&self) -> Option<String> {
        self.config.region().map(ToString::to_string)
    }

    /// Whether there are credentials at all, so that nobody waits for a call that cannot be signed.
    ///
    /// # Errors
    /// There are none, or they have expired.
    pub async fn credible(&self, place: &Place) -> Result<(), CredentialError> {
        found(&self.config, place).await.map(drop)
    }

    /// Amazon EKS.
    pub fn eks(&self) -> aws_sdk_eks::Client {
        let guard = Guard::new(self.latch.clone());
        aws_sdk_eks::Client::from_conf(aws_sdk_eks::config::Builder::from(&self.config).interceptor(guard).build())
    }

    /// AWS Systems Manager.
    pub fn ssm(&self) -> aws_sdk_ssm::Client {
        let guard = Guard::new(self.latch.clone());
        // A command that was perhaps accepted is never sent a second time.
        let once = RetryConfig::disabled();
        let config = aws_sdk_ssm::config::Builder::from(&self.config).retry_config(once).interceptor(guard);
        aws_sdk_ssm::Client::from_conf(config.build())
    }

    /// Amazon EC2.
    pub fn ec2(&self) -> aws_sdk_ec2::Client {
        let guard = Guard::new(self.latch.clone());
        aws_sdk_ec2::Client::from_conf(aws_sdk_ec2::config::Builder::from(&self.config).interceptor(guard).build())
    }

    /// Amazon EC2 Auto Scaling.
    pub fn autoscaling(&self) -> aws_sdk_autoscaling::Client {
        let guard = Guard::new(self.latch.clone());
        let config = aws_sdk_autoscaling::config::Builder::from(&self.config).interceptor(guard);
        aws_sdk_autoscaling::Client::from_conf(config.build())
    }

    /// Amazon ECR.
    pub fn ecr(&self) -> aws_sdk_ecr::Client {
        let guard = Guard::new(self.latch.clone());
        aws_sdk_ecr::Client::from_conf(aws_sdk_ecr::config::Builder::from(&self.config).interceptor(guard).build())
    }

    /// Amazon GuardDuty.
    pub fn guardduty(&self) -> aws_sdk_guardduty::Client {
        let guard = Guard::new(self.latch.clone());
        let config = aws_sdk_guardduty::config::Builder::from(&self.config).interceptor(guard);
        aws_sdk_guardduty::Client::from_conf(config.build())
    }

    /// Amazon CloudWatch Logs.
    pub fn logs(&self) -> aws_sdk_cloudwatchlogs::Client {
        let guard = Guard::new(self.latch.clone());
        let config = aws_sdk_cloudwatchlogs::config::Builder::from(&self.config).interceptor(guard);
        aws_sdk_cloudwatchlogs::Client::from_conf(config.build())
    }

    /// AWS IAM.
    pub fn iam(&self) -> aws_sdk_iam::Client {
        let guard = Guard::new(self.latch.clone());
        aws_sdk_iam::Client::from_conf(aws_sdk_iam::config::Builder::from(&self.config).interceptor(guard).build())
    }

    /// AWS STS.
    pub fn sts(&self) -> aws_sdk_sts::Client {
        let guard = Guard::new(self.latch.clone());
        aws_sdk_sts::Client::from_conf(aws_sdk_sts::config::Builder::from(&self.config).interceptor(guard).build())
    }
}

/// Credentials of a place and the Region to sign for, for a token that is signed here.
///
/// # Errors
/// There are none, or they have expired.
pub(super) async fn credentials(place: &Place) -> Result<(Credentials, Option<String>), CredentialError> {
    let config = config(place).await;
    Ok((found(&config, place).await?, config.region().map(ToString::to_string)))
}

async fn found(config: &SdkConfig, place: &Place) -> Result<Credentials, CredentialError> {
    let fail = |why: &str| CredentialError {
        of: Clean::from(whose(place)),
        why: Clean::capped(why, 400),
        renewal: Clean::from(renewal(place)),
    };
    let provider = config.credentials_provider().ok_or_else(|| fail("none are configured"))?;
    let found = tokio::time::timeout(CREDENTIALS, provider.provide_credentials())
        .await
        .map_err(|_| fail(&format!("none were found within {} s", CREDENTIALS.as_secs())))?;
    found.map_err(|error| fail(&chain(&error)))
}

/// What a person does to renew the credentials of a place.
pub fn renewal(place: &Place) -> String {
    match &place.profile {
        Some(profile) => format!("run `aws sso login --profile {profile}`, or renew the keys of that profile"),
        None => "run `aws sso login`, or set AWS_PROFILE or the keys in the environment".to_owned(),
    }
}

fn whose(place: &Place) -> String {
    let role = place.role.iter().map(|role| format!(" as {role}"));
    place.profile.iter().map(|profile| format!(" for profile {profile}")).chain(role).collect()
}

/// An error with what caused it, outermost first.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}

/// What the embedded account takes: it is no secret, and nobody else takes it.
const EMBEDDED: &str = "GAMEDAY";

/// Reads neither the user's files nor the environment.
fn embedded(endpoint: &str, place: &Place) -> SdkConfig {
    let timeouts = TimeoutConfig::builder().connect_timeout(CONNECT).operation_timeout(CALL).build();
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(endpoint)
        .region(Region::new(place.region.clone().unwrap_or_else(|| "us-east-1".to_owned())))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
            EMBEDDED, EMBEDDED, None, None, "embedded",
        )))
        .timeout_config(timeouts)
        .build()
}

async fn config(place: &Place) -> SdkConfig {
    if let Some(endpoint) = &place.embedded {
        return embedded(endpoint, place);
    }
    let timeouts = TimeoutConfig::builder().connect_timeout(CONNECT).operation_timeout(CALL).build();
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .timeout_config(timeouts)
        .retry_config(RetryConfig::standard().with_max_attempts(2));
    if let Some(profile) = &place.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(region) = &place.region {
        loader = loader.region(Region::new(region.clone()));
    }
    let config = loader.load().await;
    match &place.role {
        None => config,
        Some(role) => {
            let role = AssumeRoleProvider::builder(role).session_name("podmortem").configure(&config).build().await;
            config.into_builder().credentials_provider(SharedCredentialsProvider::new(role)).build()
        }
    }
}
