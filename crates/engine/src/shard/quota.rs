//! A step of so many requests and no more.

use super::Shard;

/// What a shard may still send, and what it waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quota {
    /// Requests that may still fall due.
    left: u64,
    /// Requests that fell due and have not ended.
    open: u64,
}

impl Quota {
    /// So many requests.
    pub(super) fn of(requests: u64) -> Self {
        Self { left: requests, open: 0 }
    }

    fn is_used_up(self) -> bool {
        self.left == 0 && self.open == 0
    }
}

impl Shard {
    /// Whether one more request may fall due; counts it if so.
    #[inline]
    pub(super) fn may_fall_due(&mut self) -> bool {
        match &mut self.quota {
            None => true,
            Some(Quota { left: 0, .. }) => false,
            Some(quota) => {
                quota.left -= 1;
                quota.open += 1;
                true
            }
        }
    }

    /// A request that fell due has ended, or will never be sent.
    #[inline]
    pub(super) fn fallen_due_is_over(&mut self) {
        if let Some(quota) = &mut self.quota {
            // What was in flight from a step before counts for nothing here.
            quota.open = quota.open.saturating_sub(1);
            if quota.is_used_up() {
                self.recorder.finish(self.now);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quota_is_used_up_when_the_last_request_has_ended() {
        assert!(Quota::of(0).is_used_up());
        assert!(!Quota { left: 0, open: 1 }.is_used_up());
        assert!(!Quota { left: 1, open: 0 }.is_used_up());
    }
}
