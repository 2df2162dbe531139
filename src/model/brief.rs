//! What is shown of a long text where all of it would hide what matters.

use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// A body in which each text of several lines, such as a script, is its first line, its
/// length and its SHA-256: `# What a node sees [134 lines, SHA-256 1f0c…]`.
pub fn brief(body: &Value) -> Value {
    match body {
        Value::String(text) => match text.trim_end().split_once('\n') {
            Some((first, _)) => {
                let (lines, hash) = (text.lines().count(), Sha256::digest(text.as_bytes()));
                let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
                format!("{} [{lines} lines, SHA-256 {hash}]", first.trim_end()).into()
            }
            None => body.clone(),
        },
        Value::Array(items) => items.iter().map(brief).collect(),
        Value::Object(fields) => fields.iter().map(|(key, value)| (key.clone(), brief(value))).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_script_is_its_first_line_its_length_and_its_hash() {
        let script = "# Looks.\nls\n";
        let body = json!({"Comment": "one line\n", "Parameters": {"commands": ["pods='a'", script]}});
        let shown = brief(&body);
        assert_eq!(shown["Comment"], "one line\n");
        assert_eq!(shown["Parameters"]["commands"][0], "pods='a'");
        // printf '# Looks.\nls\n' | sha256sum
        let hash = Sha256::digest(script.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        assert_eq!(shown["Parameters"]["commands"][1], format!("# Looks. [2 lines, SHA-256 {hash}]"));
        let patch = json!({"metadata": {"labels": {"a": "b"}, "uid": null}, "n": [1, true]});
        assert_eq!(brief(&patch), patch);
    }
}
