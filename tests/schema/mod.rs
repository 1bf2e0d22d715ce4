//! Results held against the schemas in docs/schema, more strictly than a reader of another version should: here no field may be missing from the
//! schema, so that one that is misspelt is found.

use jsonschema::Validator;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{collections::BTreeMap, fs, path::Path, sync::LazyLock};

/// The kinds of results, as their schemas are called.
const KINDS: [&str; 4] = ["finding", "hold", "comparison", "tuning"];

/// The schema of each kind as it is published.
static PUBLISHED: LazyLock<BTreeMap<&str, Value>> = LazyLock::new(|| KINDS.into_iter().map(|kind| (kind, published(kind))).collect());

/// The same, without room for other fields.
static STRICT: LazyLock<BTreeMap<&str, Validator>> = LazyLock::new(|| {
    let strict = |schema: &Value| jsonschema::validator_for(&without_room(schema)).expect("a schema");
    PUBLISHED.iter().map(|(&kind, schema)| (kind, strict(schema))).collect()
});

/// Reads a result that the tool wrote.
///
/// # Errors
/// When it is no JSON, or no such result.
///
/// # Panics
/// When the schema does not describe it.
pub fn read<Document: DeserializeOwned>(text: &str) -> Result<Document, serde_json::Error> {
    let document: Value = serde_json::from_str(text)?;
    let faults = faults(&document);
    assert!(faults.is_empty(), "docs/schema does not describe this result:\n  {}", faults.join("\n  "));
    serde_json::from_value(document)
}

/// What the schema of its kind says against a document, each with its place.
pub fn faults(document: &Value) -> Vec<String> {
    match kind_of(document).and_then(|kind| STRICT.get(kind)) {
        Some(validator) => said(validator, document),
        None => vec![format!("no kind of result is called {}", document["schema"])],
    }
}

/// What a reader is told who goes by the published schema.
pub fn published_faults(document: &Value) -> Vec<String> {
    let schema = kind_of(document).and_then(|kind| PUBLISHED.get(kind)).expect("a kind of result");
    said(&jsonschema::validator_for(schema).expect("a schema"), document)
}

/// The schema of a kind, in the repository.
pub fn published(kind: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schema").join(format!("{kind}.json"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The kind that a document says it is.
fn kind_of(document: &Value) -> Option<&str> {
    document["schema"].as_str()?.strip_prefix("plimsoll.")?.strip_suffix("/1")
}

fn said(validator: &Validator, document: &Value) -> Vec<String> {
    validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// A schema in which no object has fields beyond those that it names.
fn without_room(schema: &Value) -> Value {
    match schema {
        Value::Object(fields) => {
            let mut strict: serde_json::Map<String, Value> =
                fields.iter().map(|(name, value)| (name.clone(), without_room(value))).collect();
            // A field of a document may be called so itself; then it is described by an object of its own.
            if fields.get("type").is_some_and(Value::is_string) && fields.contains_key("properties") {
                strict.insert("additionalProperties".to_owned(), Value::Bool(false));
            }
            Value::Object(strict)
        }
        Value::Array(values) => values.iter().map(without_room).collect(),
        other => other.clone(),
    }
}
