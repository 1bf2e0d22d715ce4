//! Connections that had more to read than one turn takes.

use std::collections::VecDeque;

/// The queue of those that are to be read on, each in it once: who sends the most must not be read the most.
#[derive(Debug, Default)]
pub(super) struct Unread(VecDeque<(u64, bool)>);

impl Unread {
    /// Whether nobody waits.
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The connection with this token waits for its next turn; `peer_closed` when its end was announced, which it will not be again.
    pub(super) fn wait(&mut self, token: u64, peer_closed: bool) {
        if !self.holds(token, peer_closed) {
            self.0.push_back((token, peer_closed));
        }
    }

    /// Whether this connection waits for its turn, which then takes the place of one for the event at hand.
    #[inline]
    pub(super) fn holds(&mut self, token: u64, peer_closed: bool) -> bool {
        if self.is_empty() {
            return false;
        }
        let Some((_, closed)) = self.0.iter_mut().find(|(waiting, _)| *waiting == token) else { return false };
        *closed |= peer_closed;
        true
    }

    /// Whose turn it is: its token, and whether its end was announced.
    pub(super) fn next(&mut self) -> Option<(u64, bool)> {
        self.0.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_waits_once_and_an_announced_end_is_kept() {
        let mut unread = Unread::default();
        unread.wait(1, false);
        unread.wait(2, false);
        unread.wait(1, true);
        assert!(unread.holds(2, false) && !unread.holds(3, true));
        assert_eq!([unread.next(), unread.next(), unread.next()], [Some((1, true)), Some((2, false)), None]);
        assert!(unread.is_empty());
    }
}
