//! What of one system can be measured against another, read off its finding.

use super::loads::{self, Alone, Full};
use crate::{
    finding::{Axis, Counted, Finding, StepRecord, Word},
    step::Purpose,
};

/// More errors than this, and throughput is something else.
pub(super) const FEW_ERRORS: f64 = 0.01;
/// Steps this close to the line (in ln load) show the throughput there.
const NEAR_LINE: f64 = 0.12;
/// From this many times the line on all places at a door are taken all the time; and so well (in ln) those inside must agree with the line.
const ALL_TAKEN: f64 = 1.2;
const DOOR_AGREES: f64 = 0.15;

/// How a system's line follows from what a round measures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Tie {
    /// The knee is the highest throughput times the time of a user's round, so each round measures it whole.
    Knee {
        /// The pause of a user, in seconds.
        think_s: f64,
    },
    /// So it does for the capacity of an open loop.
    Capacity,
    /// The line of a latency objective moves with the throughput there.
    AtLine {
        /// That throughput as the search saw it.
        seen_per_s: f64,
    },
    /// Whoever is too many is turned away at once: beyond the line, as many are inside as there are places, which each round counts.
    Door,
    /// No probe of a round tells of it: errors of another kind, or the tail of an open loop.
    AsFound,
}

impl Tie {
    /// Whether the line itself was measured in the rounds, so that the one which the search found plays no part.
    pub fn is_whole(self) -> bool {
        matches!(self, Self::Knee { .. } | Self::Capacity | Self::Door)
    }
}

/// What is known of a system's line.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Line {
    Found {
        tie: Tie,
        /// On the continuous scale that the ends are on.
        value: f64,
        low: f64,
        high: f64,
    },
    /// It is at least this.
    AtLeast(f64),
    /// Why nothing is known.
    Unknown(String),
}

/// One system.
#[derive(Clone, Debug)]
pub(super) struct Bench {
    pub counted: Counted,
    pub line: Line,
    /// Why the line was not called firm, where the comparison does not rest on it alone.
    pub unstable: Option<String>,
    /// The request alone; `None` where nothing may be asked of the system any more.
    pub alone: Option<Alone>,
    pub full: Option<Full>,
}

impl Bench {
    pub fn of(finding: &Finding) -> Self {
        let think_s = finding.pause_s().unwrap_or(0.0);
        let line = line(finding, think_s);
        let load_line = &finding.load_line;
        let is_broken = load_line.word == Word::Withheld && !finding.generator.limited;
        let unloaded_s = finding.unloaded.mean_ms.map(|ms| ms / 1e3).filter(|mean_s| *mean_s > 0.0 && !is_broken);
        let in_flight = finding.also.users_at_once.or(load_line.value.filter(|_| load_line.axis == Axis::Users && think_s == 0.0));
        let in_flight = in_flight.unwrap_or(1.0).max(1.0);
        let full = match line {
            Line::Found { tie, .. } => loads::full(finding, tie, think_s, in_flight, unloaded_s),
            Line::AtLeast(_) | Line::Unknown(_) => None,
        };
        let alone = unloaded_s.map(|mean_s| loads::alone(finding, mean_s, in_flight));
        let unstable = (load_line.word == Word::Unstable).then(|| load_line.reasons.join("; "));
        Self { counted: Counted::of(load_line.axis, think_s > 0.0), line, unstable, alone, full }
    }

    /// The line as it was found; 0 where none was.
    pub fn line_value(&self) -> f64 {
        if let Line::Found { value, .. } = self.line { value } else { 0.0 }
    }

    /// Whether its places are counted beyond its line.
    pub fn has_door(&self) -> bool {
        matches!(self.line, Line::Found { tie: Tie::Door, .. })
    }

    /// Whether its line moves with the throughput that its cores give: it does not get more places at a door.
    pub fn needs_cores(&self) -> bool {
        matches!(self.line, Line::Found { tie: Tie::Knee { .. } | Tie::Capacity | Tie::AtLine { .. }, .. })
    }

    /// How far its highest throughput may lie above what the rounds measure (in ln); two systems at the same load are short of it alike.
    pub fn unsure_beside(&self, other: &Self) -> f64 {
        let differs = |full: &Full| other.full.is_none_or(|other| other.users != full.users);
        self.full.filter(differs).map_or(0.0, |full| full.unsure)
    }
}

fn line(finding: &Finding, think_s: f64) -> Line {
    let line = &finding.load_line;
    let Some(value) = line.value else {
        return Line::Unknown(line.reasons.first().cloned().unwrap_or_else(|| "its load line is not known".to_owned()));
    };
    if line.word == Word::AtLeast {
        return Line::AtLeast(value);
    }
    let tie = tie(finding, think_s);
    if line.word == Word::Unstable && !tie.is_whole() {
        return Line::Unknown(format!("its load line is not stable: {}", line.reasons.join("; ")));
    }
    let (low, high) = (line.low.unwrap_or(value), line.high.unwrap_or(f64::INFINITY));
    match (tie, line.axis) {
        // Users are rounded down to the last that holds: the crossing itself lies up to one above.
        (Tie::AtLine { .. }, Axis::Users) => Line::Found { tie, value: value + 0.5, low, high: high + 1.0 },
        _ => Line::Found { tie, value, low, high },
    }
}

fn tie(finding: &Finding, think_s: f64) -> Tie {
    let line = &finding.load_line;
    match (line.binding.as_str(), line.axis) {
        ("knee", Axis::Users) => Tie::Knee { think_s },
        ("knee", Axis::Rate) => Tie::Capacity,
        (binding, Axis::Users) if !binding.starts_with("errors") => {
            throughput_at_line(finding, think_s).map_or(Tie::AsFound, |seen_per_s| Tie::AtLine { seen_per_s })
        }
        (_, Axis::Users) if think_s == 0.0 && at_the_door(finding).is_some() => Tie::Door,
        _ => Tie::AsFound,
    }
}

/// What loads beyond a door show.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct AtDoor {
    /// The largest that was put on.
    pub most_users: u32,
    /// Mean time of a good answer, in seconds.
    pub response_s: f64,
    /// Good answers a second.
    pub per_s: f64,
}

/// What the search saw beyond the line of a target that turns away whoever is too many: as many inside, by Little's law, as the line says that
/// there are places. `None` where that is not so, or nothing that far beyond was put on.
pub(super) fn at_the_door(finding: &Finding) -> Option<AtDoor> {
    let line = finding.load_line.value?;
    let beyond = finding.steps.iter().filter(|step| !matches!(step.purpose, Purpose::Gate | Purpose::Recovery));
    let beyond = beyond.filter_map(|step| Some((step.users.filter(|users| f64::from(*users) >= ALL_TAKEN * line)?, step)));
    let (mut most_users, mut answers, mut seconds, mut inside_s) = (0, 0.0, 0.0, 0.0);
    for (users, step) in beyond {
        most_users = most_users.max(users);
        answers += step.good as f64;
        seconds += step.duration_s;
        inside_s += step.good as f64 * step.latency.mean_ms.unwrap_or(0.0) / 1e3;
    }
    let agrees = answers > 0.0 && (inside_s / seconds / line).ln().abs() <= DOOR_AGREES;
    agrees.then(|| AtDoor { most_users, response_s: inside_s / answers, per_s: answers / seconds })
}

/// Steps that show how fast the system is: those without errors that were not made for its recovery.
pub(super) fn steady(finding: &Finding) -> impl Iterator<Item = (u32, &StepRecord)> {
    let is_steady = |step: &&StepRecord| {
        let ended = step.good + step.errors.total();
        step.good > 0
            && step.errors.total() as f64 <= FEW_ERRORS * ended as f64
            && !matches!(step.purpose, Purpose::Gate | Purpose::Recovery)
    };
    finding.steps.iter().filter(is_steady).filter_map(|step| Some((step.users?, step)))
}

/// Good answers a second at the line as the search saw them, by Little's law as the rounds will see them.
fn throughput_at_line(finding: &Finding, think_s: f64) -> Option<f64> {
    let value = finding.load_line.value?;
    let (mut ln_sum, mut answers) = (0.0, 0.0);
    for (users, step) in steady(finding).filter(|(users, _)| (f64::from(*users) / value).ln().abs() <= NEAR_LINE) {
        let round_s = step.latency.mean_ms? / 1e3 + think_s;
        ln_sum += step.good as f64 * (f64::from(users) / round_s).ln();
        answers += step.good as f64;
    }
    (answers > 0.0).then(|| (ln_sum / answers).exp())
}
