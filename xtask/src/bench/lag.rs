//! The open loop: how late requests leave, and whether as many leave as were asked for.

use super::{
    case::Site,
    client::{Amount, Client, Load, Protocol, Seen},
    place::Ground,
    process::{Seat, finish},
    spread::Spread,
};
use crate::bare::Answers;

/// Requests a second.
pub const RATE: f64 = 10_000.0;
/// Connections, at most.
const CONNECTIONS: u32 = 1000;
/// Seconds of a round.
const SECONDS: f64 = 5.0;

/// How far the rate may be from what was asked, as a share.
pub const OFF_AT_MOST: f64 = 0.001;

/// What rounds gave.
pub struct Lag {
    pub spin: bool,
    pub p50_us: Spread,
    pub p99_us: Spread,
    /// How far the rate was from what was asked, as a share.
    pub off: Spread,
}

impl Lag {
    /// The most that the median may be.
    pub fn p50_at_most_us(&self) -> f64 {
        if self.spin { 2.0 } else { 20.0 }
    }

    /// The most that the 99th percentile may be; `None` where nothing is asked of it.
    pub fn p99_at_most_us(&self) -> Option<f64> {
        (!self.spin).then_some(100.0)
    }
}

/// Plimsoll is not bound to a core: it finds one for what sends, and keeps what else it does off it.
const ITS_OWN_CHOICE: Seat = Seat { core: None, comes_first: false };

/// Plimsoll's open loop as anybody would start it, with and without waiting awake.
pub fn measure(rounds: u32, ground: &Ground<'_>) -> Result<Vec<Lag>, String> {
    let place = ground.open(Site::Bare(Answers::Fixed), Protocol::Http1)?;
    let of = |spin: bool| {
        let load = Load { protocol: Protocol::Http1, connections: CONNECTIONS, streams: 1, rate: Some(RATE), spin };
        let mut seen = Vec::new();
        for _ in 0..rounds {
            let finished = finish(&Client::Plimsoll.words(ground.tools, &load, &place.address, Amount::seconds(SECONDS)), ITS_OWN_CHOICE)?;
            seen.push(Client::Plimsoll.read(&finished.stdout)?);
        }
        let of = |part: fn(&Seen) -> Option<f64>| Spread::of(seen.iter().filter_map(part)).ok_or("plimsoll hold says nothing of its lag");
        let off = of(|seen| Some((seen.sent_per_s? / RATE - 1.0).abs()))?;
        Ok(Lag { spin, p50_us: of(|seen| seen.lag_p50_us)?, p99_us: of(|seen| seen.lag_p99_us)?, off })
    };
    [false, true].into_iter().map(of).collect()
}
