//! What the server says when it does not do what was asked: `Status` objects.

use http::StatusCode;
use serde_json::{Value, json};

use super::super::fields::Conflict;
use super::super::store::{Gone, Resource};

/// One thing that is wrong with an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cause {
    reason: &'static str,
    field: String,
    message: String,
}

impl Cause {
    fn new(reason: &'static str, field: &str, message: String) -> Self {
        Self { reason, field: field.to_owned(), message }
    }

    /// A value that cannot be.
    pub(super) fn invalid(field: &str, value: &Value, why: &str) -> Self {
        Self::new("FieldValueInvalid", field, format!("Invalid value: {value}: {why}"))
    }

    /// A value that is missing.
    pub(super) fn required(field: &str, why: &str) -> Self {
        let more = if why.is_empty() { String::new() } else { format!(": {why}") };
        Self::new("FieldValueRequired", field, format!("Required value{more}"))
    }

    /// What must not be.
    pub(super) fn forbidden(field: &str, why: &str) -> Self {
        Self::new("FieldValueForbidden", field, format!("Forbidden: {why}"))
    }

    /// A value that is none of a few.
    pub(super) fn unsupported(field: &str, value: &str, supported: &[&str]) -> Self {
        let supported: Vec<String> = supported.iter().map(|one| format!("\"{one}\"")).collect();
        let message = format!("Unsupported value: \"{value}\": supported values: {}", supported.join(", "));
        Self::new("FieldValueNotSupported", field, message)
    }

    /// A value that stands there already.
    pub(super) fn duplicate(field: &str, value: &Value) -> Self {
        Self::new("FieldValueDuplicate", field, format!("Duplicate value: {value}"))
    }

    /// A field that another manager set to something else.
    pub(super) fn taken(field: &str, by: &str) -> Self {
        Self::new("FieldManagerConflict", field, format!("conflict with {by}"))
    }

    fn told(&self) -> String {
        format!("{}: {}", self.field, self.message)
    }
}

fn listed(causes: &[Cause]) -> Value {
    causes.iter().map(|cause| json!({"reason": cause.reason, "message": cause.message, "field": cause.field})).collect()
}

/// All that is wrong, in one sentence.
fn together(causes: &[Cause]) -> String {
    match causes {
        [one] => one.told(),
        many => format!("[{}]", many.iter().map(Cause::told).collect::<Vec<_>>().join(", ")),
    }
}

/// A refusal with the reason that clients act on.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    /// HTTP status.
    pub(super) code: StatusCode,
    reason: &'static str,
    message: String,
    details: Value,
}

impl Failure {
    /// Any refusal.
    pub(super) fn new(code: StatusCode, reason: &'static str, message: impl Into<String>) -> Self {
        Self { code, reason, message: message.into(), details: Value::Null }
    }

    fn about(mut self, resource: &Resource, name: &str) -> Self {
        self.details = json!({"name": name, "group": resource.group, "kind": resource.plural});
        if resource.group.is_empty() {
            super::super::json::remove(&mut self.details, "/group");
        }
        self
    }

    /// No such path.
    pub(super) fn no_such_path() -> Self {
        let message = "the server could not find the requested resource";
        Self { details: json!({}), ..Self::new(StatusCode::NOT_FOUND, "NotFound", message) }
    }

    /// No such object.
    pub(super) fn not_found(resource: &Resource, name: &str) -> Self {
        let message = format!("{} \"{name}\" not found", resource.qualified());
        Self::new(StatusCode::NOT_FOUND, "NotFound", message).about(resource, name)
    }

    /// The name is taken.
    pub(super) fn already_exists(resource: &Resource, name: &str) -> Self {
        let message = format!("{} \"{name}\" already exists", resource.qualified());
        Self::new(StatusCode::CONFLICT, "AlreadyExists", message).about(resource, name)
    }

    /// The object is not what the writer thinks it is.
    pub(super) fn conflict(resource: &Resource, name: &str, why: &str) -> Self {
        let message = format!("Operation cannot be fulfilled on {} \"{name}\": {why}", resource.qualified());
        Self::new(StatusCode::CONFLICT, "Conflict", message).about(resource, name)
    }

    /// The object makes no sense.
    pub(super) fn invalid(resource: &Resource, name: &str, causes: Vec<Cause>) -> Self {
        let group = if resource.group.is_empty() { String::new() } else { format!(".{}", resource.group) };
        let message = format!("{}{group} \"{name}\" is invalid: {}", resource.kind, together(&causes));
        let mut details =
            json!({"name": name, "group": resource.group, "kind": resource.kind, "causes": listed(&causes)});
        if resource.group.is_empty() {
            super::super::json::remove(&mut details, "/group");
        }
        Self { details, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Invalid", message) }
    }

    /// An option of the request makes no sense.
    pub(super) fn invalid_options(kind: &str, causes: Vec<Cause>) -> Self {
        let message = format!("{kind}.meta.k8s.io \"\" is invalid: {}", together(&causes));
        let details = json!({"group": "meta.k8s.io", "kind": kind, "causes": listed(&causes)});
        Self { details, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Invalid", message) }
    }

    /// A patch that cannot be applied to the object.
    pub(super) fn invalid_patch(cause: Option<Cause>) -> Self {
        let Some(cause) = cause else {
            let message = "the server rejected our request due to an error in our request";
            return Self { details: json!({}), ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Invalid", message) };
        };
        let message = format!(" \"\" is invalid: {}", cause.told());
        let details = json!({"causes": listed(&[cause])});
        Self { details, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Invalid", message) }
    }

    /// An apply that would change what others set.
    pub(super) fn taken(conflicts: &[Conflict]) -> Self {
        let message = match conflicts {
            [one] => format!("Apply failed with 1 conflict: conflict with {}: {}", one.with, one.field),
            many => {
                let mut lines = Vec::new();
                for (place, one) in many.iter().enumerate() {
                    if place == 0 || many.get(place - 1).is_some_and(|before| before.with != one.with) {
                        lines.push(format!("conflicts with {}:", one.with));
                    }
                    lines.push(format!("- {}", one.field));
                }
                format!("Apply failed with {} conflicts: {}", many.len(), lines.join("\n"))
            }
        };
        let causes: Vec<Cause> = conflicts.iter().map(|one| Cause::taken(&one.field, &one.with)).collect();
        let details = json!({"causes": listed(&causes)});
        Self { details, ..Self::new(StatusCode::CONFLICT, "Conflict", message) }
    }

    /// What the server did not foresee.
    pub(super) fn unforeseen(message: String) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "", message)
    }

    /// A namespace that is on its way out takes nothing new.
    pub(super) fn terminating(resource: &Resource, name: &str, namespace: &str) -> Self {
        let message = format!(
            "{} \"{name}\" is forbidden: unable to create new content in namespace {namespace} because it is being terminated",
            resource.qualified()
        );
        let causes = json!([{"reason": "NamespaceTerminating", "message": format!("namespace {namespace} is being terminated"), "field": "metadata.namespace"}]);
        let mut refusal = Self::new(StatusCode::FORBIDDEN, "Forbidden", message).about(resource, name);
        super::super::json::set(&mut refusal.details, "/causes", causes);
        refusal
    }

    /// The request makes no sense.
    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    /// Nobody is known by this token.
    pub(super) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Unauthorized", "Unauthorized")
    }

    /// Not with these rights.
    pub(super) fn forbidden(resource: &Resource, name: &str, message: String) -> Self {
        Self::new(StatusCode::FORBIDDEN, "Forbidden", message).about(resource, name)
    }

    /// Not in this way.
    pub(super) fn method_not_allowed() -> Self {
        let message = "the server does not allow this method on the requested resource";
        Self { details: json!({}), ..Self::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message) }
    }

    /// A body of a type that is not read.
    pub(super) fn unsupported(accepted: &[&str]) -> Self {
        let message = format!(
            "the body of the request was in an unknown format - accepted media types include: {}",
            accepted.join(", ")
        );
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UnsupportedMediaType", message)
    }

    /// The object is not the one that is to go.
    pub(super) fn not_the_one(resource: &Resource, name: &str, why: &str) -> Self {
        let group = if resource.group.is_empty() { String::new() } else { format!(".{}", resource.group) };
        let message = format!("Operation cannot be fulfilled on {}{group} \"{name}\": {why}", resource.kind);
        let mut refusal = Self::new(StatusCode::CONFLICT, "Conflict", message).about(resource, name);
        super::super::json::set(&mut refusal.details, "/kind", resource.kind);
        refusal
    }

    /// What was sent to a part of an object makes no sense.
    pub(super) fn invalid_kind(kind: &str, name: &str, causes: Vec<Cause>) -> Self {
        let message = format!("{kind} \"{name}\" is invalid: {}", together(&causes));
        let (kind, group) = kind.split_once('.').unwrap_or((kind, ""));
        let details = json!({"name": name, "group": group, "kind": kind, "causes": listed(&causes)});
        Self { details, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Invalid", message) }
    }

    /// An eviction that a disruption budget does not allow; worth another try after so many seconds, 0 for who knows.
    pub(super) fn budget(why: String, retry_after: u64) -> Self {
        let message = "Cannot evict pod as it would violate the pod's disruption budget.";
        let mut details = json!({"causes": [{"reason": "DisruptionBudget", "message": why}]});
        if retry_after > 0 {
            super::super::json::set(&mut details, "/retryAfterSeconds", retry_after);
        }
        Self { details, ..Self::new(StatusCode::TOO_MANY_REQUESTS, "TooManyRequests", message) }
    }

    /// A revision that this server has not reached.
    pub(super) fn too_new(asked: u64, current: u64) -> Self {
        let message = format!("Timeout: Too large resource version: {asked}, current: {current}");
        let details = json!({"causes": [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}], "retryAfterSeconds": 1});
        Self { details, ..Self::new(StatusCode::GATEWAY_TIMEOUT, "Timeout", message) }
    }

    /// The `Status` object.
    pub(super) fn status(&self) -> Value {
        let mut status = json!({
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
            "reason": self.reason,
            "code": self.code.as_u16(),
        });
        if self.reason.is_empty() {
            super::super::json::remove(&mut status, "/reason");
        }
        if !self.details.is_null() {
            super::super::json::set(&mut status, "/details", self.details.clone());
        }
        status
    }
}

impl From<Gone> for Failure {
    fn from(gone: Gone) -> Self {
        let message = format!("too old resource version: {} ({})", gone.asked, gone.oldest);
        Self::new(StatusCode::GONE, "Expired", message)
    }
}
