//! Whether clients agree on what they measure: the same load, on servers that are not driven to their limit.

use super::{
    client::{Amount, Client, Load, Protocol, Seen},
    place::Ground,
    process::{Seat, finish},
    spread::Spread,
    wrk_correction,
};
use rand::{SeedableRng, rngs::StdRng, seq::SliceRandom};

/// The servers: one that takes the same time always, and one whose times are exponential, which brings out how clients sum up.
pub const MODELS: [&str; 2] = ["async?wait=20ms&cpu=0ms", "async?wait=20ms&dist=exp&cpu=0ms"];
/// Connections, each with a request at all times.
pub const CONNECTIONS: u32 = 64;

const CLIENTS: [Client; 4] = [Client::Plimsoll, Client::Wrk, Client::H2load, Client::Oha];

/// What one client said of one server, in all rounds.
pub struct Said {
    /// The server.
    pub model: &'static str,
    /// The client, and what was done to its times.
    pub who: String,
    pub per_s: Option<Spread>,
    pub mean_ms: Option<Spread>,
    pub p50_ms: Option<Spread>,
    pub p90_ms: Option<Spread>,
    pub p99_ms: Option<Spread>,
}

/// All servers and clients, several rounds in random order.
pub fn measure(rounds: u32, seed: u64, ground: &Ground<'_>, seat: Seat) -> Result<Vec<Said>, String> {
    let mut said = Vec::new();
    for model in MODELS {
        said.extend(of_server(model, rounds, seed, ground, seat)?);
    }
    Ok(said)
}

fn of_server(model: &'static str, rounds: u32, seed: u64, ground: &Ground<'_>, seat: Seat) -> Result<Vec<Said>, String> {
    let place = ground.lab(model)?;
    let load = Load { protocol: Protocol::Http1, connections: CONNECTIONS, streams: 1, rate: None, spin: false };
    let mut rng = StdRng::seed_from_u64(seed);
    let mut seen: Vec<(Client, Seen)> = Vec::new();
    let mut as_wrk: Vec<Seen> = Vec::new();
    for _ in 0..rounds {
        let mut order = CLIENTS;
        order.shuffle(&mut rng);
        for client in order {
            let finished = finish(&client.words(ground.tools, &load, &place.address, Amount::seconds(5.0)), seat)?;
            seen.push((client, client.read(&finished.stdout)?));
            if client == Client::Plimsoll {
                as_wrk.push(wrk_correction::corrected(&finished.stdout, CONNECTIONS)?);
            }
        }
    }
    let mut all: Vec<Said> = CLIENTS
        .map(|client| {
            let its: Vec<Seen> = seen.iter().filter(|(it, _)| *it == client).map(|(_, seen)| *seen).collect();
            summed_up(model, client.name().to_owned(), &its)
        })
        .into();
    // Beside the first, as it is the same runs.
    all.insert(1, summed_up(model, format!("{}, times filled up as wrk does", Client::Plimsoll.name()), &as_wrk));
    Ok(all)
}

fn summed_up(model: &'static str, who: String, rounds: &[Seen]) -> Said {
    let of = |part: fn(&Seen) -> Option<f64>| Spread::of(rounds.iter().filter_map(part));
    Said {
        model,
        who,
        per_s: of(|seen| seen.per_s),
        mean_ms: of(|seen| seen.mean_ms),
        p50_ms: of(|seen| seen.p50_ms),
        p90_ms: of(|seen| seen.p90_ms),
        p99_ms: of(|seen| seen.p99_ms),
    }
}
