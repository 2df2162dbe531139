//! Questions to services of which one or two calls are needed: signed here, sent by the SDK's own orchestrator
//! below the guard, answered as they come. The SDK of S3 alone would bring five kinds of checksums along.

use std::time::SystemTime;

use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings, UriPathNormalizationMode,
    sign,
};
use aws_sigv4::sign::v4;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;

use super::account::Account;
use super::clients;
use super::told::Unsaid;

/// A question.
pub struct Question {
    /// As the SDK calls the service, and as requests are signed for it: `("S3", "s3")`.
    pub service: (&'static str, &'static str),
    /// `HeadBucket`
    pub operation: &'static str,
    /// As policies name it: `s3:ListBucket`.
    pub call: &'static str,
    /// `GET`, `HEAD`, `POST`.
    pub method: &'static str,
    /// Path and query.
    pub path: String,
    /// Headers besides those that sign it.
    pub headers: Vec<(&'static str, &'static str)>,
    /// The body, empty where there is none.
    pub body: String,
}

/// What a service answered, whatever it means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// `x-amz-bucket-region`, which S3 tells even whom it refuses.
    pub region: Option<String>,
    /// `x-amzn-errortype`, by which REST services name what went wrong, without what follows a colon.
    pub error: String,
    /// The body.
    pub body: String,
}

impl Account {
    /// Asks a service once.
    ///
    /// # Errors
    /// It could not be signed or sent, or was not answered.
    pub(super) async fn ask(&self, question: Question) -> Result<Answer, Unsaid> {
        let call = question.call;
        let fail = |why: String| Unsaid::Failed { call, place: self.place().clone(), why: why.into() };
        let region = self.region();
        let endpoint = self.clients.endpoint(question.service.1, &region);
        let credentials = self
            .clients
            .signing()
            .await
            .map_err(|none| Unsaid::NoCredentials { why: none.why, renewal: none.renewal })?;
        let request = signed(&question, &endpoint, credentials, &region)
            .ok_or_else(|| fail(format!("it could not be signed for {endpoint}")))?;
        let asked = Operation::builder()
            .service_name(question.service.0)
            .operation_name(question.operation)
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(&endpoint)
            .no_auth()
            .no_retry()
            .timeout_config(clients::timeouts())
            .interceptor(self.clients.guard())
            .serializer(|request: http::Request<SdkBody>| Ok(HttpRequest::try_from(request)?))
            .deserializer::<Answer, std::convert::Infallible>(|response| Ok(read(response)))
            .build();
        asked.invoke(request).await.map_err(|error| fail(clients::chain(&error)))
    }
}

fn read(response: &HttpResponse) -> Answer {
    let error = response.headers().get("x-amzn-errortype").unwrap_or_default();
    Answer {
        status: response.status().as_u16(),
        error: error.split(':').next().unwrap_or_default().to_owned(),
        region: response.headers().get("x-amz-bucket-region").map(str::to_owned),
        body: String::from_utf8_lossy(response.body().bytes().unwrap_or_default()).into_owned(),
    }
}

/// The request with its signature (<https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html>).
fn signed(
    question: &Question,
    endpoint: &str,
    credentials: aws_credential_types::Credentials,
    region: &str,
) -> Option<http::Request<SdkBody>> {
    let host = endpoint.split_once("://")?.1.trim_end_matches('/');
    let url = format!("{}{}", endpoint.trim_end_matches('/'), question.path);
    let mut settings = SigningSettings::default();
    settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    if question.service.1 == "s3" {
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    }
    let identity = credentials.into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name(question.service.1)
        .time(SystemTime::now())
        .settings(settings)
        .build()
        .ok()?
        .into();
    let headers = std::iter::once(("host", host)).chain(question.headers.iter().copied());
    let body = SignableBody::Bytes(question.body.as_bytes());
    let signable = SignableRequest::new(question.method, url.as_str(), headers, body).ok()?;
    let (instructions, _) = sign(signable, &parameters).ok()?.into_parts();
    let mut request = http::Request::builder().method(question.method).uri(&question.path);
    for (name, value) in &question.headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(SdkBody::from(question.body.as_str())).ok()?;
    instructions.apply_to_request_http1x(&mut request);
    Some(request)
}
