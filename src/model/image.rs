//! Container image references.

use std::fmt;

/// An image reference, taken apart: `registry/path:tag@algorithm:digest`.
///
/// `docker.io/` and `library/` are the same as nothing, as container runtimes
/// expand short names (<https://github.com/distribution/reference>); schemes that
/// runtimes put before an image ID (`docker-pullable://`) are dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageRef<'a> {
    /// Registry and path without what is the same as nothing.
    pub name: &'a str,
    /// The tag, where one is written.
    pub tag: Option<&'a str>,
    /// `sha256:…`, where one is written.
    pub digest: Option<&'a str>,
}

impl<'a> ImageRef<'a> {
    /// Takes a reference apart. Any text is read; a bare `sha256:…` is a digest without a name.
    pub fn parse(reference: &'a str) -> Self {
        let reference = familiar(reference);
        if is_digest(reference) {
            return Self { name: "", tag: None, digest: Some(reference) };
        }
        let (rest, digest) = match reference.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest)),
            None => (reference, None),
        };
        let path_from = rest.rfind('/').map_or(0, |slash| slash + 1);
        match rest.get(path_from..).and_then(|path| path.find(':')) {
            Some(colon) => {
                let (name, tag) = rest.split_at(path_from + colon);
                Self { name, tag: tag.get(1..), digest }
            }
            None => Self { name: rest, tag: None, digest },
        }
    }
}

/// A reference without its scheme and without what is the same as nothing.
fn familiar(reference: &str) -> &str {
    let bare = reference.split_once("://").map_or(reference, |(_, rest)| rest);
    let bare = bare.strip_prefix("docker.io/").or_else(|| bare.strip_prefix("index.docker.io/")).unwrap_or(bare);
    bare.strip_prefix("library/").unwrap_or(bare)
}

fn is_digest(text: &str) -> bool {
    text.split_once(':').is_some_and(|(algorithm, hex)| {
        matches!(algorithm, "sha256" | "sha512") && hex.len() >= 32 && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

/// What a responder asks of images.
///
/// A full reference matches that reference; a name without tag or digest matches
/// every tag of it; text that ends at `/`, `:`, `@` or in `*` is a prefix. So
/// `tools:2` never finds `tools:20`. Asked by digest, the digest in the pod's
/// status decides, not what the specification wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImageQuery {
    /// Everything that begins so.
    Prefix(Box<str>),
    /// Every tag and digest of a name; a name without slashes matches the last part of a path too.
    Name(Box<str>),
    /// One tag of a name.
    Tag(Box<str>, Box<str>),
    /// One digest, whatever the name.
    Digest(Box<str>),
}

impl ImageQuery {
    /// Reads what a responder typed after `image:`.
    pub fn parse(text: &str) -> Self {
        let text = familiar(text);
        if let Some(prefix) = text.strip_suffix('*') {
            return Self::Prefix(prefix.into());
        }
        if text.ends_with(['/', ':', '@']) {
            return Self::Prefix(text.into());
        }
        match ImageRef::parse(text) {
            ImageRef { digest: Some(digest), .. } => Self::Digest(digest.into()),
            ImageRef { name, tag: Some(tag), .. } => Self::Tag(name.into(), tag.into()),
            ImageRef { name, .. } => Self::Name(name.into()),
        }
    }

    /// Whether a container matches, by the reference in its specification and the image ID in its status.
    pub fn matches(&self, reference: &str, image_id: &str) -> bool {
        let image = ImageRef::parse(reference);
        match self {
            Self::Digest(digest) => {
                let seen = ImageRef::parse(image_id).digest;
                seen.or(image.digest).is_some_and(|seen| seen == &**digest)
            }
            Self::Prefix(prefix) => familiar(reference).starts_with(&**prefix),
            Self::Tag(name, tag) => same_name(name, image.name) && image.tag.unwrap_or("latest") == &**tag,
            Self::Name(name) => same_name(name, image.name),
        }
    }
}

/// `web` names `web` and `123456789012.dkr.ecr.us-east-1.amazonaws.com/shop/web`; `shop/web` names the latter, too.
fn same_name(asked: &str, name: &str) -> bool {
    name == asked || name.strip_suffix(asked).is_some_and(|before| before.ends_with('/'))
}

impl fmt::Display for ImageQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Prefix(prefix) => write!(f, "{prefix}*"),
            Self::Name(name) => f.write_str(name),
            Self::Tag(name, tag) => write!(f, "{name}:{tag}"),
            Self::Digest(digest) => write!(f, "@{digest}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    fn found(query: &str, reference: &str) -> bool {
        ImageQuery::parse(query).matches(reference, "")
    }

    #[test]
    fn a_tag_is_never_the_beginning_of_another() {
        assert!(found("local/tools:2", "local/tools:2"));
        assert!(!found("local/tools:2", "local/tools:20"));
        assert!(found("local/tools:2*", "local/tools:20"));
        assert!(!found("local/tool", "local/tools:2"));
    }

    #[test]
    fn names_match_any_tag_and_the_end_of_a_path() {
        assert!(found("tools", "local/tools:2"));
        assert!(found("local/", "local/tools:2"));
        assert!(found("local/tools:", "local/tools:2"));
        assert!(!found("local/tools:", "local/tools@sha256:00"));
        assert!(!found("ools", "local/tools:2"));
    }

    #[test]
    fn the_default_registry_is_the_same_as_nothing() {
        for reference in ["nginx:1.27", "docker.io/nginx:1.27", "docker.io/library/nginx:1.27", "library/nginx:1.27"] {
            assert!(found("nginx:1.27", reference), "{reference}");
            assert!(found("docker.io/library/nginx:1.27", reference), "{reference}");
        }
        assert!(found("nginx:latest", "nginx"));
    }

    #[test]
    fn a_port_is_no_tag() {
        let image = ImageRef::parse("registry:5000/shop/web");
        assert_eq!((image.name, image.tag), ("registry:5000/shop/web", None));
        assert!(found("registry:5000/shop/web", "registry:5000/shop/web:3"));
    }

    #[test]
    fn asked_by_digest_the_status_decides() {
        let query = ImageQuery::parse(&format!("web@{DIGEST}"));
        let other = DIGEST.replace('0', "f");
        assert!(query.matches("web:1", &format!("docker.io/library/web@{DIGEST}")));
        assert!(!query.matches(&format!("web@{DIGEST}"), &format!("web@{other}")));
        assert!(query.matches(&format!("web@{DIGEST}"), ""));
        assert!(ImageQuery::parse(DIGEST).matches("web:1", DIGEST));
    }
}
