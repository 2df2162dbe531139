//! The selectors of the command line, as a query of the inventory's language.

use clap::Args;
use color_eyre::eyre::Result;

use crate::inventory::Query;
use crate::inventory::query::{Flag, LabelSelector, Pattern, Range, Scoped, Term, Word};
use crate::model::ImageQuery;

use crate::cli::exit::Ended;

/// What is selected. All of them must hold; where one is given several times, any of its values.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Selection")]
pub struct Selectors {
    /// Namespace; may be given several times. Without it, every namespace is listed
    #[arg(short, long, value_name = "NAMESPACE")]
    pub namespace: Vec<String>,
    /// Every namespace, which is also what is listed without -n
    #[arg(short = 'A', long, conflicts_with = "namespace")]
    pub all_namespaces: bool,
    /// Label selector, as kubectl writes it
    #[arg(short = 'l', long, value_name = "SELECTOR")]
    pub selector: Option<String>,
    /// Image of any container: name, name:tag, digest, or a prefix that ends in /, :, @ or *
    #[arg(long, value_name = "REF")]
    pub image: Vec<String>,
    /// Service account: NAME or NAMESPACE/NAME
    #[arg(long, value_name = "NS/NAME")]
    pub service_account: Vec<String>,
    /// Workload: NAME or KIND/NAME, for example deploy/web
    #[arg(long, value_name = "KIND/NAME")]
    pub workload: Vec<String>,
    /// Node: its name or its EC2 instance id
    #[arg(long, value_name = "NODE")]
    pub node: Vec<String>,
    /// Service whose endpoints they are: NAME or NAMESPACE/NAME
    #[arg(long, value_name = "NS/NAME")]
    pub service: Vec<String>,
    /// Address or range of addresses
    #[arg(long, value_name = "ADDRESS")]
    pub ip: Vec<String>,
    /// Pods that are gone, as far as this process has seen them go
    #[arg(long)]
    pub gone: bool,
    /// Words as they are typed after / in the cockpit
    #[arg(long, value_name = "WORDS")]
    pub query: Option<String>,
}

impl Selectors {
    /// The query that they mean.
    pub fn query(&self) -> Result<Query> {
        let mut query = match &self.query {
            Some(words) => words.parse::<Query>().map_err(|error| Ended::usage(format!("--query: {error}")))?,
            None => Query::default(),
        };
        let patterns = |texts: &[String]| texts.iter().map(|text| Pattern::new(text)).collect::<Vec<_>>();
        let scoped = |texts: &[String]| texts.iter().map(|text| Scoped::new(text)).collect::<Vec<_>>();
        let mut ask = |given: bool, term: Term| {
            if given {
                query.words.push(Word { not: false, term });
            }
        };
        ask(!self.namespace.is_empty(), Term::Namespace(patterns(&self.namespace)));
        if let Some(selector) = &self.selector {
            let labels = LabelSelector::parse(selector).ok_or_else(|| {
                Ended::usage(format!(
                    "-l {selector}: is no label selector; write app=web, app!=web, app or 'app in (a,b)'"
                ))
            })?;
            ask(true, Term::Label(labels));
        }
        ask(!self.image.is_empty(), Term::Image(self.image.iter().map(|image| ImageQuery::parse(image)).collect()));
        ask(!self.service_account.is_empty(), Term::Account(scoped(&self.service_account)));
        ask(!self.workload.is_empty(), Term::Workload(scoped(&self.workload)));
        ask(!self.node.is_empty(), Term::Node(patterns(&self.node)));
        ask(!self.service.is_empty(), Term::Service(scoped(&self.service)));
        ask(!self.ip.is_empty(), Term::Address(self.ip.iter().map(|ip| range(ip)).collect::<Result<_>>()?));
        ask(self.gone, Term::Flag(Flag::Gone));
        Ok(query)
    }
}

fn range(text: &str) -> Result<Range> {
    Range::parse(text)
        .ok_or_else(|| Ended::usage(format!("--ip {text}: is no address; write 10.0.1.17 or 10.0.0.0/16")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_mean_what_the_query_language_means() {
        let selectors = Selectors {
            namespace: vec!["shop".into()],
            selector: Some("app in (web,api),!canary".into()),
            image: vec!["tools:2".into()],
            service_account: vec!["shop/web".into()],
            workload: vec!["deploy/web".into()],
            node: vec!["i-0*".into()],
            service: vec!["shop/web".into()],
            ip: vec!["10.0.0.0/8".into()],
            gone: true,
            query: Some("privileged".into()),
            ..Selectors::default()
        };
        let typed = "privileged ns:shop label:\"app in (web,api),!canary\" image:tools:2 sa:shop/web workload:deploy/web \
                     node:i-0* svc:shop/web ip:10.0.0.0/8 gone";
        assert_eq!(selectors.query().unwrap(), typed.parse().unwrap());
    }

    #[test]
    fn mistakes_name_their_option() {
        let wrong = [
            Selectors { ip: vec!["web".into()], ..Selectors::default() },
            Selectors { selector: Some("a b=c".into()), ..Selectors::default() },
            Selectors { query: Some("imagge:x".into()), ..Selectors::default() },
        ];
        for (selectors, option) in wrong.iter().zip(["--ip", "-l", "--query"]) {
            let error = selectors.query().unwrap_err();
            assert!(error.to_string().starts_with(option), "{error}");
            assert_eq!(crate::cli::exit::of(&error), Some(crate::cli::Exit::Usage));
        }
    }
}
