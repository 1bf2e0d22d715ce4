//! The comparison: every case with each of its clients, several rounds in random order.

use super::{
    case::{CASES, Case},
    client::{Amount, Client, Load},
    emulated::{self, MARK},
    measure::{Cost, Counter, cost},
    place::Ground,
    process::Seat,
    spread::Spread,
    tools::Tools,
};
use rand::{SeedableRng, rngs::StdRng, seq::SliceRandom};
use serde::{Deserialize, Serialize};

/// The short and the long run in the emulated machine, which is slow.
const INSIDE: Amounts = (Amount { seconds: 0.5, requests: Some(10_000) }, Amount { seconds: 1.5, requests: Some(30_000) });
/// The same with many connections: until each has had some answers, the kernel acknowledges in other ways than later.
const INSIDE_MANY: Amounts = (Amount { seconds: 1.0, requests: Some(20_000) }, Amount { seconds: 3.0, requests: Some(60_000) });
/// So many are many.
const MANY_CONNECTIONS: u32 = 1000;
/// The same over TLS, where connecting alone takes most of a second.
const INSIDE_TLS: Amounts = (Amount { seconds: 2.0, requests: Some(10_000) }, Amount { seconds: 4.0, requests: Some(30_000) });
/// The emulated machine has one core and nothing else to do.
const ANYWHERE: Seat = Seat { core: None, comes_first: false };
/// The short and the long run on this machine.
const OUTSIDE: Amounts = (Amount { seconds: 1.0, requests: Some(200_000) }, Amount { seconds: 2.0, requests: Some(500_000) });

/// A short run and a long one, whose difference counts.
pub type Amounts = (Amount, Amount);

/// How much is measured on this machine.
pub fn amounts_outside(_: &Load) -> Amounts {
    OUTSIDE
}

fn amounts_inside(load: &Load) -> Amounts {
    match load.protocol {
        protocol if protocol.is_tls() => INSIDE_TLS,
        _ if load.connections >= MANY_CONNECTIONS => INSIDE_MANY,
        _ => INSIDE,
    }
}

/// What became of one client in one case and round.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sample {
    /// Its case, by position.
    pub case: usize,
    /// Its client, by position among the case's.
    pub client: usize,
    pub round: u32,
    /// What it paid, or why that is not known.
    pub outcome: Result<Cost, String>,
}

impl Sample {
    pub fn case(&self) -> &'static Case {
        &CASES[self.case]
    }

    pub fn client(&self) -> Client {
        self.case().clients[self.client]
    }
}

/// Which cases and clients, how often, in which order.
#[derive(Clone, Debug)]
pub struct Choice {
    pub cases: Vec<String>,
    pub clients: Vec<String>,
    pub rounds: u32,
    pub seed: u64,
    /// The number of the first round.
    pub first: u32,
}

impl Choice {
    /// All that is chosen of a round, shuffled.
    fn round(&self, round: u32) -> Vec<(usize, usize)> {
        let chosen = |names: &[String], name: &str| names.is_empty() || names.iter().any(|part| name.contains(part.as_str()));
        let cases = CASES.iter().enumerate().filter(|(_, case)| chosen(&self.cases, case.name));
        let mut all: Vec<(usize, usize)> = cases
            .flat_map(|(index, case)| case.clients.iter().enumerate().map(move |(client, it)| (index, client, it.name())))
            .filter(|(.., name)| chosen(&self.clients, name))
            .map(|(case, client, _)| (case, client))
            .collect();
        all.shuffle(&mut StdRng::seed_from_u64(self.seed.wrapping_add(u64::from(round))));
        all
    }

    /// The words that make this program choose one round of the same.
    fn words(&self, round: u32) -> Vec<String> {
        let named = |flag: &'static str, names: &[String]| -> Vec<String> {
            names.iter().flat_map(|name| [flag.to_owned(), name.clone()]).collect()
        };
        let mut words = named("--case", &self.cases);
        words.extend(named("--client", &self.clients));
        let numbers = [("--rounds", 1), ("--first", u64::from(round)), ("--seed", self.seed)];
        words.extend(numbers.iter().flat_map(|(flag, number)| [(*flag).to_owned(), number.to_string()]));
        words
    }
}

/// Measures what is chosen, and gives each sample to `seen` as it comes.
pub fn measure(
    choice: &Choice,
    counter: Counter,
    ground: &Ground<'_>,
    seat: Seat,
    amounts: fn(&Load) -> Amounts,
    seen: &mut dyn FnMut(Sample) -> Result<(), String>,
) -> Result<(), String> {
    for round in choice.first..choice.first + choice.rounds {
        for (index, client) in choice.round(round) {
            let case = &CASES[index];
            let place = ground.open(case.site, case.load.protocol)?;
            let outcome = cost(counter, case.clients[client], ground.tools, &case.load, &place.address, amounts(&case.load), seat);
            seen(Sample { case: index, client, round, outcome })?;
        }
    }
    Ok(())
}

/// Measures what is chosen in emulated machines, a round in each.
pub fn measure_emulated(choice: &Choice, tools: &Tools, seen: &mut dyn FnMut(Sample)) -> Result<(), String> {
    let words = |round| ["bench", "--inside"].map(str::to_owned).into_iter().chain(choice.words(round)).collect();
    let rounds: Vec<Vec<String>> = (0..choice.rounds).map(words).collect();
    emulated::run_inside(tools, &rounds, &mut |line| {
        seen(serde_json::from_str(line).map_err(|error| format!("{line}: {error}"))?);
        Ok(())
    })
}

/// What [`measure_emulated`] does in the machine.
pub fn inside(choice: &Choice) -> Result<(), String> {
    let tools = Tools::on_path();
    let ground = Ground { tools: &tools, files: "/files".into(), seat: ANYWHERE };
    measure(choice, Counter::Clock, &ground, ANYWHERE, amounts_inside, &mut |sample| {
        let line = serde_json::to_string(&sample).map_err(|error| error.to_string())?;
        println!("{MARK}{line}");
        Ok(())
    })?;
    println!("{MARK}done");
    Ok(())
}

/// What `of` says of each round of a client in a case; `None` without any.
pub fn spread(samples: &[Sample], case: &str, client: Client, of: impl Fn(&Cost) -> Option<f64>) -> Option<Spread> {
    let its = samples.iter().filter(|sample| sample.case().name == case && sample.client() == client);
    Spread::of(its.filter_map(|sample| sample.outcome.as_ref().ok().and_then(&of)))
}

/// The ratio of what two clients of a case gave in the same round, for each round.
pub fn ratio(samples: &[Sample], case: &str, client: Client, against: Client, of: impl Fn(&Cost) -> Option<f64>) -> Option<Spread> {
    let find = |wanted: Client, round: u32| {
        let its = samples.iter().find(|it| it.case().name == case && it.client() == wanted && it.round == round)?;
        its.outcome.as_ref().ok().and_then(&of)
    };
    let rounds = 0..=samples.iter().map(|sample| sample.round).max()?;
    Spread::of(rounds.filter_map(|round| Some(find(client, round)? / find(against, round)?)))
}
