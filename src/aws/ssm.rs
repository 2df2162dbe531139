//! AWS Systems Manager: a script on a node, run by the agent there, and what it printed.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_ssm::Client;
use aws_sdk_ssm::error::ProvideErrorMetadata as _;
use aws_sdk_ssm::types::{CommandFilter, CommandFilterKey, CommandInvocationStatus, InstanceInformationStringFilter};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::clients::{self, Clients};
use super::eks::Place;
use super::identity;
use super::lost::NodeLost;
use crate::model::{Clean, ReadOnly, WriteRight};

/// What `SendCommand` is asked for, under its own names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Script {
    /// `AWS-RunShellScript`.
    pub document_name: String,
    /// At most 100 characters, for whoever reads the account's history of commands.
    pub comment: String,
    /// Seconds to deliver it to the agent; the service takes 30 at least.
    pub timeout_seconds: i32,
    /// `commands`, `executionTimeout`.
    pub parameters: HashMap<String, Vec<String>>,
}

/// What a script printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printed {
    /// Its standard output; the service keeps the first 24,000 characters.
    pub output: String,
    /// Its standard error; the service keeps the first 8,000 characters.
    pub errors: String,
}

/// A command that was accepted for one node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The command's id.
    pub id: String,
    /// The instance that it was sent to.
    pub instance: String,
    /// When to stop asking for its end.
    patience: Duration,
}

/// The agents of one account and Region.
#[derive(Clone, Debug)]
pub struct Agents {
    ssm: Client,
    place: Place,
    latch: ReadOnly,
    renewal: Clean,
}

/// Characters that the service takes as a comment.
const COMMENT: usize = 100;

/// The agent answers this fast when it is there: after that the service is asked less often.
const FAST: Duration = Duration::from_millis(250);

/// Between two questions at most.
const SLOW: Duration = Duration::from_secs(2);

/// An invocation that was just sent is unknown for a moment: asked for again for this long.
const UNKNOWN: Duration = Duration::from_secs(10);

/// A command that was just sent is in no list for a moment: looked for again for this long.
const LISTED: Duration = Duration::from_secs(3);

/// What clocks of machines in one account are apart at most, with a good deal to spare.
const CLOCKS: Duration = Duration::from_secs(900);

impl Script {
    /// The script of one call of one job: by its comment it is found again in the account's history of commands.
    pub fn named(self, job: &str, call: usize) -> Self {
        let comment = format!("{} {job}/{call}", self.comment).chars().take(COMMENT).collect();
        Self { comment, ..self }
    }

    /// The command that this became, by the id that the service gave it.
    pub fn sent_as(&self, id: &str, instance: &str) -> Sent {
        let runs = self.parameters.get("executionTimeout").and_then(|seconds| seconds.first()?.parse().ok());
        let seconds = u64::try_from(self.timeout_seconds).unwrap_or(30) + runs.unwrap_or(60);
        Sent { id: id.to_owned(), instance: instance.to_owned(), patience: Duration::from_secs(seconds + 10) }
    }
}

impl Agents {
    /// The agents that a place's credentials reach.
    ///
    /// # Errors
    /// No Region is configured, or there are no credentials.
    pub async fn at(place: &Place, latch: ReadOnly) -> Result<Self, NodeLost> {
        let clients = Clients::at(place, latch.clone()).await;
        if let Err(none) = clients.credible(place).await {
            return Err(NodeLost::NoCredentials { why: none.why, renewal: none.renewal });
        }
        if clients.region().is_none() {
            return Err(NodeLost::NoRegion { place: place.to_string().into() });
        }
        Ok(Self { ssm: clients.ssm(), place: place.clone(), latch, renewal: clients::renewal(place).into() })
    }

    /// The AWS identity that commands are sent as; `None` where STS does not say.
    pub async fn caller(&self) -> Option<Clean> {
        let caller = identity::caller(&self.place, &self.latch).await.ok()?;
        (!caller.arn.is_empty()).then_some(caller.arn)
    }

    /// Whether the agent of an instance can be reached, as the service knows it. Changes nothing.
    ///
    /// # Errors
    /// It cannot, or the service cannot be asked; says which.
    pub async fn online(&self, instance: &str) -> Result<(), NodeLost> {
        const CALL: &str = "ssm:DescribeInstanceInformation";
        let only = InstanceInformationStringFilter::builder().key("InstanceIds").values(instance).build();
        let only = only.map_err(|error| self.unreachable(CALL, &error))?;
        let asked = self.ssm.describe_instance_information().filters(only).send().await;
        let known = asked.map_err(|error| self.failed(CALL, instance, error.code(), &error))?;
        // Some endpoints answer with every instance, whatever the filter says.
        let node = known.instance_information_list().iter().find(|node| node.instance_id() == Some(instance));
        match node.map(|node| node.ping_status().map_or("unknown", |ping| ping.as_str())) {
            Some("Online") => Ok(()),
            Some(ping) => Err(NodeLost::Silent { instance: instance.into(), ping: ping.into() }),
            None => Err(NodeLost::NoAgent { instance: instance.into() }),
        }
    }

    /// Sends a script to one instance, once.
    ///
    /// # Errors
    /// The right is gone, or the service did not accept it.
    pub async fn send(&self, right: &WriteRight, instance: &str, script: &Script) -> Result<Sent, NodeLost> {
        const CALL: &str = "ssm:SendCommand";
        right.holds(&format!("{CALL} to {instance}"))?;
        let sent = self
            .ssm
            .send_command()
            .document_name(&script.document_name)
            .comment(&script.comment)
            .timeout_seconds(script.timeout_seconds)
            .set_parameters(Some(script.parameters.clone()))
            .instance_ids(instance)
            .send()
            .await
            .map_err(|error| self.failed(CALL, instance, error.code(), &error))?;
        let id = sent.command.and_then(|command| command.command_id).unwrap_or_default();
        Ok(script.sent_as(&id, instance))
    }

    /// The command that a script became, by its comment, which names one call of one job;
    /// `None` where the service was never given it. `since` bounds what is asked for: the
    /// service remembers commands for 30 days. Lists tell nothing of what was run or printed.
    ///
    /// # Errors
    /// The service does not say.
    pub async fn given(
        &self,
        instance: &str,
        script: &Script,
        since: Option<Timestamp>,
    ) -> Result<Option<Sent>, NodeLost> {
        const CALL: &str = "ssm:ListCommandInvocations";
        let after = since.map(|since| {
            let after = since.saturating_sub(CLOCKS).unwrap_or(since).strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
            CommandFilter::builder().key(CommandFilterKey::InvokedAfter).value(after).build()
        });
        let after = after.transpose().map_err(|error| self.unreachable(CALL, &error))?;
        let begun = Instant::now();
        loop {
            let asked = self
                .ssm
                .list_command_invocations()
                .instance_id(instance)
                .set_filters(after.clone().map(|one| vec![one]));
            let mut pages = asked.into_paginator().send();
            while let Some(page) = pages.next().await {
                let page = page.map_err(|error| self.failed(CALL, instance, error.code(), &error))?;
                let mut all = page.command_invocations().iter();
                let own = all.find(|one| {
                    one.comment() == Some(&script.comment) && one.instance_id().is_none_or(|on| on == instance)
                });
                if let Some(id) = own.and_then(|one| one.command_id()) {
                    return Ok(Some(script.sent_as(id, instance)));
                }
            }
            if begun.elapsed() >= LISTED {
                return Ok(None);
            }
            tokio::time::sleep(FAST).await;
        }
    }

    /// Waits until a script has ended well, and gives what it printed.
    ///
    /// # Errors
    /// It was not delivered, ran out of time, failed, or was cancelled, or nobody knows.
    pub async fn ended(&self, sent: &Sent) -> Result<Printed, NodeLost> {
        const CALL: &str = "ssm:GetCommandInvocation";
        let (begun, mut pause) = (Instant::now(), FAST);
        let instance = || Clean::from(sent.instance.as_str());
        loop {
            tokio::time::sleep(pause).await;
            pause = (pause * 5 / 4).min(SLOW);
            let asked = self.ssm.get_command_invocation().command_id(&sent.id).instance_id(&sent.instance).send().await;
            let now = match asked {
                Ok(now) => now,
                Err(error) if error.code() == Some("InvocationDoesNotExist") && begun.elapsed() < UNKNOWN => continue,
                Err(error) if error.code() == Some("ThrottlingException") && begun.elapsed() < sent.patience => {
                    pause = SLOW;
                    continue;
                }
                Err(error) => return Err(self.failed(CALL, &sent.instance, error.code(), &error)),
            };
            let detail = now.status_details().unwrap_or_default();
            match now.status() {
                Some(CommandInvocationStatus::Success) => {
                    return Ok(Printed {
                        output: now.standard_output_content.unwrap_or_default(),
                        errors: now.standard_error_content.unwrap_or_default(),
                    });
                }
                Some(
                    CommandInvocationStatus::Pending
                    | CommandInvocationStatus::InProgress
                    | CommandInvocationStatus::Delayed,
                )
                | None => {}
                Some(CommandInvocationStatus::TimedOut) if detail != "ExecutionTimedOut" => {
                    return Err(NodeLost::Undelivered { instance: instance(), detail: detail.into() });
                }
                Some(status) => {
                    let said = now.standard_error_content().unwrap_or_default().trim();
                    return Err(NodeLost::Broke {
                        instance: instance(),
                        status: format!("{} ({detail}, exit code {})", status.as_str(), now.response_code()).into(),
                        said: Clean::capped(said, 400),
                    });
                }
            }
            if begun.elapsed() > sent.patience {
                let status = now.status().map_or("unknown", CommandInvocationStatus::as_str);
                return Err(NodeLost::Unending {
                    instance: instance(),
                    command: sent.id.as_str().into(),
                    status: status.into(),
                });
            }
        }
    }

    fn failed(
        &self,
        call: &'static str,
        instance: &str,
        code: Option<&str>,
        error: &(dyn std::error::Error + 'static),
    ) -> NodeLost {
        let why = Clean::capped(&clients::chain(error), 400);
        match code {
            Some("AccessDeniedException" | "AccessDenied" | "UnauthorizedOperation") => NodeLost::Denied { call, why },
            Some("InvalidInstanceId") => NodeLost::NoAgent { instance: instance.into() },
            Some(
                "ExpiredTokenException"
                | "ExpiredToken"
                | "UnrecognizedClientException"
                | "InvalidClientTokenId"
                | "MissingAuthenticationTokenException",
            ) => NodeLost::NoCredentials { why, renewal: self.renewal.clone() },
            None if why.contains("credentials") => NodeLost::NoCredentials { why, renewal: self.renewal.clone() },
            _ => self.unreachable(call, error),
        }
    }

    fn unreachable(&self, call: &'static str, error: &(dyn std::error::Error + 'static)) -> NodeLost {
        NodeLost::Unreachable { call, why: Clean::capped(&clients::chain(error), 400) }
    }
}
