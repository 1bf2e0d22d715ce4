//! Whether clients agree on what they measure: the same load, on a server that takes a random time and is not driven to its limit.

use super::{
    client::{Amount, Client, Load, Protocol, Seen},
    place::Ground,
    process::{Seat, finish},
    spread::Spread,
};
use rand::{SeedableRng, rngs::StdRng, seq::SliceRandom};

/// The server: waits that are exponential, with a mean of 20 ms.
pub const MODEL: &str = "async?wait=20ms&dist=exp&cpu=0ms";
/// Connections, each with a request at all times.
pub const CONNECTIONS: u32 = 64;

const CLIENTS: [Client; 4] = [Client::Plimsoll, Client::Wrk, Client::H2load, Client::Oha];

/// What one client said, in all rounds.
pub struct Said {
    pub client: Client,
    pub per_s: Option<Spread>,
    pub mean_ms: Option<Spread>,
    pub p50_ms: Option<Spread>,
    pub p90_ms: Option<Spread>,
    pub p99_ms: Option<Spread>,
}

/// All clients, several rounds in random order.
pub fn measure(rounds: u32, seed: u64, ground: &Ground<'_>, seat: Seat) -> Result<Vec<Said>, String> {
    let place = ground.lab(MODEL)?;
    let load = Load { protocol: Protocol::Http1, connections: CONNECTIONS, streams: 1, rate: None, spin: false };
    let mut rng = StdRng::seed_from_u64(seed);
    let mut seen: Vec<(Client, Seen)> = Vec::new();
    for _ in 0..rounds {
        let mut order = CLIENTS;
        order.shuffle(&mut rng);
        for client in order {
            let finished = finish(&client.words(ground.tools, &load, &place.address, Amount::seconds(5.0)), seat)?;
            seen.push((client, client.read(&finished.stdout)?));
        }
    }
    let of = |client: Client, part: fn(&Seen) -> Option<f64>| {
        Spread::of(seen.iter().filter(|(it, _)| *it == client).filter_map(|(_, seen)| part(seen)))
    };
    let said = |client| Said {
        client,
        per_s: of(client, |seen| seen.per_s),
        mean_ms: of(client, |seen| seen.mean_ms),
        p50_ms: of(client, |seen| seen.p50_ms),
        p90_ms: of(client, |seen| seen.p90_ms),
        p99_ms: of(client, |seen| seen.p99_ms),
    };
    Ok(CLIENTS.map(said).into())
}
