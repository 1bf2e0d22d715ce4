//! Between a shard and its coordinator: orders carried out, and reports at the borders of batches.

use super::{Command, News, Shard, ShardLoad, quota::Quota};
use crate::{
    clock::{Moment, thread_cpu},
    error::EngineError,
    record::Passed,
};
use plimsoll_core::stat::Latencies;
use std::{sync::mpsc::TryRecvError, time::Duration};

/// Whether the loop goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life {
    /// It does.
    GoesOn,
    /// It does not.
    Ends,
}

impl Shard {
    /// Reports what lies between the borders that have been passed. Comes before anything that happened after them is recorded.
    #[inline]
    pub(super) fn pass_borders(&mut self) {
        if self.now >= self.recorder.border() {
            self.pass_borders_until_now();
        }
    }

    fn pass_borders_until_now(&mut self) {
        while self.now >= self.recorder.border() {
            self.fall_due(self.recorder.border());
            let Some(passed) = self.recorder.pass_border(self.now) else { return };
            match passed {
                Passed::Progress(settling) => self.tell(News::Progress(settling)),
                Passed::Begins(settling) => {
                    self.measuring_cpu = thread_cpu();
                    self.tell(News::Begins(settling));
                }
                Passed::Batch { index, is_last, measured } => {
                    let cpu = thread_cpu().saturating_sub(self.measuring_cpu);
                    let pending = self.pending();
                    self.tell(News::Batch { index, is_last, measured, pending, cpu });
                }
            }
        }
    }

    /// Ages of the requests that are due and have not ended.
    fn pending(&self) -> Latencies {
        let mut ages = self.slots.ages(self.now);
        if let Some(open_loop) = &self.open_loop {
            for intended in open_loop.queued() {
                ages.record_ns(self.now.ns_since(intended));
            }
        }
        ages
    }

    /// Carries out what the coordinator has ordered.
    pub(super) fn obey(&mut self) -> Result<Life, EngineError> {
        // The eventfd is edge-triggered and never read: each write to it is an edge.
        loop {
            match self.commands.try_recv() {
                Ok(Command::Load { step, from, load, borders, requests }) => {
                    self.step = step;
                    self.quota = requests.map(Quota::of);
                    self.recorder.settle(self.now);
                    if let Some(borders) = borders {
                        self.recorder.measure(borders);
                        self.pass_borders();
                    }
                    self.change_load(load, from)?;
                    if requests == Some(0) {
                        // Others have it all to send.
                        self.recorder.finish(self.now);
                    }
                }
                Ok(Command::Measure(borders)) => {
                    self.recorder.measure(borders);
                    self.pass_borders();
                }
                Ok(Command::Cut) => {
                    self.recorder.stop();
                    let pending = self.pending();
                    self.tell(News::Cut(pending));
                }
                Ok(Command::Stop) | Err(TryRecvError::Disconnected) => return Ok(Life::Ends),
                Err(TryRecvError::Empty) => return Ok(Life::GoesOn),
            }
        }
    }

    fn change_load(&mut self, load: ShardLoad, from: Moment) -> Result<(), EngineError> {
        match load {
            ShardLoad::Users { users, think } => {
                self.end_arrivals();
                self.set_users(users, think);
            }
            ShardLoad::Rate { per_s, arrivals, seed } => {
                self.set_users(0, Duration::ZERO);
                self.set_rate(per_s, arrivals, seed, from)?;
            }
        }
        Ok(())
    }
}
