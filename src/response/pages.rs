//! Many objects of one collection, read by one list instead of one by one.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::sync::OnceCell;

use crate::kubernetes::Read;

/// So many objects of a collection are worth a list.
const WORTH: usize = 8;

/// A list is no longer than so many times what is wanted of it: a namespace may hold thousands.
const LONGER: usize = 4;

/// What a page holds by name, and the whole collection where it is that.
#[derive(Debug, Default)]
struct Page {
    objects: HashMap<String, Bytes>,
    whole: Option<Bytes>,
}

/// The collections of which many objects are wanted; each is listed when the first of them is asked for.
#[derive(Debug, Default)]
pub struct Pages(HashMap<String, (usize, OnceCell<Page>)>);

impl Pages {
    /// For the objects at some paths; one that is wanted twice counts once.
    pub fn of(paths: impl IntoIterator<Item = String>) -> Self {
        let mut wanted: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for path in paths.into_iter().filter(|path| path.starts_with("/api") && !path.contains('?')) {
            if let Some((collection, name)) = path.rsplit_once('/') {
                wanted.entry(collection.to_owned()).or_default().insert(name.to_owned());
            }
        }
        let worth = wanted.into_iter().filter(|(_, names)| names.len() >= WORTH);
        Self(worth.map(|(collection, names)| (collection, (names.len(), OnceCell::new()))).collect())
    }

    /// The object or the collection at a path, where a page has it. What it does not have is to be asked for.
    pub async fn get(&self, read: &Read, path: &str) -> Option<Bytes> {
        if let Some((_, page)) = self.0.get(path) {
            return page.get_or_init(|| listed(read, path, None)).await.whole.clone();
        }
        let (collection, name) = path.rsplit_once('/')?;
        let (count, page) = self.0.get(collection)?;
        page.get_or_init(|| listed(read, collection, Some(count * LONGER))).await.objects.get(name).cloned()
    }
}

/// A list that fails leaves each object to be asked for by itself, so that the error is that of the object.
async fn listed(read: &Read, collection: &str, limit: Option<usize>) -> Page {
    match read.page(collection, limit).await {
        Ok(bytes) => page(&bytes).unwrap_or_default(),
        Err(error) => {
            tracing::debug!(collection, %error, "the objects are read one by one");
            Page::default()
        }
    }
}

fn page(bytes: &Bytes) -> Option<Page> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct List<'a> {
        kind: String,
        api_version: String,
        metadata: ListMeta,
        #[serde(borrow)]
        items: Option<Vec<&'a RawValue>>,
    }
    #[derive(Deserialize)]
    struct ListMeta {
        #[serde(default, rename = "continue")]
        next: String,
    }
    #[derive(Deserialize)]
    struct Item {
        metadata: Named,
    }
    #[derive(Deserialize)]
    struct Named {
        name: String,
    }
    let list: List<'_> = serde_json::from_slice(bytes).ok()?;
    // The items of a list leave out what they are; an object by itself says it.
    let begins = format!("{{\"kind\":\"{}\",\"apiVersion\":\"{}\",", list.kind.strip_suffix("List")?, list.api_version);
    let mut objects = HashMap::new();
    for item in list.items.unwrap_or_default() {
        let name = serde_json::from_str::<Item>(item.get()).ok()?.metadata.name;
        let fields = item.get().strip_prefix('{')?;
        let told = fields.trim_start().starts_with("\"kind\":");
        let object = if told { item.get().to_owned() } else { format!("{begins}{fields}") };
        objects.insert(name, Bytes::from(object));
    }
    let whole = list.metadata.next.is_empty().then(|| bytes.clone());
    Some(Page { objects, whole })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn only_many_of_a_collection_are_worth_a_list() {
        let pods = |count: usize| (0..count).map(|number| format!("/api/v1/namespaces/shop/pods/web-{number}"));
        assert!(Pages::of(pods(7).chain(pods(7))).0.is_empty());
        let pages = Pages::of(pods(8).chain((0..9).map(|number| format!("i-{number}"))));
        assert_eq!(pages.0.keys().collect::<Vec<_>>(), ["/api/v1/namespaces/shop/pods"]);
    }

    #[test]
    fn an_object_of_a_page_is_as_by_itself() {
        let pod = json!({"metadata": {"name": "web-1", "uid": "u"}, "spec": {"nodeName": "a"}});
        let list = |next: &str| {
            let list = json!({"kind": "PodList", "apiVersion": "v1", "metadata": {"continue": next}, "items": [pod]});
            page(&list.to_string().into()).unwrap()
        };
        let read = list("");
        let object: Value = serde_json::from_slice(&read.objects["web-1"]).unwrap();
        assert_eq!((&object["kind"], &object["apiVersion"]), (&json!("Pod"), &json!("v1")));
        assert_eq!((&object["metadata"], &object["spec"]), (&pod["metadata"], &pod["spec"]));
        assert!(read.whole.is_some() && list("more").whole.is_none());
        let nothing = json!({"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": null});
        assert!(page(&nothing.to_string().into()).unwrap().objects.is_empty());
        assert!(page(&Bytes::from_static(b"{\"kind\": \"Status\"}")).is_none());
    }
}
