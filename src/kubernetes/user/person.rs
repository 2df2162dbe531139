//! Somebody with a name that anybody may have: an identity of IAM, a person of an OIDC provider, or neither.

use super::answer::{Answer, Sure, WhoIs};
use super::arn::Arn;
use super::known::{Known, User};

impl Answer {
    /// Somebody with a name that anybody may have: decided by what lets names in.
    pub(super) fn person(&mut self, user: &User, known: &Known) {
        let named = if user.arn.is_empty() { Arn::parse(&user.name) } else { Arn::parse(&user.arn) };
        if let Some(arn) = &named {
            self.is = WhoIs::Iam;
            let how = if user.arn.is_empty() { "the name is its ARN" } else { "the record of the request names it" };
            self.link(Sure::Certain, format!("IAM {}", arn.canonical()), how);
            if let Some(instance) = arn.instance() {
                let says = format!("credentials of instance {instance}: taken from that machine, or used on it");
                self.link(Sure::Certain, says, "EC2 calls the sessions of instance roles by the instance's id");
                self.revoke(format!("treat instance {instance} as compromised, and deny the sessions of its role"));
            }
        }
        let found = self.mapped(user, known);
        if found > 0 {
            self.is = WhoIs::Iam;
        }
        if self.is != WhoIs::Iam {
            self.person_of_a_provider(user, known);
        }
        if self.is == WhoIs::Unknown && user.name == "kubernetes-admin" {
            self.is = WhoIs::Iam;
            let says = "the IAM identity that created the cluster: no list shows it";
            self.link(
                Sure::Likely,
                says,
                "EKS gave this name to whoever created a cluster, before there were access entries",
            );
            self.revoke("find it as the caller of CreateCluster in CloudTrail; where access entries are on, give the creator an entry, then delete that");
        }
        if self.is == WhoIs::Iam {
            self.keys(user, named.as_ref());
        }
        if self.is == WhoIs::Unknown {
            let says = "a client certificate, a static token, or somebody who is no longer let in";
            self.link(
                Sure::Possible,
                says,
                "neither an entry, nor aws-auth, nor a provider makes this name, as far as they are known",
            );
            self.revoke("take away what is bound to the name and its groups: strip-rbac; a certificate itself cannot be revoked");
        }
    }

    fn keys(&mut self, user: &User, arn: Option<&Arn<'_>>) {
        let key = user.access_key.as_str();
        match arn {
            Some(arn) if arn.instance().is_some() => {}
            Some(arn) if arn.is_role() => {
                let who = if arn.session.is_empty() { String::new() } else { format!(", session {}", arn.session) };
                self.revoke(format!(
                    "deny the sessions of {} that were issued before now{who}, and find who assumed it in CloudTrail",
                    arn.canonical()
                ));
            }
            Some(arn) if key.is_empty() => {
                self.revoke(format!(
                    "make the access keys of {} inactive, not deleted: their last use is evidence",
                    arn.canonical()
                ));
            }
            Some(arn) => self.revoke(format!(
                "make access key {key} of {} inactive, not deleted: its last use is evidence",
                arn.canonical()
            )),
            None => {}
        }
        self.revoke("change every secret that it could read");
    }

    fn person_of_a_provider(&mut self, user: &User, known: &Known) {
        match &known.providers.said {
            Ok(providers) => {
                let prefixed = providers.iter().filter(|provider| user.name.starts_with(&provider.prefix()));
                if let Some(provider) = prefixed.max_by_key(|provider| provider.prefix().len()) {
                    self.is = WhoIs::Oidc;
                    let prefix = provider.prefix();
                    let (sure, how) = match (prefix.is_empty(), user.name.contains('@')) {
                        (false, _) => (Sure::Certain, format!("only its users' names begin with {prefix:?}")),
                        (true, true) => {
                            (Sure::Likely, "it puts nothing before names, and the name is an e-mail address".to_owned())
                        }
                        (true, false) => {
                            (Sure::Possible, "it puts nothing before names, so any name may be of it".to_owned())
                        }
                    };
                    self.link(
                        sure,
                        format!("a user of the OIDC provider {} ({})", provider.name, provider.issuer),
                        how,
                    );
                    self.revoke("end the person's sessions at the provider and change the credentials there: tokens that are out live on until they expire");
                } else if user.name.contains('@') {
                    let how = format!("its {} OIDC providers make no such names", providers.len());
                    self.link(Sure::Certain, "no OIDC user, though the name is an e-mail address", how);
                }
            }
            Err(why) => self.unknown("OIDC providers", why),
        }
    }
}
