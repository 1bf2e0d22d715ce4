//! What the target used and held, against load: a small chart for each signal that was read.

use super::{
    drawing::{Anchor, Drawing},
    frame::{Frame, Mark, Size, Unit, Upright},
    load::Ink,
    scale::Scale,
};
use crate::report::measured::points::Point;
use plimsoll_core::{step::Watched, units::show_number};

/// A signal: its name, what its axis counts, and how it is read, with the most there is of it and how that is named.
pub struct Signal {
    pub name: &'static str,
    pub axis: &'static str,
    unit: Unit,
    of: fn(&Watched) -> Option<f64>,
    limit: fn(&Watched) -> Option<f64>,
    named: fn(f64) -> String,
}

const MEBI: f64 = 1_048_576.0;
/// A limit this many times above all that was seen would press the rest to the ground.
const FAR: f64 = 4.0;

/// Every signal that can be shown, in order.
pub const SIGNALS: [Signal; 6] = [
    Signal {
        name: "CPU time",
        axis: "cores used",
        unit: Unit::Number,
        of: |watched| watched.cpu_cores,
        limit: |watched| watched.allotted_cores,
        named: |cores| if cores == 1.0 { "1 core in all".to_owned() } else { format!("{} cores in all", show_number(cores)) },
    },
    Signal {
        name: "Busiest thread",
        axis: "share of a core",
        unit: Unit::Number,
        of: |watched| watched.busiest_thread_cores,
        limit: |_| Some(1.0),
        named: |_| "a whole core".to_owned(),
    },
    Signal {
        name: "Requests inside",
        axis: "connections that the application works on",
        unit: Unit::Number,
        of: |watched| watched.sockets.map(|sockets| sockets.in_application),
        limit: |_| None,
        named: show_number,
    },
    Signal {
        name: "Not yet accepted",
        axis: "connections that wait in the kernel",
        unit: Unit::Number,
        of: |watched| watched.sockets.map(|sockets| sockets.not_accepted),
        limit: |watched| watched.sockets.map(|sockets| f64::from(sockets.backlog)),
        named: |backlog| format!("room for {}", show_number(backlog)),
    },
    Signal {
        name: "Waiting downstream",
        axis: "connections that await a reply",
        unit: Unit::Number,
        of: |watched| watched.downstream.map(|downstream| downstream.awaiting),
        limit: |watched| watched.downstream.map(|downstream| downstream.open),
        named: |open| format!("{} open", show_number(open)),
    },
    Signal {
        name: "Memory",
        axis: "resident, all processes",
        unit: Unit::MebiBytes,
        of: |watched| watched.resident_bytes.map(|bytes| bytes as f64 / MEBI),
        limit: |watched| watched.memory_limit_bytes.map(|bytes| bytes as f64 / MEBI),
        named: |most| format!("at most {} MiB", show_number(most)),
    },
];

impl Signal {
    /// What was read, in words.
    pub fn described(&self, points: &[Point]) -> String {
        let said = |point: &Point| {
            let value = (self.of)(point.watched.as_ref()?)?;
            Some(format!("{} with {}", self.unit.show((value * 1e3).round() / 1e3), show_number(point.load)))
        };
        points.iter().filter_map(said).collect::<Vec<_>>().join(", ")
    }

    /// Its chart; `None` where it was read at fewer than two loads.
    pub fn chart(&self, points: &[Point], load: &str, ink: Ink, mark: Option<&Mark>) -> Option<Drawing> {
        let read: Vec<(f64, f64)> = points.iter().filter_map(|point| Some((point.load, (self.of)(point.watched.as_ref()?)?))).collect();
        if read.len() < 2 {
            return None;
        }
        let most = read.iter().map(|(_, value)| *value).fold(0.0, f64::max);
        let limits = points.iter().filter_map(|point| (self.limit)(point.watched.as_ref()?));
        let limit = limits.fold(None, |least: Option<f64>, limit| Some(least.map_or(limit, |least| least.min(limit))));
        let near = limit.filter(|limit| *limit > 0.0 && *limit <= FAR * most.max(0.25));
        let x = Scale::logarithmic(points.iter().map(|point| point.load), 4.0)?;
        let y = Scale::from_zero(read.iter().map(|(_, value)| *value).chain(near));
        let marks: Vec<Mark> = mark.cloned().into_iter().collect();
        let upright = Upright { name: self.axis, unit: self.unit };
        let mut frame = Frame::of_load(Size::Small, x, y, load, &upright, &marks, 12.0);
        if let Some(limit) = near {
            let (y, (from, to)) = (frame.y.at(limit), frame.x.places);
            frame.drawing.line("limit", (from, y), (to, y));
            frame.drawing.text_where_free("name ink", (from + 6.0, y + 14.0), Anchor::Start, &(self.named)(limit));
        }
        for pair in read.windows(2) {
            let class = ink.at(pair[1].0);
            let course = [frame.at(pair[0].0, pair[0].1), frame.at(pair[1].0, pair[1].1)];
            frame.drawing.course(class, &course);
        }
        for (load, value) in read {
            let at = frame.at(load, value);
            frame.drawing.circle(&format!("{} dot", ink.at(load)), at, 3.0);
        }
        Some(frame.drawing)
    }
}
