//! One thing that was looked at.

use serde::Serialize;

/// How it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nothing to change.
    Good,
    /// It limits what can be measured, or how well.
    Short,
    /// Nothing can be measured.
    Blocked,
    /// The system does not tell.
    Unknown,
}

/// What was found of one thing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Check {
    /// Its stable name.
    pub name: &'static str,
    /// How it stands.
    pub state: State,
    /// What was found; `not known` where the system does not tell.
    pub value: String,
    /// What that means for a load test.
    pub means: String,
    /// What to do about it, as a command where there is one; `None` where nothing is amiss.
    pub remedy: Option<String>,
}

impl Check {
    /// Something that is as it should be.
    pub fn good(name: &'static str, value: impl Into<String>, means: impl Into<String>) -> Self {
        Self { name, state: State::Good, value: value.into(), means: means.into(), remedy: None }
    }

    /// Something that limits what can be measured.
    pub fn short(name: &'static str, value: impl Into<String>, means: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { state: State::Short, remedy: Some(remedy.into()), ..Self::good(name, value, means) }
    }

    /// Something without which nothing can be measured.
    pub fn blocked(name: &'static str, value: impl Into<String>, means: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { state: State::Blocked, ..Self::short(name, value, means, remedy) }
    }

    /// Something that the system does not tell. `matters` says what depends on it.
    pub fn unknown(name: &'static str, matters: impl Into<String>) -> Self {
        Self { state: State::Unknown, ..Self::good(name, "not known", matters) }
    }
}
