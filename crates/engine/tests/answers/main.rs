//! The corpus of the fuzzers, through both of their harnesses, as ordinary tests.

#![allow(clippy::print_stdout)] // captured, and shown with a failure

mod deliberate;
mod differential;
mod hyper_client;
mod pieces;
mod specimen;

use std::{fs, path::PathBuf};

/// Every file of the corpus, with its name.
fn corpus() -> Vec<(String, Vec<u8>)> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/answers"));
    let files = fs::read_dir(&folder).expect("the corpus is part of the repository");
    let mut all: Vec<(String, Vec<u8>)> = files
        .map(|file| {
            let file = file.expect("a folder that can be listed");
            (file.file_name().to_string_lossy().into_owned(), fs::read(file.path()).expect("a file that can be read"))
        })
        .collect();
    all.sort();
    all
}

#[test]
fn the_corpus_reads_the_same_in_all_pieces() {
    let all = corpus();
    assert!(all.len() > 50, "{} files", all.len());
    for (name, data) in all {
        println!("{name}");
        pieces::check(&data);
    }
}

#[test]
fn the_corpus_reads_as_hyper_reads_it_but_for_what_is_deliberate() {
    for (name, data) in corpus() {
        println!("{name}");
        differential::check(&data);
    }
}
