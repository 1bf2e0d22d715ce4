//! What the user typed, as it was typed. Nothing here is checked beyond its shape: `resolve` does that, and names the place of what is wrong.

mod compare;
mod connection;
mod criteria;
mod doctor;
mod find;
mod gates;
mod generate;
mod hold;
mod load;
mod output;
mod report;
mod request;
mod search;
mod target;
mod tune;
mod watch;

pub use compare::Compare;
pub use connection::ConnectionArgs;
pub use criteria::CriteriaArgs;
pub use doctor::Doctor;
pub use find::Find;
pub use gates::GateArgs;
pub use generate::{Generate, Generated, SchemaKind};
pub use hold::Hold;
pub use load::{By, LoadArgs};
pub use output::OutputArgs;
pub use report::Report;
pub use request::RequestArgs;
pub use search::SearchArgs;
pub use target::{StartedArgs, TargetArgs};
pub use tune::Tune;
pub use watch::Watch;

use crate::{
    lab::LabArgs,
    launch::{EnterArgs, WardArgs},
};
use clap::{Parser, Subcommand};

/// The commands that put on load. Each of their flags can be set in the environment.
pub const LOADING: [&str; 4] = ["find", "hold", "compare", "tune"];

/// Find how many requests a system handles at one time until it degrades
///
/// Find how many requests a system handles at one time until it degrades: its load line, with an interval. Plimsoll says how the system degrades
/// beyond it, why it stops there, and how much more the same hardware could carry; it says "not known" where it does not know, and withholds
/// the number where the load generator was the limit.
#[derive(Debug, Parser)]
#[command(name = "plimsoll", version, max_term_width = 100, infer_long_args = false)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the tool can do. `-h` shows the first paragraph of each of these comments, and of those of the flags; `--help` shows the others.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Find how many requests a system handles at one time
    ///
    /// Find how many requests TARGET handles at one time until it degrades, how it degrades beyond that, why it stops there, and how much more
    /// the same hardware could carry. The load is driven beyond that line on purpose for a few seconds: measure only what is yours.
    Find(Box<Find>),
    /// Put one steady load on a system and show how it behaves
    ///
    /// Put one steady load on TARGET, so many at one time (-c) or so many requests a second (-q), and show how it behaves under it: rates,
    /// response and service times, failures, and whether the objectives hold.
    Hold(Box<Hold>),
    /// Compare what several systems carry on the same hardware
    ///
    /// Say which of several systems carries more at one time, by what factor, and what one request pays for it. Each is searched by itself,
    /// then all are probed in random turns, so that a machine which changes meanwhile favours none. Those that are started here get the same
    /// cores and memory.
    Compare(Box<Compare>),
    /// Find the setting of a command that carries the most
    ///
    /// Find the setting of a command that carries the most on this hardware, or the cheapest that carries enough. Each setting that is tried is
    /// started, searched and stopped; far fewer are tried than there are.
    #[command(override_usage = "plimsoll tune [OPTIONS] --start <CMD> --vary <NAME=VALUES> [TARGET]")]
    Tune(Box<Tune>),
    /// Run a built-in server whose load line is known
    ///
    /// Run a built-in reference server by hand, or print its true load line: to test the tool, and to learn what a kind of server looks like
    /// under load. "plimsoll find lab:MODEL" starts one by itself.
    Lab(Box<LabArgs>),
    /// Show a saved result again, or a run that was cut short
    ///
    /// Show a result that --save kept, or the journal of a run that was cut short, as text or as the whole document.
    Report(Report),
    /// Show what a server's processes use and wait for
    ///
    /// Show what the processes of a server use and wait for, a line a second, with no load of its own.
    Watch(Watch),
    /// Say what this machine allows, and what to change
    ///
    /// Say what this machine allows a load test: file descriptors, ports, cores, quotas, clock, counters; and for each shortfall what to change.
    Doctor(Doctor),
    /// Write man pages, shell completions and JSON Schemas
    ///
    /// Write what a package of this tool brings along: man pages, completions for shells, and the JSON Schemas of its results.
    Generate(Generate),
    /// Run a command that ends with its parent
    #[command(hide = true)]
    Ward(WardArgs),
    /// Become a command, within control groups and limits
    #[command(hide = true)]
    Enter(EnterArgs),
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_secret_behind_a_cluster_of_short_flags_is_hidden() {
        let command = Arguments::command();
        for name in LOADING {
            let bare = command.find_subcommand(name).unwrap().get_arguments().filter(|argument| !argument.get_action().takes_values());
            for short in bare.filter_map(clap::Arg::get_short) {
                let line = crate::session::command_line([format!("-{short}a"), "ann:s3cret".to_owned()]);
                assert!(!line.contains("s3cret"), "{line}");
            }
        }
    }

    #[test]
    fn every_flag_of_a_command_that_loads_stands_under_a_heading_and_in_the_environment() {
        let command = Arguments::command();
        for name in LOADING {
            let loading = command.find_subcommand(name).unwrap();
            for argument in loading.get_arguments().filter(|argument| !argument.is_positional() && argument.get_id() != "help") {
                let id = argument.get_id().as_str();
                assert!(argument.get_help_heading().is_some(), "{name} --{id} has no heading");
                let wanted = format!("PLIMSOLL_{}", id.to_uppercase());
                assert_eq!(argument.get_env().and_then(|name| name.to_str()), Some(wanted.as_str()), "{name} --{id}");
                assert_eq!(argument.get_long().map(|long| long.replace('-', "_")).as_deref(), Some(id), "{name}");
            }
        }
    }
}
