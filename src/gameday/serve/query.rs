//! What a query asks for.

use super::super::form;
use super::super::selectors::{FieldSelector, LabelSelector};
use super::failure::Failure;
use super::route::Place;

/// The parameters of a request.
#[derive(Clone, Debug, Default)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads the part after the question mark.
    pub(super) fn parse(written: &str) -> Self {
        Self(form::pairs(written))
    }

    /// A parameter, empty where it is not given.
    pub(super) fn get(&self, key: &str) -> &str {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// Whether a parameter is given.
    pub(super) fn has(&self, key: &str) -> bool {
        self.0.iter().any(|(name, _)| name == key)
    }

    /// Whether a parameter is true.
    pub(super) fn is(&self, key: &str) -> bool {
        self.has(key) && !matches!(self.get(key), "false" | "0")
    }

    /// A whole number, where one is given.
    pub(super) fn number(&self, key: &str) -> Result<Option<u64>, Failure> {
        let text = self.get(key);
        if text.is_empty() {
            return Ok(None);
        }
        let number = text.parse().map(Some);
        number.map_err(|_| Failure::bad_request(format!("invalid value for {key}: \"{text}\" is not a whole number")))
    }

    /// What `labelSelector` and `fieldSelector` select here.
    pub(super) fn selection(&self, place: &Place) -> Result<Selection, Failure> {
        let labels = LabelSelector::parse(self.get("labelSelector")).map_err(Failure::bad_request)?;
        let written = self.get("fieldSelector");
        // The same events by another name.
        let written = if place.resource.group == "events.k8s.io" {
            written.replace("regarding.", "involvedObject.").replace("reportingController", "reportingComponent")
        } else {
            written.to_owned()
        };
        let fields = FieldSelector::parse(place.resource.kind, &written).map_err(Failure::bad_request)?;
        Ok(Selection { namespace: place.namespace.clone(), name: place.name.clone(), labels, fields })
    }
}

/// Which objects of a kind are meant.
#[derive(Clone, Debug, Default)]
pub(super) struct Selection {
    /// Of one namespace; empty for all.
    pub(super) namespace: String,
    /// Of one name; empty for all.
    pub(super) name: String,
    /// With these labels.
    pub(super) labels: LabelSelector,
    /// With these fields.
    pub(super) fields: FieldSelector,
}

impl Selection {
    /// Whether labels and fields select nothing out.
    pub(super) const fn is_everything(&self) -> bool {
        self.labels.is_empty() && self.fields.is_empty()
    }

    /// Whether an object is meant.
    pub(super) fn has(&self, object: &serde_json::Value) -> bool {
        let at = |pointer| super::super::json::text(object, pointer);
        (self.namespace.is_empty() || at("/metadata/namespace") == self.namespace)
            && (self.name.is_empty() || at("/metadata/name") == self.name)
            && self.labels.matches(object)
            && self.fields.matches(object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_read_as_it_was_meant() {
        let query = Query::parse("labelSelector=app%3Dweb%2Ca+in+%28b%29&watch=1&limit=5&x");
        assert_eq!(query.get("labelSelector"), "app=web,a in (b)");
        assert!(query.is("watch") && query.has("x") && !query.is("follow"));
        assert_eq!(query.number("limit").unwrap(), Some(5));
        assert_eq!(query.number("none").unwrap(), None);
        assert!(Query::parse("limit=five").number("limit").is_err());
        assert_eq!(Query::parse("a=%zz%4").get("a"), "");
    }
}
