//! The JSON Schemas of the results, derived from the types that write them.

use super::{COMPARISON_SCHEMA, Comparison, FINDING_SCHEMA, Finding, HOLD_SCHEMA, Hold, TUNING_SCHEMA, Tuning};
use schemars::{JsonSchema, Schema, generate::SchemaSettings, transform::RecursiveTransform};

/// Where the schemas can be found.
const PLACE: &str = "https://github.com/plimsoll-load/plimsoll/raw/main/docs/schema";

/// A kind of saved result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentKind {
    /// What `find` gives.
    Finding,
    /// What `hold` gives.
    Hold,
    /// What `compare` gives.
    Comparison,
    /// What `tune` gives.
    Tuning,
}

impl DocumentKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Finding, Self::Hold, Self::Comparison, Self::Tuning];

    /// One word for it, which names the file of its schema, too.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Finding => "finding",
            Self::Hold => "hold",
            Self::Comparison => "comparison",
            Self::Tuning => "tuning",
        }
    }

    /// What stands in the document's field `schema`: its kind and version.
    pub const fn version(self) -> &'static str {
        match self {
            Self::Finding => FINDING_SCHEMA,
            Self::Hold => HOLD_SCHEMA,
            Self::Comparison => COMPARISON_SCHEMA,
            Self::Tuning => TUNING_SCHEMA,
        }
    }

    /// The JSON Schema (draft 2020-12) of what this version writes. It allows fields that it doesn't name: later versions may add some.
    pub fn schema(self) -> Schema {
        let mut schema = match self {
            Self::Finding => of::<Finding>(),
            Self::Hold => of::<Hold>(),
            Self::Comparison => of::<Comparison>(),
            Self::Tuning => of::<Tuning>(),
        };
        schema.insert("title".to_owned(), self.version().into());
        schema.insert("$id".to_owned(), format!("{PLACE}/{}.json", self.name()).into());
        schema
    }
}

/// The schema of what a type writes, which is stricter than that of what it reads.
fn of<Document: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft2020_12().for_serialize().with_transform(RecursiveTransform(for_readers));
    settings.into_generator().into_root_schema_for::<Document>()
}

/// Descriptions are those of the Rust types; a reader of JSON knows no `None`.
fn for_readers(schema: &mut Schema) {
    let told = schema.get("description").and_then(|text| text.as_str()).map(|text| text.replace("`None`", "null"));
    if let Some(told) = told {
        schema.insert("description".to_owned(), told.into());
    }
}
