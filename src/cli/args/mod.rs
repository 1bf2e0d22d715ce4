//! What the user typed, as it was typed. Nothing here is checked beyond its shape: `resolve` does that, and names the place of what is wrong.

mod compare;
mod connection;
mod criteria;
mod doctor;
mod find;
mod gates;
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

/// Finds how many requests a system handles at one time until it degrades.
#[derive(Debug, Parser)]
#[command(name = "plimsoll", version, max_term_width = 100, infer_long_args = false)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the tool can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Find how many requests TARGET handles at one time until it degrades, and how it degrades
    #[command(after_help = find::EXAMPLES)]
    Find(Box<Find>),
    /// Put one steady load on TARGET and show how it behaves under it
    #[command(after_help = hold::EXAMPLES)]
    Hold(Box<Hold>),
    /// Say which of several systems carries more at one time, by what factor, and what one request pays for it
    #[command(after_help = compare::EXAMPLES)]
    Compare(Box<Compare>),
    /// Find the setting of a command that carries the most on this hardware, or the cheapest that carries enough
    #[command(after_help = tune::EXAMPLES)]
    Tune(Box<Tune>),
    /// Run a built-in reference server by hand, or print its true load line
    Lab(Box<LabArgs>),
    /// Show a saved result, or the journal of a run that was cut short
    Report(Report),
    /// Show what the processes of a server use and wait for, a line a second
    #[command(after_help = watch::EXAMPLES)]
    Watch(Watch),
    /// Say what this machine allows a load test, and what to change
    Doctor(Doctor),
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
