//! The global lock of a server: one request at a time gets on, and what the others do meanwhile is the kind of the lock.

use super::{Burner, Tokens};
use crate::lab::spec::LockKind;
use std::{
    hint, io,
    sync::{
        Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{
            AtomicBool,
            Ordering::{Acquire, Relaxed, Release},
        },
    },
    thread,
    time::Duration,
};

/// The lock that every request of a server has to hold for a while.
pub enum Lock {
    /// One permit of a set that worker processes share. Who waits for it stands in a read of a pipe, which no lock in memory looks like.
    Shared(Tokens),
    /// Who waits sleeps, and a release wakes one.
    Mutex(Mutex<()>),
    /// Who waits sleeps, and a release wakes all.
    Herd(Herd),
    /// Who waits looks again and again.
    Spin(AtomicBool),
}

impl Lock {
    /// A lock in the memory of this process.
    pub fn in_memory(kind: LockKind) -> Self {
        match kind {
            LockKind::Mutex => Self::Mutex(Mutex::default()),
            LockKind::Herd => Self::Herd(Herd::default()),
            LockKind::Spin => Self::Spin(AtomicBool::default()),
        }
    }

    /// Gets the lock and holds it for `time`; `burner` is the one of the calling thread.
    ///
    /// The holder sleeps, so that the lock lets 1/`time` through on any number of cores, whatever else they do. It has to for a herd as well: who
    /// is woken must find the lock held and go back, and beside a holder that computes on the only core they would not get on until it is free.
    /// Whoever holds a spinning lock computes, because the harm is done by those who spin taking its core.
    ///
    /// # Errors
    /// When the permit of worker processes can't be had.
    pub fn hold(&self, time: Duration, burner: &mut Burner) -> io::Result<()> {
        match self {
            Self::Shared(_) | Self::Mutex(_) => self.with(|| thread::sleep(time)),
            // What waiting costs is no part of the declared CPU time of a request, and nor is a hold that computes.
            Self::Herd(_) => burner.aside(|| self.with(|| thread::sleep(time))),
            Self::Spin(_) => burner.aside(|| self.with(|| Burner::start().burn(time))),
        }
    }

    /// Does `work` while nobody else does any under this lock.
    fn with<T>(&self, work: impl FnOnce() -> T) -> io::Result<T> {
        match self {
            Self::Shared(permit) => {
                let _held = permit.take()?;
                Ok(work())
            }
            Self::Mutex(mutex) => {
                let _held = mutex.lock().unwrap_or_else(PoisonError::into_inner);
                Ok(work())
            }
            Self::Herd(herd) => {
                let _held = herd.take();
                Ok(work())
            }
            Self::Spin(flag) => {
                let _held = Spun::take(flag);
                Ok(work())
            }
        }
    }
}

/// A lock whose every release wakes all who wait, of whom one gets it: the thundering herd.
#[derive(Default)]
pub struct Herd {
    is_held: Mutex<bool>,
    released: Condvar,
}

impl Herd {
    fn take(&self) -> Driven<'_> {
        let is_held = self.released.wait_while(self.state(), |is_held| *is_held);
        *is_held.unwrap_or_else(PoisonError::into_inner) = true;
        Driven(self)
    }

    fn state(&self) -> MutexGuard<'_, bool> {
        self.is_held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The herd's lock, held until this is dropped.
struct Driven<'a>(&'a Herd);

impl Drop for Driven<'_> {
    fn drop(&mut self) {
        *self.0.state() = false;
        self.0.released.notify_all();
    }
}

/// A spinning lock, held until this is dropped.
struct Spun<'a>(&'a AtomicBool);

impl<'a> Spun<'a> {
    fn take(flag: &'a AtomicBool) -> Self {
        while flag.compare_exchange_weak(false, true, Acquire, Relaxed).is_err() {
            // To look is cheap; to try takes the cache line from the holder.
            while flag.load(Relaxed) {
                hint::spin_loop();
            }
        }
        Self(flag)
    }
}

impl Drop for Spun<'_> {
    fn drop(&mut self) {
        self.0.store(false, Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicU32;

    /// Few, because on one core each that spins uses up its turn before the holder gets on.
    const THREADS: u32 = 3;
    const ROUNDS: u32 = 50;

    #[test]
    fn one_at_a_time_whatever_the_kind() {
        let in_memory = LockKind::ALL.map(Lock::in_memory);
        for (place, lock) in in_memory.into_iter().chain([Lock::Shared(Tokens::of(1).unwrap())]).enumerate() {
            // Read, give way, and write: a second one inside would make a round be lost.
            let rounds = AtomicU32::new(0);
            thread::scope(|scope| {
                for _ in 0..THREADS {
                    scope.spawn(|| {
                        for _ in 0..ROUNDS {
                            let count = || {
                                let before = rounds.load(Relaxed);
                                thread::yield_now();
                                rounds.store(before + 1, Relaxed);
                            };
                            lock.with(count).unwrap();
                        }
                    });
                }
            });
            assert_eq!(rounds.load(Relaxed), THREADS * ROUNDS, "{place}");
        }
    }

    #[test]
    fn a_lock_is_free_again_after_work_that_went_wrong() {
        for kind in LockKind::ALL {
            let lock = Lock::in_memory(kind);
            let outcome = thread::scope(|scope| scope.spawn(|| lock.with::<()>(|| panic!("on purpose"))).join());
            assert!(outcome.is_err(), "{kind:?}");
            assert_eq!(lock.with(|| 7).unwrap(), 7, "{kind:?}");
        }
    }
}
