//! Holds what the pages say of the code. The import table of ARCHITECTURE.md: a module that imports what the table does not allow fails here, named
//! with its file. And docs/CAUSES.md, which leaves out no verdict.

mod causes;
mod modules;
mod table;

use modules::{Import, imports_of};
use std::{fs, path::Path};
use table::{ALLOWED, Crate, STD_FORBIDDEN, STD_TIME_FORBIDDEN, allowed};

/// What is wrong with these imports, a line each.
fn violations(of: Crate, imports: &[Import]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for import in imports {
        let Import { module, to, file, .. } = import;
        let line = match to {
            // Within itself the engine is one thing.
            Some((Crate::Engine, _)) if of == Crate::Engine => continue,
            Some((target, name)) if *target == of && name == module => continue,
            Some((target, name)) if allowed(of, module).is_some_and(|allowed| allowed.contains(&(*target, name.as_str()))) => continue,
            Some((target, name)) => format!("{file}: {of:?}::{module} must not import {target:?}::{name}"),
            None if of == Crate::Core => format!("{file}: the core must not use std::{}", import.std),
            None => continue,
        };
        found.push(line);
    }
    found.sort();
    found.dedup();
    found
}

#[test]
fn every_module_imports_only_what_the_table_allows() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for (of, source) in [(Crate::Core, "crates/core/src"), (Crate::Engine, "crates/engine/src"), (Crate::Shell, "src")] {
        let imports = imports_of(of, &root.join(source));
        assert!(imports.iter().filter(|import| import.to.is_some()).count() > 5, "{source} was not read: {imports:?}");
        found.extend(violations(of, &imports));
    }
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn the_table_knows_every_module_and_no_other() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (of, source) in [(Crate::Core, "crates/core/src"), (Crate::Shell, "src")] {
        let mut there: Vec<String> = modules::top_level(&root.join(source));
        there.sort();
        let mut listed: Vec<String> =
            ALLOWED.iter().filter(|(package, ..)| *package == of).map(|(_, module, _)| (*module).to_owned()).collect();
        listed.sort();
        assert_eq!(there, listed, "{source}");
    }
}

/// The violations of one made-up file that stands for a whole module.
fn made_up(of: Crate, module: &str, source: &str) -> Vec<String> {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("lib.rs"), format!("pub mod {module};")).unwrap();
    fs::write(directory.path().join(format!("{module}.rs")), source).unwrap();
    violations(of, &imports_of(of, directory.path()))
}

#[test]
fn the_checker_sees_every_way_to_import() {
    for source in [
        "use crate::session::Event;",
        "use crate::{lab::LabSpec, session};",
        "use crate::{paint::{self}, session::{Event as E, Plan}};",
        "use super::session::Event;",
        "use super::{session::Event};",
        "fn f() { crate::session::find(); }",
        "fn f() -> crate::session::Plan { loop {} }",
        "fn f() { println!(\"{}\", crate::session::NAME); }",
        "mod inner { use super::super::session::Event; }",
        "pub(crate) use crate::session as other;",
    ] {
        let found = made_up(Crate::Shell, "report", source);
        assert!(found.iter().any(|line| line.contains("Shell::report must not import Shell::session")), "{source}: {found:?}");
    }
    let found = made_up(Crate::Shell, "report", "use plimsoll_core::search::Search;");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("must not import Core::search"), "{found:?}");
    assert_eq!(made_up(Crate::Engine, "shard", "use plimsoll_core::finding::Finding;").len(), 1);
}

#[test]
fn the_checker_sees_the_world_in_the_core() {
    for std in STD_FORBIDDEN {
        assert_eq!(made_up(Crate::Core, "units", &format!("use std::{std}::Something;")).len(), 1, "{std}");
        assert_eq!(made_up(Crate::Core, "units", &format!("use std::{{collections::BTreeMap, {std}::Something}};")).len(), 1, "{std}");
    }
    for clock in STD_TIME_FORBIDDEN {
        assert_eq!(made_up(Crate::Core, "units", &format!("use std::time::{{Duration, {clock}}};")).len(), 1, "{clock}");
    }
}

#[test]
fn what_is_allowed_and_what_only_tests_import_is_let_through() {
    for source in [
        "use plimsoll_core::{finding::Finding, units::show_number}; use std::time::Duration;",
        "#[cfg(test)] mod tests { use crate::session::find; }",
        "#[cfg(test)] use crate::session::find;",
        "use crate::report::paint; use super::report;",
        "// crate::session in a comment\nconst A: &str = \"crate::session\";",
    ] {
        assert_eq!(made_up(Crate::Shell, "report", source), Vec::<String>::new(), "{source}");
    }
}
