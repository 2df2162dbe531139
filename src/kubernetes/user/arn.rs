//! ARNs of IAM identities and of their sessions.

/// An identity of IAM, as its ARN tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arn<'a> {
    partition: &'a str,
    account: &'a str,
    kind: &'a str,
    /// The user's or role's name, without its path.
    pub name: &'a str,
    /// The session of a role, empty without one.
    pub session: &'a str,
}

impl<'a> Arn<'a> {
    /// `arn:aws:iam::ACCOUNT:user/…`, `…:role/…`, or `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`.
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        let (arn, partition, service) = (parts.next()?, parts.next()?, parts.next()?);
        let (_, account, resource) = (parts.next()?, parts.next()?, parts.next()?);
        if arn != "arn" || !partition.starts_with("aws") || !matches!(service, "iam" | "sts") {
            return None;
        }
        let (kind, rest) = resource.split_once('/').unwrap_or((resource, ""));
        let (name, session) = match kind {
            "assumed-role" => rest.split_once('/').unwrap_or((rest, "")),
            _ => (rest.rsplit('/').next().unwrap_or(rest), ""),
        };
        Some(Self { partition, account, kind, name, session })
    }

    /// The user or role behind it without path and session, in the form that aws-auth has to name it by.
    pub fn canonical(&self) -> String {
        let kind = if self.is_role() { "role" } else { self.kind };
        let slash = if self.name.is_empty() { "" } else { "/" };
        format!("arn:{}:iam::{}:{kind}{slash}{}", self.partition, self.account, self.name)
    }

    /// Whether it is a role, or a session of one.
    pub fn is_role(&self) -> bool {
        matches!(self.kind, "role" | "assumed-role")
    }

    /// Whether both are the same identity, whatever their sessions, paths, and cases.
    pub fn is_same(&self, other: &Arn<'_>) -> bool {
        self.canonical().eq_ignore_ascii_case(&other.canonical())
    }

    /// The instance whose credentials these are: EC2 calls the sessions of instance roles by the instance's id.
    pub fn instance(&self) -> Option<&'a str> {
        let hex = self.session.strip_prefix("i-").filter(|_| self.is_role())?;
        (hex.len() >= 8 && hex.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(self.session)
    }
}

/// Whether a name is one that a template makes: each `{{…}}` stands for some text.
pub fn fits(template: &str, name: &str) -> bool {
    let Some((before, rest)) = template.split_once("{{") else { return template == name };
    let Some((_, after)) = rest.split_once("}}") else { return template == name };
    let Some(name) = name.strip_prefix(before) else { return false };
    name.char_indices().any(|(at, letter)| {
        let end = at + letter.len_utf8();
        name.get(end..).is_some_and(|rest| fits(after, rest))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_its_role_and_a_path_is_nothing() {
        let session = Arn::parse("arn:aws:sts::123456789012:assumed-role/admin/alice").unwrap();
        assert_eq!(session.canonical(), "arn:aws:iam::123456789012:role/admin");
        assert!(session.is_same(&Arn::parse("arn:aws:iam::123456789012:role/ops/Admin").unwrap()));
        assert!(!session.is_same(&Arn::parse("arn:aws:iam::123456789012:user/admin").unwrap()));
        assert_eq!((session.session, session.instance()), ("alice", None));
        assert_eq!(Arn::parse("arn:aws:iam::1:root").unwrap().canonical(), "arn:aws:iam::1:root");
        for other in ["", "alice", "arn:aws:s3:::bucket", "arn:x:iam::1:user/a"] {
            assert_eq!(Arn::parse(other), None, "{other}");
        }
    }

    #[test]
    fn credentials_of_an_instance_are_told_by_their_session() {
        let session = Arn::parse("arn:aws:sts::1:assumed-role/node/i-0123456789abcdef0").unwrap();
        assert_eq!(session.instance(), Some("i-0123456789abcdef0"));
        assert_eq!(Arn::parse("arn:aws:sts::1:assumed-role/node/i-am-bob").unwrap().instance(), None);
    }

    #[test]
    fn a_template_stands_for_every_name_that_it_makes() {
        assert!(fits("admin", "admin") && !fits("admin", "admin2"));
        assert!(fits("system:node:{{EC2PrivateDNSName}}", "system:node:ip-10-0-1-1.ec2.internal"));
        assert!(fits("{{AccountID}}:{{SessionName}}!", "123:a:b!") && !fits("{{AccountID}}:x", ":x"));
        assert!(!fits("corp-{{SessionName}}", "corp-"));
        assert!(fits("{{torn", "{{torn"));
    }
}
