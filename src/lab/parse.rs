//! From `lab:pool?workers=8&wait=20ms` to a [`LabSpec`] and back; every error names the value, its place and what would be right there.

use super::{
    LabSpec,
    conflicts::check,
    parameters::{PARAMETERS, Parameter},
    spec::Model,
};
use std::{fmt, str::FromStr};

/// Why a text describes no reference server.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    /// No such model.
    #[error("{model:?} in {spec:?} is no model of a reference server; choose one of {}", model_names())]
    UnknownModel {
        /// What was given.
        model: String,
        /// The whole text.
        spec: String,
    },
    /// No such parameter.
    #[error("{name:?} in {spec:?} is no parameter of a reference server; choose from {}", parameter_names())]
    UnknownParameter {
        /// What was given.
        name: String,
        /// The whole text.
        spec: String,
    },
    /// A parameter that stands twice.
    #[error("{name} stands twice in {spec:?}; leave one out")]
    Twice {
        /// Its name.
        name: &'static str,
        /// The whole text.
        spec: String,
    },
    /// A value that the parameter does not take.
    #[error("{value:?} for {name} in {spec:?} is no {expected}; write it like {name}={example}")]
    Value {
        /// Its name.
        name: &'static str,
        /// What was given.
        value: String,
        /// What was expected.
        expected: &'static str,
        /// A value to follow.
        example: &'static str,
        /// The whole text.
        spec: String,
    },
    /// Values that contradict each other or would do nothing.
    #[error("{name} in {spec:?} {why}")]
    Conflict {
        /// The parameter to change.
        name: &'static str,
        /// What is the matter, and the remedy.
        why: String,
        /// The whole text.
        spec: String,
    },
}

fn model_names() -> String {
    Model::ALL.map(Model::name).join(", ")
}

fn parameter_names() -> String {
    PARAMETERS.iter().map(|parameter| parameter.name).collect::<Vec<_>>().join(", ")
}

impl FromStr for LabSpec {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        let body = text.strip_prefix("lab:").unwrap_or(text);
        let (model, query) = body.split_once('?').unwrap_or((body, ""));
        let model = Model::ALL
            .into_iter()
            .find(|known| known.name() == model)
            .ok_or_else(|| SpecError::UnknownModel { model: model.to_owned(), spec: text.to_owned() })?;
        let mut spec = Self::of(model);
        let mut given: Vec<(&'static str, &str)> = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let parameter = find(name).ok_or_else(|| SpecError::UnknownParameter { name: name.to_owned(), spec: text.to_owned() })?;
            if given.iter().any(|(known, _)| *known == parameter.name) {
                return Err(SpecError::Twice { name: parameter.name, spec: text.to_owned() });
            }
            (parameter.set)(&mut spec, value).map_err(|expected| SpecError::Value {
                name: parameter.name,
                value: value.to_owned(),
                expected,
                example: parameter.example,
                spec: text.to_owned(),
            })?;
            given.push((parameter.name, value));
        }
        check(&spec, &given).map_err(|(name, why)| SpecError::Conflict { name, why, spec: text.to_owned() })?;
        Ok(spec)
    }
}

fn find(name: &str) -> Option<&'static Parameter> {
    PARAMETERS.iter().find(|parameter| parameter.name == name)
}

impl fmt::Display for LabSpec {
    /// The shortest text that reads back as this specification, in a fixed order.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "lab:{}", self.model.name())?;
        let plain = Self::of(self.model);
        let mut mark = '?';
        for parameter in PARAMETERS {
            let value = (parameter.show)(self);
            if value != (parameter.show)(&plain)
                && let Some(value) = value
            {
                write!(f, "{mark}{}={value}", parameter.name)?;
                mark = '&';
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::spec::{Pause, SpeedStep, Spread};
    use std::time::Duration;

    #[test]
    fn defaults_are_those_of_the_model() {
        let spec: LabSpec = "lab:pool".parse().unwrap();
        assert_eq!((spec.workers, spec.wait, spec.cpu), (4, Duration::from_millis(50), Duration::ZERO));
        let spec: LabSpec = "async".parse().unwrap();
        assert_eq!((spec.workers, spec.wait, spec.cpu), (1, Duration::from_millis(50), Duration::from_millis(1)));
    }

    #[test]
    fn every_parameter_is_read_and_printed_back() {
        for text in [
            "lab:pool?workers=16&wait=40ms&dist=exp",
            "lab:threads?cpu=2ms&lock=500us&slots=10&body=1024&dist=lognormal&cv=1.5&backlog=128&fds=256&leak=65536",
            "lab:async?wait=100ms&refuse_above=100&crash_above=120&restart=never&limit_rate=300",
            "lab:threads?lock=500us&lock_kind=herd",
            "lab:threads?lock=500us&lock_kind=spin",
            "lab:threads?hang_above=50&pause=150ms/5s&step=1.5@25s&die_after=1000&die_at=5s",
            "lab:threads?speak=garbage",
            "lab:single?status=500",
            "lab:processes?huge=1073741824",
        ] {
            assert_eq!(text.parse::<LabSpec>().unwrap().to_string(), text);
        }
        let spec: LabSpec = "threads?pause=150ms/5s&step=1.5@25s&cv=2&dist=lognormal".parse().unwrap();
        assert_eq!(spec.spread, Spread::Lognormal { cv: 2.0 });
        assert_eq!(spec.faults.pause, Some(Pause { length: Duration::from_millis(150), every: Duration::from_secs(5) }));
        assert_eq!(spec.faults.step, Some(SpeedStep { factor: 1.5, after: Duration::from_secs(25) }));
        assert_eq!("pool?wait=50ms&workers=4".parse::<LabSpec>().unwrap().to_string(), "lab:pool");
        assert_eq!("threads?lock_kind=mutex&lock=1ms".parse::<LabSpec>().unwrap().to_string(), "lab:threads?lock=1ms");
    }

    #[test]
    fn the_example_of_every_parameter_is_taken() {
        for parameter in PARAMETERS {
            let mut spec = LabSpec::of(Model::Threads);
            assert_eq!((parameter.set)(&mut spec, parameter.example), Ok(()), "{}", parameter.name);
            assert!((parameter.show)(&spec).is_some(), "{}", parameter.name);
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place_and_remedy() {
        for (text, parts) in [
            ("lab:poool", ["\"poool\"", "single, pool, threads"]),
            ("", ["\"\"", "async-blocking"]),
            ("lab:pool?wrokers=4", ["\"wrokers\"", "workers, wait"]),
            ("lab:pool?workers=banana", ["\"banana\" for workers", "workers=4"]),
            ("lab:pool?workers", ["\"\" for workers", "workers=4"]),
            ("lab:pool?workers=0", ["\"0\"", "1 to 1000"]),
            ("lab:pool?wait=5", ["\"5\" for wait", "wait=100ms"]),
            ("lab:pool?wait=1ms&wait=2ms", ["wait stands twice", "leave one out"]),
            ("lab:threads?pause=5s/150ms", ["5s/150ms", "150ms/5s"]),
            ("lab:threads?step=25s", ["25s", "1.5@25s"]),
            ("lab:threads?lock=1ms&lock_kind=queue", ["\"queue\" for lock_kind", "mutex, herd or spin"]),
            ("lab:threads?status=204", ["204", "status=500"]),
        ] {
            let error = text.parse::<LabSpec>().unwrap_err().to_string();
            for part in parts {
                assert!(error.contains(part), "{text}: {error}");
            }
            assert!(error.contains(&format!("{text:?}")), "{text}: {error}");
        }
    }
}
