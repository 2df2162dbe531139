//! The signatures under the chains, and what is remembered of them outside of the case.

use std::collections::BTreeMap;
use std::path::Path;

use super::super::head::HeadFile;
use super::super::known::Known;
use super::super::sign::Signer;
use super::super::{PublicKey, Record, WriterId};
use super::chains::Chains;
use super::{Damage, Key, Report, Standing, Trust};
use crate::model::Clean;

/// Checks every head's signature, then holds the chains against what is known from elsewhere.
pub(super) fn check(case: &Path, records: &[Record], chains: &Chains, trust: &Trust, report: &mut Report) {
    let keys = signatures(records, chains, report);
    stand(records, &keys, trust, report);
    if let Some(state) = &trust.state {
        remembered(&Known::of(state, case), chains, &keys, report);
    }
}

/// The key that each chain began with, where its head bears that key's signature.
fn signatures(records: &[Record], chains: &Chains, report: &mut Report) -> BTreeMap<WriterId, PublicKey> {
    let mut keys = BTreeMap::new();
    for record in records.iter().filter(|record| record.seq == 1) {
        let key = record.start.as_ref().and_then(|start| PublicKey::find(&start.key));
        match (key, chains.get(&record.writer)) {
            (Some(key), _) => drop(keys.insert(record.writer.clone(), key)),
            (None, Some(chain)) => {
                report.problem(Damage::Missing, &chain.file, Some(1), "it does not name the key that signs it");
            }
            (None, None) => {}
        }
    }
    for (writer, chain) in chains {
        let HeadFile::Is(signed) = &chain.said else { continue };
        let file = format!("journal/{}.head", writer.as_str());
        if !signed.holds() {
            report.problem(Damage::Changed, &file, None, "the signature is not one over this head");
        } else if keys.get(writer).is_some_and(|key| *key != signed.signature.key) {
            let says = format!(
                "it is signed with {}, and the chain began with another key",
                signed.signature.key.fingerprint()
            );
            report.problem(Damage::Changed, &file, None, says);
        }
    }
    keys
}

/// Says of each key what is known of it.
fn stand(records: &[Record], keys: &BTreeMap<WriterId, PublicKey>, trust: &Trust, report: &mut Report) {
    let own = trust.state.as_deref().and_then(Signer::public_in);
    let mut found: BTreeMap<PublicKey, Key> = BTreeMap::new();
    for record in records.iter().filter(|record| record.seq == 1) {
        let Some(key) = keys.get(&record.writer) else { continue };
        let named = trust.signers.as_ref().is_some_and(|signers| signers.contains(key));
        let known = match (named, own.as_ref() == Some(key)) {
            (true, _) => Standing::Named,
            (false, true) => Standing::Own,
            (false, false) => Standing::Unknown,
        };
        let entry = found.entry(*key).or_insert_with(|| Key {
            fingerprint: key.fingerprint().into(),
            public: key.line().into(),
            of: Vec::new(),
            writers: 0,
            known,
        });
        let of = Clean::from(format!("{}@{}", record.by.user, record.by.host));
        if !entry.of.contains(&of) {
            entry.of.push(of);
        }
        entry.writers += 1;
        if trust.signers.is_some() && known == Standing::Unknown {
            let file = format!("journal/{}.jsonl", record.writer.as_str());
            let says =
                format!("it is signed with {}, which is no key of the signers that were named", key.fingerprint());
            report.problem(Damage::Added, &file, Some(1), says);
        }
    }
    report.keys = found.into_values().collect();
}

/// Holds the chains against the heads that were kept outside of the case.
fn remembered(known: &Known, chains: &Chains, keys: &BTreeMap<WriterId, PublicKey>, report: &mut Report) {
    for case in known.all() {
        // A case that was moved is known by any of its writers.
        if !case.is_here && !case.heads.keys().any(|writer| chains.contains_key(writer)) {
            continue;
        }
        for (writer, signed) in case.heads {
            let (head, file) = (signed.head, format!("journal/{}.jsonl", writer.as_str()));
            let Some(chain) = chains.get(&writer) else {
                let says = format!("this machine wrote {} records to it, and it is not there", head.seq);
                report.problem(Damage::Missing, &file, None, says);
                continue;
            };
            if !chain.holds(head) {
                let there = chain.head().seq;
                let (damage, line, says) = if there < head.seq {
                    let says = format!("this machine wrote {} records to it, {there} are there", head.seq);
                    (Damage::Missing, there + 1, says)
                } else {
                    let says = format!("this machine wrote it with the hash {}: it was rewritten", head.hash);
                    (Damage::Changed, head.seq, says)
                };
                report.problem(damage, &file, Some(line), says);
            } else if keys.get(&writer).is_some_and(|key| *key != signed.signature.key) {
                report.problem(Damage::Changed, &file, Some(1), "this machine signed it with another key");
            } else {
                report.remembered += 1;
            }
        }
    }
}
