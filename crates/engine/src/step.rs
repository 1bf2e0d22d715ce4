//! One step, from the coordinator's side: the load is changed, settling awaited, batches gathered from all shards and merged.

use crate::{
    clock::Moment,
    engine::Engine,
    error::EngineError,
    record::{Borders, Measured, Settling},
    selfcheck::GeneratorLoad,
    shard::{Command, Message, News, ShardLoad},
};
use plimsoll_core::{
    schedule::{share_of_rate, share_of_requests, share_of_users},
    stat::{Latencies, Resolution},
    step::{Batch, Driver, Flow, Load, Settle, StepEnd, StepPlan, StepResult},
};
use std::time::Duration;

/// From the order to measure to the first border, so that every shard knows of it in time.
const LEAD: Duration = Duration::from_millis(10);
/// How often the caller is asked while the target settles.
const WATCH_EVERY: Duration = Duration::from_millis(100);

impl Driver for Engine {
    type Error = EngineError;

    fn drive(&mut self, plan: &StepPlan, watch: &mut dyn FnMut(&StepResult) -> Flow) -> Result<StepResult, EngineError> {
        self.check(plan)?;
        self.step += 1;
        let began = Moment::now();
        if let Some(since) = self.rests_since.take() {
            self.started = self.started.plus(began.since(since));
        }
        let mut result = StepResult::begin(plan.clone(), began.since(self.started));
        // Without a settle time the batches begin with the load itself.
        let at_once = plan.settle.most.is_zero().then_some(began);
        self.order_all(|index| Command::Load {
            step: self.step,
            from: began,
            load: self.share(&plan.load, index),
            borders: at_once.map(|start| borders(plan, start)),
            requests: plan.requests.map(|requests| share_of_requests(requests, index, self.shards.len() as u32)),
        })?;
        let start = match at_once {
            Some(start) => Some(start),
            None => self.settle(began, &mut result, watch)?,
        };
        match start {
            Some(start) => {
                let early = self.begin(&mut result)?;
                result.settled = start.since(began);
                self.measure(start, early, &mut result, watch)?;
            }
            None => {
                result.settled = Moment::now().since(began);
                result.pending = self.cut()?;
            }
        }
        Ok(result)
    }

    fn rest(&mut self) -> Result<(), EngineError> {
        self.step += 1;
        self.rests_since.get_or_insert(Moment::now());
        let nobody = ShardLoad::Users { users: 0, think: Duration::ZERO };
        let from = Moment::now();
        self.order_all(|_| Command::Load { step: self.step, from, load: nobody, borders: None, requests: None })
    }
}

impl Engine {
    fn check(&self, plan: &StepPlan) -> Result<(), EngineError> {
        if plan.batches == 0 || plan.measure.is_zero() {
            return Err(EngineError::VoidPlan("it measures nothing"));
        }
        if plan.requests == Some(0) {
            return Err(EngineError::VoidPlan("it sends no request"));
        }
        if plan.requests.is_some() && !plan.settle.most.is_zero() {
            return Err(EngineError::VoidPlan("it is to settle first, and counts every request"));
        }
        match plan.load {
            Load::Users { users: 0, .. } => Err(EngineError::VoidPlan("it has no users")),
            Load::Users { users, .. } => self.check_room(users),
            Load::Rate { per_s, .. } if per_s.is_finite() && per_s > 0.0 => Ok(()),
            Load::Rate { .. } => Err(EngineError::VoidPlan("its rate is not above zero")),
        }
    }

    fn share(&self, load: &Load, index: u32) -> ShardLoad {
        let shards = self.shards.len() as u32;
        match *load {
            Load::Users { users, think } => ShardLoad::Users { users: share_of_users(users, index, shards), think },
            Load::Rate { per_s, arrivals } => ShardLoad::Rate {
                per_s: share_of_rate(per_s, shards),
                arrivals,
                seed: self.seed.wrapping_add(self.step << 16).wrapping_add(u64::from(index)),
            },
        }
    }

    /// Waits until the target has settled and orders the measuring; gives its first border, or `None` when the caller ended the step.
    fn settle(
        &self,
        began: Moment,
        result: &mut StepResult,
        watch: &mut dyn FnMut(&StepResult) -> Flow,
    ) -> Result<Option<Moment>, EngineError> {
        let settle = result.plan.settle;
        let mut shares = vec![Settling::default(); self.shards.len()];
        let mut next_watch = began.plus(WATCH_EVERY);
        loop {
            let now = Moment::now();
            result.settled = now.since(began);
            add_up(&shares, result);
            if is_settled(&settle, result.settled, result.settle_good + result.settle_failed.total()) {
                break;
            }
            if now >= next_watch {
                if end_step(result, watch) {
                    return Ok(None);
                }
                next_watch = now.plus(WATCH_EVERY);
            }
            let patience = next_watch.min(next_change(&settle, began, now)).since(now);
            if let Some(Message { shard, step, news: News::Progress(settling) }) = self.news(patience)?
                && step == self.step
            {
                shares[shard as usize] = settling;
            }
        }
        let start = Moment::now().plus(LEAD);
        self.order_all(|_| Command::Measure(borders(&result.plan, start)))?;
        Ok(Some(start))
    }

    /// Waits until all shards have passed the first border. One of them may be held up for so long that others have complete batches by
    /// then, which are given back.
    fn begin(&self, result: &mut StepResult) -> Result<Vec<BatchNews>, EngineError> {
        let mut shares = Vec::new();
        let mut early = Vec::new();
        while shares.len() < self.shards.len() {
            match self.news(WATCH_EVERY)? {
                Some(Message { step, news: News::Begins(settling), .. }) if step == self.step => shares.push(settling),
                message => early.extend(message.and_then(|message| self.batch_of(message))),
            }
        }
        add_up(&shares, result);
        Ok(early)
    }

    /// Gathers and merges the batches. Shards pass a border at their own pace: what comes early waits in `early`.
    fn measure(
        &self,
        start: Moment,
        mut early: Vec<BatchNews>,
        result: &mut StepResult,
        watch: &mut dyn FnMut(&StepResult) -> Flow,
    ) -> Result<(), EngineError> {
        let before = self.selfcheck.read();
        let batches = result.plan.batches;
        let mut load = GeneratorLoad::default();
        let mut at_work = self.shards.len();
        for index in 0..batches {
            let mut merged = Batch::empty(result.plan.limits.len());
            result.pending = Latencies::with_resolution(Resolution::Coarse);
            let mut missing = at_work;
            while missing > 0 {
                let Some(position) = early.iter().position(|news| news.index == index) else {
                    early.extend(self.news(WATCH_EVERY)?.and_then(|message| self.batch_of(message)));
                    continue;
                };
                let news = early.swap_remove(position);
                at_work -= usize::from(news.is_last);
                news.add_to(&mut merged, result, &mut load);
                missing -= 1;
            }
            result.batches.push(merged);
            result.generator = load.health(&self.selfcheck, &before, &self.selfcheck.read(), Moment::now().since(start));
            if end_step(result, watch) || at_work == 0 {
                break;
            }
        }
        if (result.batches.len() as u32) < batches {
            self.order_all(|_| Command::Cut)?;
        }
        Ok(())
    }

    /// The batch that a message brings, if it is about one of this step.
    fn batch_of(&self, message: Message) -> Option<BatchNews> {
        match message {
            Message { step, news: News::Batch { index, is_last, measured, pending, cpu }, .. } if step == self.step => {
                Some(BatchNews { index, is_last, measured, pending, cpu })
            }
            _ => None,
        }
    }

    /// Ends the recording of all shards and gives the ages of what is in flight.
    fn cut(&self) -> Result<Latencies, EngineError> {
        self.order_all(|_| Command::Cut)?;
        let mut ages = Latencies::with_resolution(Resolution::Coarse);
        let mut missing = self.shards.len();
        while missing > 0 {
            if let Some(Message { step, news: News::Cut(pending), .. }) = self.news(WATCH_EVERY)?
                && step == self.step
            {
                ages.merge(&pending);
                missing -= 1;
            }
        }
        Ok(ages)
    }
}

/// One shard's part of a batch.
struct BatchNews {
    index: u32,
    is_last: bool,
    measured: Box<Measured>,
    pending: Latencies,
    cpu: Duration,
}

impl BatchNews {
    /// Adds this shard's part to what the others measured.
    fn add_to(&self, batch: &mut Batch, result: &mut StepResult, load: &mut GeneratorLoad) {
        let measured = &self.measured;
        batch.merge(&measured.batch);
        for response in [&measured.prompt, &measured.response] {
            response.add_to(&mut batch.response);
            response.add_to(&mut result.response);
        }
        for service in [&measured.prompt, &measured.service] {
            service.add_to(&mut result.service);
        }
        result.pending.merge(&self.pending);
        for (status, n) in measured.statuses.iter() {
            *result.statuses.entry(status).or_default() += n;
        }
        result.traffic.merge(measured.traffic);
        result.phases.get_or_insert_default().merge(&measured.all_phases());
        load.add(self.cpu, &measured.lag);
    }
}

/// Asks the caller, and says whether the step is over.
fn end_step(result: &mut StepResult, watch: &mut dyn FnMut(&StepResult) -> Flow) -> bool {
    result.end = match watch(result) {
        Flow::Continue => return false,
        Flow::Enough => StepEnd::Enough,
        Flow::Interrupt => StepEnd::Interrupted,
    };
    true
}

fn borders(plan: &StepPlan, start: Moment) -> Borders {
    Borders { start, batch: plan.measure / plan.batches, batches: plan.batches, limits: plan.limits.clone() }
}

fn is_settled(settle: &Settle, waited: Duration, ended: u64) -> bool {
    waited >= settle.most || (waited >= settle.least && ended >= settle.completions)
}

/// The next moment at which waiting alone can settle the target.
fn next_change(settle: &Settle, began: Moment, now: Moment) -> Moment {
    let least = began.plus(settle.least);
    if now < least { least } else { began.plus(settle.most) }
}

fn add_up(shares: &[Settling], result: &mut StepResult) {
    result.settle_good = 0;
    result.settle_failed = Default::default();
    for share in shares {
        result.settle_good += share.good;
        result.settle_failed.merge(&share.failed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_takes_its_coarse_histogram_from_the_fine_ones() {
        let mut fine = Latencies::with_resolution(Resolution::Fine);
        let mut direct = Latencies::with_resolution(Resolution::Coarse);
        for ns in [0, 1, 99, 12_345, 1_000_000, 1_003_000, 987_654_321, u64::MAX] {
            fine.record_ns(ns);
            direct.record_ns(ns);
        }
        let mut merged = Latencies::with_resolution(Resolution::Coarse);
        merged.merge(&fine);
        assert_eq!(merged.buckets().collect::<Vec<_>>(), direct.buckets().collect::<Vec<_>>());
    }

    #[test]
    fn settling_ends_with_enough_endings_after_the_least_time_or_at_the_most() {
        let settle = Settle { least: Duration::from_millis(200), most: Duration::from_secs(3), completions: 8 };
        let table = [(0, 0, false), (199, 1000, false), (200, 7, false), (200, 8, true), (2999, 7, false), (3000, 0, true)];
        for (waited_ms, ended, settled) in table {
            assert_eq!(is_settled(&settle, Duration::from_millis(waited_ms), ended), settled, "{waited_ms} ms, {ended} ended");
        }
        let began = Moment::at_ns(0);
        let ms = |ms: u64| Moment::at_ns(ms * 1_000_000);
        assert_eq!(next_change(&settle, began, ms(10)), ms(200));
        assert_eq!(next_change(&settle, began, ms(200)), ms(3000));
    }
}
