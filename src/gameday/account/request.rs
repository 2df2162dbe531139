//! A request to the account, whatever its protocol, and how each protocol answers.

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderValue, Method, Response, StatusCode};
use http_body_util::Full;
use serde_json::{Value, json};

use super::super::form;
use super::{Fault, xml};

/// What is asked of a service.
#[derive(Clone, Debug)]
pub(super) struct Request {
    /// The service and Region that it was signed for.
    pub(super) service: String,
    /// The same.
    pub(super) region: String,
    /// The method, which a REST protocol tells operations by.
    pub(super) method: Method,
    /// The operation where the protocol names it; a REST protocol leaves it to the path.
    pub(super) operation: String,
    /// The path's parts.
    pub(super) path: Vec<String>,
    /// Parameters of the query and of a form.
    form: Vec<(String, String)>,
    /// The body, where it is JSON.
    pub(super) body: Value,
}

/// What a service answers.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    /// JSON 1.1 and REST JSON.
    Json(Value),
    /// The query protocol of EC2.
    Ec2(Value),
    /// The query protocol of the others, with the service's namespace.
    Query(Value, &'static str),
    /// What S3 says of a bucket: a document with that root, none where it is empty.
    Bucket {
        /// The status.
        status: StatusCode,
        /// The document's root.
        root: &'static str,
        /// What it holds.
        body: Value,
        /// Where the bucket is.
        region: &'static str,
    },
}

impl Request {
    /// Reads a request whose signature was looked at.
    pub(super) fn read(parts: &Parts, body: &[u8]) -> Result<Self, Fault> {
        let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        // Credential=KEY/DATE/REGION/SERVICE/aws4_request
        let scope = header(AUTHORIZATION.as_str()).split("Credential=").nth(1).unwrap_or_default();
        let mut scope = scope.split([',', ' ']).next().unwrap_or_default().split('/').skip(2);
        let (region, service) = (scope.next().unwrap_or_default(), scope.next().unwrap_or_default());
        let is_form = header(CONTENT_TYPE.as_str()).starts_with("application/x-www-form-urlencoded");
        let mut form = form::pairs(parts.uri.query().unwrap_or_default());
        if is_form {
            form.extend(form::pairs(&String::from_utf8_lossy(body)));
        }
        let body = if is_form || body.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(body).map_err(|error| Fault::new("SerializationException", error.to_string()))?
        };
        let target = header("x-amz-target").rsplit('.').next().unwrap_or_default();
        let action = form.iter().find(|(key, _)| key == "Action").map(|(_, value)| value.as_str());
        Ok(Self {
            method: parts.method.clone(),
            service: service.to_owned(),
            region: region.to_owned(),
            operation: action.unwrap_or(target).to_owned(),
            path: parts.uri.path().split('/').filter(|part| !part.is_empty()).map(form::decoded).collect(),
            form,
            body,
        })
    }

    /// A parameter, empty where it is not given.
    pub(super) fn get(&self, key: &str) -> &str {
        self.form.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// Whether a parameter is given, with a value or without.
    pub(super) fn has(&self, key: &str) -> bool {
        self.form.iter().any(|(name, _)| name == key)
    }

    /// The values of a list: `InstanceId.1`, `InstanceId.2`…, or with `.member` between.
    pub(super) fn list(&self, key: &str) -> Vec<&str> {
        let numbered = |name: &str| {
            let rest = name.strip_prefix(key)?.strip_prefix('.')?;
            rest.strip_prefix("member.").unwrap_or(rest).parse::<u32>().ok()
        };
        self.form.iter().filter(|(name, _)| numbered(name).is_some()).map(|(_, value)| value.as_str()).collect()
    }

    /// The values of a filter of EC2; `None` where it is not given.
    pub(super) fn filter(&self, wanted: &str) -> Option<Vec<&str>> {
        let (place, _) = self
            .form
            .iter()
            .find(|(key, value)| key.starts_with("Filter.") && key.ends_with(".Name") && value == wanted)?;
        Some(self.list(&place.replace(".Name", ".Value")))
    }

    /// The answer, in the form of the service's protocol.
    pub(super) fn answered(&self, answer: &Answer) -> Response<Full<Bytes>> {
        let (kind, text) = match answer {
            Answer::Bucket { status, root, body, region } => {
                let namespace = "http://s3.amazonaws.com/doc/2006-03-01/";
                let text = if root.is_empty() { String::new() } else { xml::document(root, namespace, "item", body) };
                let mut response = response(*status, "application/xml", text);
                response.headers_mut().insert("x-amz-bucket-region", HeaderValue::from_static(region));
                return response;
            }
            Answer::Json(value) => ("application/x-amz-json-1.1", value.to_string()),
            Answer::Ec2(value) => {
                let mut value = value.clone();
                set(&mut value, "requestId", REQUEST);
                let name = format!("{}Response", self.operation);
                (
                    "text/xml;charset=UTF-8",
                    xml::document(&name, "http://ec2.amazonaws.com/doc/2016-11-15/", "item", &value),
                )
            }
            Answer::Query(value, namespace) => {
                let result = format!("{}Result", self.operation);
                let name = format!("{}Response", self.operation);
                let text = xml::document(&name, namespace, "member", &json!({result: value}));
                // Clients read the result first, whatever it is called.
                let end = format!("</{name}>");
                let metadata = format!("<ResponseMetadata><RequestId>{REQUEST}</RequestId></ResponseMetadata>{end}");
                ("text/xml", text.replace(&end, &metadata))
            }
        };
        response(StatusCode::OK, kind, text)
    }

    /// A refusal, in the form of the service's protocol.
    pub(super) fn refused(&self, fault: &Fault) -> Response<Full<Bytes>> {
        let told = json!({"Code": fault.kind, "Message": fault.message});
        match self.service.as_str() {
            "ec2" => {
                let value = json!({"Errors": {"Error": told}, "RequestID": REQUEST});
                response(fault.status(), "text/xml;charset=UTF-8", xml::document("Response", "", "item", &value))
            }
            "s3" => response(fault.status(), "application/xml", xml::document("Error", "", "item", &told)),
            "autoscaling" | "iam" | "sts" => {
                let value = json!({"Error": told, "RequestId": REQUEST});
                response(fault.status(), "text/xml", xml::document("ErrorResponse", "", "member", &value))
            }
            _ => refused_in_json(fault),
        }
    }
}

/// A refusal to somebody whose protocol is not known.
pub(super) fn refused_in_json(fault: &Fault) -> Response<Full<Bytes>> {
    let told = json!({"__type": fault.kind, "message": fault.message});
    let mut response = response(fault.status(), "application/x-amz-json-1.1", told.to_string());
    // REST JSON reads the kind of an error from here.
    response.headers_mut().insert("x-amzn-errortype", HeaderValue::from_static(fault.kind));
    response
}

/// Every answer has a request's id; nobody here looks one up.
const REQUEST: &str = "5eed5eed-5eed-5eed-5eed-5eed5eed5eed";

fn set(value: &mut Value, key: &str, to: &str) {
    if let Some(fields) = value.as_object_mut() {
        fields.insert(key.to_owned(), to.into());
    }
}

fn response(code: StatusCode, kind: &'static str, text: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(text));
    *response.status_mut() = code;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert("x-amzn-requestid", HeaderValue::from_static(REQUEST));
    response
}
