//! Reads the modules of a package, tests left out, and every path in them that leads to another module.

use super::table::{Crate, ROOT, STD_FORBIDDEN, STD_TIME_FORBIDDEN};
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use std::{
    fs,
    path::{Path, PathBuf},
};
use syn::Item;

/// One path from a module to another, or into a forbidden part of `std`.
#[derive(Debug)]
pub struct Import {
    /// The top-level module that it stands in.
    pub module: String,
    /// The package and top-level module that it leads to; `None` for `std`.
    pub to: Option<(Crate, String)>,
    /// The forbidden part of `std`, where it leads there.
    pub std: String,
    /// The file.
    pub file: String,
}

/// The names of the top-level modules.
pub fn top_level(source: &Path) -> Vec<String> {
    let modules = parse(&source.join("lib.rs")).into_iter().filter(|item| !only_for_tests(item));
    modules.filter_map(|item| if let Item::Mod(module) = item { Some(module.ident.to_string()) } else { None }).collect()
}

/// Every import of every top-level module.
pub fn imports_of(of: Crate, source: &Path) -> Vec<Import> {
    let mut reader = Reader { of, imports: Vec::new() };
    for name in top_level(source) {
        reader.file(source, &[name]);
    }
    reader.imports
}

/// The items of a file.
pub fn parse(file: &Path) -> Vec<Item> {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display())).items
}

/// Whether an item is compiled for tests alone.
pub fn only_for_tests(item: &Item) -> bool {
    let attributes = match item {
        Item::Mod(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Const(item) => &item.attrs,
        _ => return false,
    };
    attributes.iter().any(|attribute| attribute.path().is_ident("cfg") && attribute.to_token_stream().to_string().contains("(test)"))
}

struct Reader {
    of: Crate,
    imports: Vec<Import>,
}

impl Reader {
    /// The file of the module at this path below `parent`'s directory.
    fn file(&mut self, directory: &Path, path: &[String]) {
        let name = path.last().expect("a module has a name");
        let flat = directory.join(format!("{name}.rs"));
        let file: PathBuf = if flat.exists() { flat } else { directory.join(name).join("mod.rs") };
        self.items(parse(&file), &directory.join(name), path, &file.display().to_string());
    }

    fn items(&mut self, items: Vec<Item>, directory: &Path, path: &[String], file: &str) {
        for item in items.into_iter().filter(|item| !only_for_tests(item)) {
            match item {
                Item::Mod(module) => {
                    let below: Vec<String> = path.iter().cloned().chain([module.ident.to_string()]).collect();
                    match module.content {
                        Some((_, items)) => self.items(items, directory, &below, file),
                        None => self.file(directory, &below),
                    }
                }
                item => self.tokens(item.to_token_stream(), path, file),
            }
        }
    }

    /// Looks for `crate::`, `super::`, the packages of the workspace and `std::` anywhere, macros included.
    fn tokens(&mut self, stream: TokenStream, path: &[String], file: &str) {
        let trees: Vec<TokenTree> = stream.into_iter().collect();
        let mut place = 0;
        while place < trees.len() {
            if let TokenTree::Group(group) = &trees[place] {
                self.tokens(group.stream(), path, file);
            }
            let TokenTree::Ident(first) = &trees[place] else {
                place += 1;
                continue;
            };
            let mut at = place;
            let mut up = 0;
            while ident(&trees, at).as_deref() == Some("super") && colons(&trees, at + 1) {
                up += 1;
                at += 3;
            }
            let target = match first.to_string().as_str() {
                "crate" => Some(self.of),
                "plimsoll_core" => Some(Crate::Core),
                "plimsoll_engine" => Some(Crate::Engine),
                "super" if up >= path.len() => Some(self.of),
                _ => None,
            };
            if up == 0 && colons(&trees, place + 1) {
                at = place + 3;
            }
            match target {
                Some(Crate::Engine) if self.of != Crate::Engine => self.found(Some((Crate::Engine, ROOT.to_owned())), "", path, file),
                Some(target) if at > place => {
                    heads(&trees, at).into_iter().for_each(|(name, _)| self.found(Some((target, name)), "", path, file));
                }
                None if at > place && (*first == "std" || *first == "core") => self.std(heads(&trees, at), path, file),
                _ => {}
            }
            place = at.max(place + 1);
        }
    }

    fn std(&mut self, heads: Vec<(String, Vec<String>)>, path: &[String], file: &str) {
        for (name, below) in heads {
            if STD_FORBIDDEN.contains(&name.as_str()) {
                self.found(None, &name, path, file);
            }
            for clock in below.iter().filter(|below| name == "time" && STD_TIME_FORBIDDEN.contains(&below.as_str())) {
                self.found(None, &format!("time::{clock}"), path, file);
            }
        }
    }

    fn found(&mut self, to: Option<(Crate, String)>, std: &str, path: &[String], file: &str) {
        self.imports.push(Import { module: path[0].clone(), to, std: std.to_owned(), file: file.to_owned() });
    }
}

/// The name that stands at a place, where one does.
pub fn ident(trees: &[TokenTree], at: usize) -> Option<String> {
    if let Some(TokenTree::Ident(ident)) = trees.get(at) { Some(ident.to_string()) } else { None }
}

fn colons(trees: &[TokenTree], at: usize) -> bool {
    let colon = |at: usize| matches!(trees.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
    colon(at) && colon(at + 1)
}

/// The names that a path or group begins with at `at`, each with the names one step below it.
fn heads(trees: &[TokenTree], at: usize) -> Vec<(String, Vec<String>)> {
    match trees.get(at) {
        Some(TokenTree::Ident(name)) => {
            let below = if colons(trees, at + 1) { heads(trees, at + 3).into_iter().map(|(name, _)| name).collect() } else { Vec::new() };
            vec![(name.to_string(), below)]
        }
        Some(TokenTree::Group(group)) => {
            let trees: Vec<TokenTree> = group.stream().into_iter().collect();
            let is_comma = |tree: &TokenTree| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == ',');
            trees.split(is_comma).flat_map(|part| heads(part, 0)).collect()
        }
        _ => Vec::new(),
    }
}
