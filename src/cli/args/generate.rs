//! `plimsoll generate`, as it was typed.

use clap::{Args, Subcommand, ValueEnum};
use clap_complete::Shell;
use plimsoll_core::finding::DocumentKind;
use std::path::PathBuf;

/// `plimsoll generate`.
#[derive(Args, Debug)]
pub struct Generate {
    /// What to write.
    #[command(subcommand)]
    pub what: Generated,
}

/// What can be written.
#[derive(Debug, Subcommand)]
pub enum Generated {
    /// Man pages, one for each command
    Man {
        /// Write all pages into this folder
        ///
        /// Write plimsoll.1, plimsoll-find.1 and the others into this folder, which is made where it is missing. Without it the page of
        /// plimsoll itself goes to standard output.
        #[arg(short = 'o', long, value_name = "FOLDER")]
        output: Option<PathBuf>,
    },
    /// Completions for a shell, on standard output
    Completions {
        /// bash, zsh, fish, elvish or powershell
        #[arg(value_enum, value_name = "SHELL", hide_possible_values = true)]
        shell: Shell,
    },
    /// JSON Schemas of the results
    Schema {
        /// finding, hold, comparison or tuning [default: finding]
        ///
        /// What find (finding), hold, compare (comparison) or tune (tuning) gives [default: finding; with --output all of them].
        #[arg(value_enum, value_name = "KIND", hide_possible_values = true)]
        kind: Option<SchemaKind>,
        /// Write into this folder
        ///
        /// Write finding.json and the others into this folder, which is made where it is missing. Without it one goes to standard output.
        #[arg(short = 'o', long, value_name = "FOLDER")]
        output: Option<PathBuf>,
    },
}

/// A kind of document, as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SchemaKind(pub DocumentKind);

impl ValueEnum for SchemaKind {
    fn value_variants<'a>() -> &'a [Self] {
        const { &[Self(DocumentKind::Finding), Self(DocumentKind::Hold), Self(DocumentKind::Comparison), Self(DocumentKind::Tuning)] }
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        Some(self.0.name().into())
    }
}
