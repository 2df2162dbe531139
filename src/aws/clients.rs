//! SDK clients, built here and nowhere else, so that none is without the guard.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::timeout::TimeoutConfig;
use aws_config::{AppName, BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};

use super::eks::Place;
use super::guard::Guard;
use crate::model::{Clean, ReadOnly, WriteRight};

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
    embedded: bool,
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
        Self { config: config(place).await, latch, embedded: place.embedded.is_some() }
    }

    /// The same clients, called in the account's trail as an API server hears us called: `podmortem/1.2.0 case/INC-42`
    /// stands there as `app/podmortem-1.2.0_case-INC-42`, since the SDK takes no other letters.
    #[must_use]
    pub fn called(self, user_agent: &str) -> Self {
        let name = user_agent.replace('/', "-").replace(' ', "_");
        match AppName::new(name) {
            Ok(name) => Self { config: self.config.into_builder().app_name(name).build(), ..self },
            Err(_) => self,
        }
    }

    /// The same clients for who may change something, as long as the right holds. A call that was perhaps
    /// taken is never made a second time.
    #[must_use]
    pub(super) fn acting(&self, right: &WriteRight) -> Self {
        let config = self.config.clone().into_builder().retry_config(RetryConfig::disabled()).build();
        Self { config, latch: right.latch().clone(), embedded: self.embedded }
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

    /// What stands between a client and the network.
    pub(super) fn guard(&self) -> Guard {
        Guard::new(self.latch.clone())
    }

    /// Where a service is asked that has no client here, the environment's word first.
    pub(super) fn endpoint(&self, service: &str, region: &str) -> String {
        let own = std::env::var(format!("AWS_ENDPOINT_URL_{}", service.to_uppercase())).ok();
        // Nothing of the environment is for the embedded account.
        let own = own.filter(|url| !url.is_empty() && !self.embedded);
        let suffix = if region.starts_with("cn-") { ".cn" } else { "" };
        own.or_else(|| self.config.endpoint_url().map(str::to_owned))
            .unwrap_or_else(|| format!("https://{service}.{region}.amazonaws.com{suffix}"))
    }

    /// The credentials to sign with.
    ///
    /// # Errors
    /// There are none, or they have expired.
    pub(super) async fn signing(&self) -> Result<Credentials, CredentialError> {
        found(&self.config, &Place::default()).await
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

/// How long a call may take.
pub(super) fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder().connect_timeout(CONNECT).operation_timeout(CALL).build()
}

/// Reads neither the user's files nor the environment.
fn embedded(endpoint: &str, place: &Place) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(endpoint)
        .region(Region::new(place.region.clone().unwrap_or_else(|| "us-east-1".to_owned())))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
            EMBEDDED, EMBEDDED, None, None, "embedded",
        )))
        .timeout_config(timeouts())
        .build()
}

async fn config(place: &Place) -> SdkConfig {
    if let Some(endpoint) = &place.embedded {
        return embedded(endpoint, place);
    }
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .timeout_config(timeouts())
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
