//! docs/CAUSES.md has a part for every verdict that the code can give, headed by its name and the words of the report.

use super::modules::{ident, only_for_tests, parse};
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};
use syn::{Item, LitStr};

/// Said beside a cause, and never one itself.
const BESIDE: &str = "accept_queue";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files of a directory of modules.
fn files(directory: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join(directory)).unwrap();
    let files = entries.map(|entry| entry.unwrap().path());
    files.filter(|file| file.extension().is_some_and(|is| is == "rs") && !file.ends_with("tests.rs")).collect()
}

/// The tokens of a file, tests left out.
fn tokens(file: &Path) -> TokenStream {
    parse(file).into_iter().filter(|item| !only_for_tests(item)).map(ToTokens::into_token_stream).collect()
}

fn text(tree: Option<&TokenTree>) -> Option<String> {
    syn::parse2::<LitStr>(tree?.to_token_stream()).ok().map(|literal| literal.value())
}

fn first_of_group(tree: Option<&TokenTree>) -> Option<String> {
    if let Some(TokenTree::Group(group)) = tree { text(group.stream().into_iter().next().as_ref()) } else { None }
}

fn is(tree: Option<&TokenTree>, mark: char) -> bool {
    matches!(tree, Some(TokenTree::Punct(punct)) if punct.as_char() == mark)
}

/// The verdicts that stand in code as `Suspicion::of("name", ..)`, `cause("name", ..)` and `verdict: "name"`.
fn verdicts(stream: TokenStream) -> BTreeSet<String> {
    let trees: Vec<TokenTree> = stream.into_iter().collect();
    let mut found = BTreeSet::new();
    for place in 0..trees.len() {
        if let TokenTree::Group(group) = &trees[place] {
            found.extend(verdicts(group.stream()));
        }
        found.extend(match ident(&trees, place).as_deref() {
            Some("Suspicion") if ident(&trees, place + 3).as_deref() == Some("of") => {
                let name = first_of_group(trees.get(place + 4));
                Some(name.expect("Suspicion::of is called with a verdict written out, so that this test can read it"))
            }
            Some("cause") => first_of_group(trees.get(place + 1)),
            Some("verdict") if is(trees.get(place + 1), ':') => text(trees.get(place + 2)),
            _ => None,
        });
    }
    found
}

/// Every verdict with its words in a report.
fn words() -> BTreeMap<String, String> {
    let names = parse(&root().join("src/report/say/names.rs"));
    let says = names.into_iter().find_map(|item| match item {
        Item::Fn(function) if function.sig.ident == "verdict" => Some(function.block.to_token_stream()),
        _ => None,
    });
    let mut words = BTreeMap::new();
    collect_arms(says.expect("a function that says a verdict in words"), &mut words);
    words
}

/// The arms `"name" => "words"` of every match.
fn collect_arms(stream: TokenStream, words: &mut BTreeMap<String, String>) {
    let trees: Vec<TokenTree> = stream.into_iter().collect();
    for (place, tree) in trees.iter().enumerate() {
        if let TokenTree::Group(group) = tree {
            collect_arms(group.stream(), words);
        }
        if let (Some(name), true, Some(said)) = (text(Some(tree)), is(trees.get(place + 1), '='), text(trees.get(place + 3))) {
            words.insert(name, said);
        }
    }
}

#[test]
fn the_page_of_causes_has_a_part_for_every_verdict() {
    let rules = files("crates/core/src/diagnose");
    for file in &rules {
        let is_blind = fs::read_to_string(file).unwrap().contains("fn weigh(") && verdicts(tokens(file)).is_empty();
        assert!(!is_blind, "{} weighs evidence and gives no verdict that this test can read", file.display());
    }
    let given: BTreeSet<String> =
        rules.iter().chain(&files("crates/core/src/search")).flat_map(|file| verdicts(tokens(file))).chain([BESIDE.to_owned()]).collect();
    for known in ["worker_pool", "cpu_quota", "unknown", "generator", "rate_limit"] {
        assert!(given.contains(known), "{known} was not found in {given:?}");
    }
    let words = words();
    let page = fs::read_to_string(root().join("docs/CAUSES.md")).unwrap();
    let parts: BTreeSet<&str> = page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    let heading = |name: &String| format!("`{name}`: {}", words.get(name).unwrap_or_else(|| panic!("a report has no words for {name}")));
    let missing: Vec<String> = given.iter().map(heading).filter(|heading| !parts.contains(heading.as_str())).collect();
    assert!(missing.is_empty(), "docs/CAUSES.md has no part headed by {missing:?}");
    let known: BTreeSet<String> = words.keys().map(heading).collect();
    let strange: Vec<&&str> = parts.iter().filter(|part| !known.contains(**part)).collect();
    assert!(strange.is_empty(), "docs/CAUSES.md has parts for what no report says: {strange:?}");
}

#[test]
fn a_verdict_is_found_however_deep_it_stands() {
    let code = r#"
        fn weigh() -> Option<Suspicion> { Some(match held { Some(_) => Suspicion::of("one", High, vec![]), None => Suspicion::of("two", High, seen) }) }
        fn cause() -> Option<Cause> { if let Some(_) = limit { return cause("three", "high", vec![limit.clone()]); } None }
        fn unwatched() -> Cause { Cause { verdict: "four".to_owned(), confidence: "low".to_owned() } }
    "#;
    assert_eq!(verdicts(code.parse().unwrap()).into_iter().collect::<Vec<_>>(), ["four", "one", "three", "two"]);
}
