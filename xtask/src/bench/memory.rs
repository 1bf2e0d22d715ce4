//! Memory a connection: the peak with many connections less the peak with one, over their difference.

use super::{
    case::Site,
    client::{Amount, Client, Load, Protocol},
    place::Ground,
    process::{Seat, finish},
    spread::Spread,
};
use crate::bare::Answers;
use std::fs;

/// How many connections are many: what a limit of 20,000 file descriptors leaves room for.
pub const MANY: u32 = 15_000;

/// What Plimsoll is held to, in bytes.
pub const AT_MOST: f64 = 600.0;

/// Who is measured.
const CLIENTS: [Client; 4] = [Client::Plimsoll, Client::Wrk, Client::H2load, Client::Oha];

/// What a connection costs a client, or why that could not be measured.
pub type Measured = (Client, Result<Spread, String>);

/// Bytes a connection of each client, or why they are not known.
pub fn measure(rounds: u32, ground: &Ground<'_>, seat: Seat) -> Result<Vec<Measured>, String> {
    let place = ground.open(Site::Bare(Answers::Fixed), Protocol::Http1)?;
    let of = |client: Client| -> Result<Spread, String> {
        let peak = |connections: u32| {
            let load = Load { protocol: Protocol::Http1, connections, streams: 1, rate: None, spin: false };
            let finished = finish(&client.words(ground.tools, &load, &place.address, Amount::seconds(4.0)), seat)?;
            client.read(&finished.stdout)?;
            Ok::<f64, String>(finished.peak_kib as f64 * 1024.0)
        };
        let mut each = Vec::new();
        for _ in 0..rounds {
            let (many, one) = (peak(MANY)?, peak(1)?);
            // The kernel says for a client the peak of what started it, where that is the higher one.
            if one <= own_peak()? {
                return Err(format!("{} had less memory than what starts it", client.name()));
            }
            each.push((many - one) / f64::from(MANY - 1));
        }
        Spread::of(each).ok_or_else(|| "no round".to_owned())
    };
    Ok(CLIENTS.into_iter().map(|client| (client, of(client))).collect())
}

/// The most memory that this program had, in bytes.
fn own_peak() -> Result<f64, String> {
    let status = fs::read_to_string("/proc/self/status").map_err(|error| format!("/proc/self/status can't be read: {error}"))?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    peak.map(|kib| kib * 1024.0).ok_or_else(|| "/proc/self/status says no peak".to_owned())
}
