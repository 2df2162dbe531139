//! From text to a query.

use std::str::FromStr;

use crate::model::{ImageQuery, Security};

use super::labels::LabelSelector;
use super::term::{Flag, Pattern, Range, Scoped, Term, Word};
use super::{Query, QueryError};

impl FromStr for Query {
    type Err = QueryError;

    fn from_str(text: &str) -> Result<Self, QueryError> {
        words(text).into_iter().map(|word| word_of(&word)).collect::<Result<_, _>>().map(|words| Self { words })
    }
}

/// Splits at spaces that are not in quotes; quotes are dropped.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quoted = false;
    for letter in text.chars() {
        match letter {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.push(std::mem::take(&mut word)),
            _ => word.push(letter),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty() && word != "!");
    words
}

fn word_of(text: &str) -> Result<Word, QueryError> {
    let (not, text) = text.strip_prefix('!').map_or((false, text), |rest| (true, rest));
    let term = match text.split_once(':') {
        Some((key, value)) => field(key, value)?,
        None => bare(text),
    };
    Ok(Word { not, term })
}

fn bare(text: &str) -> Term {
    if let Some(fact) = Security::parse(text) {
        return Term::Security(fact);
    }
    let flag = Flag::ALL.into_iter().find(|(_, word)| word.eq_ignore_ascii_case(text));
    flag.map_or_else(|| Term::Text(text.to_lowercase()), |(flag, _)| Term::Flag(flag))
}

fn field(key: &str, value: &str) -> Result<Term, QueryError> {
    if !Term::KEYS.contains(&key) {
        return Err(QueryError::UnknownKey(key.to_owned()));
    }
    if value.is_empty() {
        return Err(QueryError::NoValue(key.to_owned()));
    }
    let values = || value.split(',').filter(|value| !value.is_empty());
    let patterns = || values().map(Pattern::new).collect();
    let scoped = || values().map(Scoped::new).collect();
    Ok(match key {
        "image" => Term::Image(values().map(ImageQuery::parse).collect()),
        "sa" => Term::Account(scoped()),
        "workload" => Term::Workload(scoped()),
        "svc" => Term::Service(scoped()),
        "node" => Term::Node(patterns()),
        "ns" => Term::Namespace(patterns()),
        "status" => Term::Status(patterns()),
        "cluster" => Term::Cluster(patterns()),
        "name" => Term::Name(patterns()),
        "ip" => Term::Address(values().map(range).collect::<Result<_, _>>()?),
        _ => Term::Label(LabelSelector::parse(value).ok_or_else(|| QueryError::Value {
            value: value.to_owned(),
            what: "label selector",
            hint: "write label:app=web, label:app, label:app!=web or label:\"env in (prod,stage)\"",
        })?),
    })
}

fn range(value: &str) -> Result<Range, QueryError> {
    Range::parse(value).ok_or_else(|| QueryError::Value {
        value: value.to_owned(),
        what: "address",
        hint: "write ip:10.0.1.17 or ip:10.0.0.0/16",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_text_is_a_query_or_an_error_that_says_why(text in ".{0,60}") {
            match text.parse::<Query>() {
                Ok(query) => prop_assert!(query.words.len() <= text.split(' ').count()),
                Err(error) => prop_assert!(!error.to_string().is_empty()),
            }
        }
    }

    #[test]
    fn words_are_told_apart() {
        let query: Query = "image:tools:2 !ns:kube-system privileged web".parse().unwrap();
        let terms: Vec<_> = query.words.iter().map(|word| (word.not, &word.term)).collect();
        assert!(matches!(
            terms.as_slice(),
            [
                (false, Term::Image(_)),
                (true, Term::Namespace(_)),
                (false, Term::Security(Security::PRIVILEGED)),
                (false, Term::Text(_)),
            ]
        ));
    }

    #[test]
    fn mistakes_are_explained() {
        assert_eq!("imagge:x".parse::<Query>(), Err(QueryError::UnknownKey("imagge".to_owned())));
        assert_eq!("image:".parse::<Query>(), Err(QueryError::NoValue("image".to_owned())));
        assert!("ip:web".parse::<Query>().unwrap_err().to_string().contains("10.0.1.17"));
        assert!("label:a b=c".parse::<Query>().is_ok());
        assert!("label:\"a b=c\"".parse::<Query>().is_err());
    }

    #[test]
    fn half_typed_words_are_no_mistakes() {
        for text in ["", " ", "!", "  web  "] {
            assert!(text.parse::<Query>().is_ok(), "{text:?}");
        }
    }
}
