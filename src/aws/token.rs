//! EKS bearer tokens, made in this process.
//!
//! A token is a presigned `GetCallerIdentity` URL in base64: the cluster sends it
//! to STS and sees who signed. The form is that of
//! <https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster>.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign};
use aws_sigv4::sign::v4;
use base64::Engine as _;

use super::clients::{self, CredentialError};
use super::eks::Place;
use crate::model::Clean;

/// How long STS takes the signed URL; the authenticator adds its own 14 minutes.
const EXPIRES: Duration = Duration::from_secs(60);

/// A token for a cluster, signed with the credentials of a place for the real STS
/// of its Region, wherever `AWS_ENDPOINT_URL` points.
///
/// # Errors
/// There are no credentials or no Region, or they have expired.
pub async fn eks(place: &Place, cluster: &str) -> Result<String, CredentialError> {
    let (credentials, region) = clients::credentials(place).await?;
    let fail = |why: &str| CredentialError {
        of: Clean::from(""),
        why: Clean::from(why),
        renewal: Clean::from("name a Region in the profile or with AWS_REGION"),
    };
    let region = region.ok_or_else(|| fail("no Region is configured to sign for"))?;
    presigned(credentials, &region, cluster, SystemTime::now()).ok_or_else(|| fail("the token could not be signed"))
}

fn presigned(credentials: Credentials, region: &str, cluster: &str, now: SystemTime) -> Option<String> {
    let suffix = if region.starts_with("cn-") { ".cn" } else { "" };
    let host = format!("sts.{region}.amazonaws.com{suffix}");
    let url = format!("https://{host}/?Action=GetCallerIdentity&Version=2011-06-15");
    let mut settings = SigningSettings::default();
    settings.signature_location = SignatureLocation::QueryParams;
    settings.expires_in = Some(EXPIRES);
    let identity = credentials.into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name("sts")
        .time(now)
        .settings(settings)
        .build()
        .ok()?
        .into();
    let headers = [("host", host.as_str()), ("x-k8s-aws-id", cluster)];
    let request = SignableRequest::new("GET", url.as_str(), headers.into_iter(), SignableBody::Bytes(&[])).ok()?;
    let (instructions, _) = sign(request, &parameters).ok()?.into_parts();
    let mut signed = http::Request::get(&url).body(()).ok()?;
    instructions.apply_to_request_http1x(&mut signed);
    let encoded = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(signed.uri().to_string());
    Some(format!("k8s-aws-v1.{encoded}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(region: &str) -> String {
        let credentials = Credentials::new("AKIDEXAMPLE", "secret", Some("session".to_owned()), None, "test");
        let token = presigned(credentials, region, "shop-prod", SystemTime::UNIX_EPOCH).unwrap();
        let encoded = token.strip_prefix("k8s-aws-v1.").unwrap();
        let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(encoded).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn it_is_what_an_authenticator_expects() {
        let url = url("eu-west-1");
        assert!(
            url.starts_with("https://sts.eu-west-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15"),
            "{url}"
        );
        for part in [
            "X-Amz-Expires=60",
            "X-Amz-SignedHeaders=host%3Bx-k8s-aws-id",
            "X-Amz-Security-Token=session",
            "X-Amz-Signature=",
        ] {
            assert!(url.contains(part), "{part} in {url}");
        }
    }

    #[test]
    fn china_has_its_own_domain() {
        assert!(url("cn-north-1").starts_with("https://sts.cn-north-1.amazonaws.com.cn/?"));
    }
}
