//! The schemas in docs/schema: they are what the tool writes, and they tell a result from anything else.

use super::{plimsoll, schema};
use serde_json::{Value, json};

#[test]
fn the_schemas_in_the_repository_are_those_that_the_tool_writes() {
    let home = tempfile::tempdir().unwrap();
    for kind in ["finding", "hold", "comparison", "tuning"] {
        let said = plimsoll(home.path(), &["generate", "schema", kind], &[]);
        assert_eq!(said.code, Some(0), "{}", said.stderr);
        let written: Value = serde_json::from_str(&said.stdout).unwrap();
        let anew = "cargo run -- generate schema --output docs/schema";
        assert!(written == schema::published(kind), "docs/schema/{kind}.json is not what the results are any more; write it anew: {anew}");
        assert!(jsonschema::meta::is_valid(&written), "{kind}");
    }
}

#[test]
fn all_schemas_go_into_a_folder() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("a/schema");
    let said = plimsoll(home.path(), &["generate", "schema", "--output", folder.to_str().unwrap()], &[]);
    assert_eq!((said.code, said.stdout.as_str()), (Some(0), ""), "{}", said.stderr);
    let mut names: Vec<String> =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["comparison.json", "finding.json", "hold.json", "tuning.json"]);
}

/// A short hold with an objective, as the tool printed it.
fn document() -> Value {
    let home = tempfile::tempdir().unwrap();
    let said = plimsoll(home.path(), &["hold", "lab:threads?wait=1ms", "-n", "20", "-c", "2", "--slo", "p50<2s", "--json"], &[]);
    serde_json::from_str(&said.stdout).unwrap()
}

#[test]
fn a_document_that_is_no_result_is_refused() {
    let good = document();
    assert_eq!(schema::faults(&good), Vec::<String>::new());
    let with = |place: &str, value: Value| {
        let mut document = good.clone();
        *document.pointer_mut(place).unwrap_or_else(|| panic!("no {place}")) = value;
        document
    };
    for (place, value) in [
        ("/sent", json!("20")),
        ("/sent", json!(-1)),
        ("/sent", Value::Null),
        ("/took_s", Value::Null),
        ("/ending", json!("finished")),
        ("/criteria/0/objective", json!("fast")),
        ("/criteria/0/verdict", json!("perhaps")),
        ("/latency/p99_ms", json!("1 ms")),
        ("/statuses", json!({ "ok": 20 })),
        ("/errors", json!({ "timed_out": 1.5 })),
        ("/histogram", json!([1, 2])),
        ("/subject", json!("a server")),
    ] {
        let wrong = with(place, value);
        assert!(!schema::published_faults(&wrong).is_empty(), "{place}: {}", wrong.pointer(place).unwrap());
    }
    let fields = good.as_object().unwrap();
    for name in ["subject", "load_line", "offered_per_s", "histogram", "generator"].into_iter().filter(|name| fields.contains_key(*name)) {
        let mut without = fields.clone();
        without.remove(name);
        assert!(schema::published_faults(&without.into()).iter().any(|fault| fault.contains(name)), "{name}");
    }
}

/// Readers of this version must be able to read what a later one adds; the tests of this one want to know of it.
#[test]
fn a_field_that_no_schema_names_is_let_through_for_readers_and_found_by_tests() {
    let mut document = document();
    document["latency"]["p98_ms"] = json!(1.0);
    assert_eq!(schema::published_faults(&document), Vec::<String>::new());
    assert!(matches!(&schema::faults(&document)[..], [one] if one.contains("p98_ms")), "{:?}", schema::faults(&document));
}
