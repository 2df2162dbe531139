//! In which form an answer is wanted.

use http::header::ACCEPT;
use http::{HeaderMap, StatusCode};

use super::failure::Failure;

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// The objects.
    Plain,
    /// What `kubectl get` prints.
    Table,
    /// Metadata alone.
    Metadata,
    /// All of discovery in one answer; the version of it.
    Discovery(&'static str),
}

impl Form {
    /// The content type of the answer.
    pub(super) fn content_type(self) -> String {
        match self {
            Self::Discovery(version) => {
                format!("application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList")
            }
            Self::Plain | Self::Table | Self::Metadata => "application/json".to_owned(),
        }
    }
}

/// The first form that is asked for and that can be had; JSON where none is asked for.
pub(super) fn form(headers: &HeaderMap) -> Result<Form, Failure> {
    let asked: Vec<&str> = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
    if asked.is_empty() {
        return Ok(Form::Plain);
    }
    let mut wanted: Vec<&str> = asked.iter().flat_map(|line| line.split(',')).map(str::trim).collect();
    wanted.sort_by_key(|media| std::cmp::Reverse(quality(media)));
    wanted.into_iter().find_map(one).ok_or_else(|| {
        let message = "only the following media types are accepted: application/json, application/yaml";
        Failure::new(StatusCode::NOT_ACCEPTABLE, "NotAcceptable", message)
    })
}

/// In thousandths.
fn quality(media: &str) -> u32 {
    let parameter = media.split(';').find_map(|part| part.trim().strip_prefix("q="));
    parameter.and_then(|text| text.parse::<f64>().ok()).map_or(1000, |quality| (quality * 1000.0) as u32)
}

fn one(media: &str) -> Option<Form> {
    let mut parts = media.split(';').map(str::trim);
    if !matches!(parts.next()?, "application/json" | "application/*" | "*/*") {
        return None;
    }
    let (mut form, mut group, mut version) = ("", "", "");
    for (key, value) in parts.filter_map(|part| part.split_once('=')) {
        match key {
            "as" => form = value,
            "g" => group = value,
            "v" => version = value,
            _ => {}
        }
    }
    match (form, group, version) {
        ("", _, _) => Some(Form::Plain),
        ("Table", "meta.k8s.io", "v1") => Some(Form::Table),
        ("PartialObjectMetadata" | "PartialObjectMetadataList", "meta.k8s.io", "v1") => Some(Form::Metadata),
        ("APIGroupDiscoveryList", "apidiscovery.k8s.io", "v2") => Some(Form::Discovery("v2")),
        ("APIGroupDiscoveryList", "apidiscovery.k8s.io", "v2beta1") => Some(Form::Discovery("v2beta1")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(accept: &str) -> Result<Form, StatusCode> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, accept.parse().unwrap());
        form(&headers).map_err(|failure| failure.code)
    }

    #[test]
    fn the_first_form_that_can_be_had_is_given() {
        assert_eq!(form(&HeaderMap::new()).unwrap(), Form::Plain);
        assert_eq!(asked("application/json;as=Table;v=v1;g=meta.k8s.io,application/json"), Ok(Form::Table));
        assert_eq!(asked("application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json"), Ok(Form::Plain));
        assert_eq!(asked("application/vnd.kubernetes.protobuf, application/json"), Ok(Form::Plain));
        assert_eq!(asked("application/json;q=0.1, application/json;as=Table;g=meta.k8s.io;v=v1"), Ok(Form::Table));
        assert_eq!(asked("*/*"), Ok(Form::Plain));
        assert_eq!(asked("application/vnd.kubernetes.protobuf"), Err(StatusCode::NOT_ACCEPTABLE));
    }
}
