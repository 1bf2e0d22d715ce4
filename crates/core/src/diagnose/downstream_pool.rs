//! `downstream_pool`: it has so many connections to a server behind it, all of them wait for a reply, and more requests wait for one of them.

use super::{Confidence, Evidence, Suspicion};
use crate::units::show_number;

/// Share of its connections that owe a reply.
const ALL: f64 = 0.9;
/// A single connection is a request's own, not a pool.
const LEAST: f64 = 2.0;
/// Requests inside, as a multiple of the pool.
const MORE: f64 = 1.2;
/// Replies awaited, as a share of the slots.
const SAME: std::ops::RangeInclusive<f64> = 0.7..=1.3;
/// Low CPU.
const IDLE: f64 = 0.6;

pub(super) fn weigh(evidence: &Evidence<'_>) -> Option<Suspicion> {
    let watched = evidence.full.watched;
    let pool = watched.downstream.filter(|pool| pool.open >= LEAST && pool.awaiting >= ALL * pool.open)?;
    let inside = watched.sockets?.in_application;
    if inside < MORE * pool.open || !SAME.contains(&(pool.awaiting / evidence.slots)) || !evidence.full.is_idle(IDLE) {
        return None;
    }
    let seen = format!(
        "{} {} of its {} connections to port {} waited for a reply while {} requests were inside, and it used {}",
        evidence.at_full(),
        show_number(pool.awaiting.round()),
        show_number(pool.open.round()),
        pool.port,
        show_number(inside.round()),
        evidence.cores_used()?
    );
    Some(Suspicion::of("downstream_pool", Confidence::High, vec![seen]))
}
