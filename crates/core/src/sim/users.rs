//! The users of the closed loop, who live on from step to step.

/// A user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct UserId(u32);

/// All users. One who is told to leave keeps the place until what it waits for (an answer, or its next send) has come.
#[derive(Debug, Default)]
pub(super) struct Users {
    leaving: Vec<bool>,
    free: Vec<UserId>,
    active: Vec<UserId>,
}

impl Users {
    /// How many take part.
    pub(super) fn count(&self) -> u32 {
        self.active.len() as u32
    }

    /// Adds a user, who has sent nothing so far.
    pub(super) fn join(&mut self) -> UserId {
        let user = self.free.pop().unwrap_or_else(|| {
            self.leaving.push(false);
            UserId((self.leaving.len() - 1) as u32)
        });
        self.leaving[user.0 as usize] = false;
        self.active.push(user);
        user
    }

    /// Tells the latest users to leave until `count` remain.
    pub(super) fn shrink_to(&mut self, count: u32) {
        for user in self.active.drain((count as usize).min(self.active.len())..) {
            self.leaving[user.0 as usize] = true;
        }
    }

    /// Whether this user was told to leave.
    pub(super) fn is_leaving(&self, user: UserId) -> bool {
        self.leaving[user.0 as usize]
    }

    /// A leaving user is gone: nothing refers to it any more.
    pub(super) fn depart(&mut self, user: UserId) {
        self.free.push(user);
    }
}
