//! Which setting to measure next.

use super::{
    Aim, Purpose, TINY, Trial, Tuner,
    model::{Belief, Model, Seen},
    starts::{self, Starts},
    verdict::{self, Known},
};

/// A setting must carry so much more (5%) to be worth another run.
const WORTH: f64 = 1.05;

/// The search ends when no untried setting has this chance of it.
const DOUBT: f64 = 0.03;

/// A cheaper setting is tried for the same load line where it costs at most this share and has an even chance.
const CHEAPER: f64 = 0.75;
const EVEN_CHANCE: f64 = 0.5;

/// So many such trials, and so many repeated runs where there are as many left: a load line that is 5% off by chance is the commonest reason for
/// taking the wrong setting.
const MOST_CHEAPER: usize = 2;
const MOST_CONFIRMING: usize = 12;

/// No setting is run more often than this, and beyond the second of these only while the difference may be one of 5%: lies within so many standard errors.
const MOST_OF_ONE: u32 = 5;
const USUAL_OF_ONE: u32 = 3;
const MAY_MATTER: f64 = 2.3;

/// Of the first settings, those are left out that are likelier not to start than this.
const LIKELY_TO_START: f64 = 0.35;

/// Where so many settings failed and none ran, no more are tried.
const GIVE_UP: usize = 6;

/// Cheaper settings are tried for a need while one has this chance of meeting it, and any while one has the other.
const CHANCE_FOR_LESS: f64 = 0.08;
const LEAST_CHANCE: f64 = 0.03;

/// A saving below 5% is none.
const SAVING: f64 = 0.95;

/// A setting that was not tried.
struct Open {
    setting: Vec<usize>,
    cost: f64,
    starts: f64,
    belief: Belief,
}

impl Open {
    fn of(tuner: &Tuner, model: &Model, starts: &Starts, setting: Vec<usize>) -> Self {
        Self { cost: tuner.space.cost(&setting), starts: starts.chance(&setting), belief: model.believe(&setting), setting }
    }

    /// The chance that it starts and carries more than this (a logarithm).
    fn chance_above(&self, limit: f64) -> f64 {
        self.starts * self.belief.chance_above(limit)
    }
}

pub(super) fn next(tuner: &Tuner) -> Option<Trial> {
    let (ran, failed) = (tuner.ran(), tuner.failed());
    if ran.is_empty() && failed.len() >= GIVE_UP {
        return None;
    }
    let tried = |setting: &Vec<usize>| ran.contains(setting) || failed.contains(setting);
    let points = starts::points(&ran, &failed);
    let starts = Starts::of(&tuner.space, &ran, &failed, &points);
    let whole = tuner.space.size() <= TINY;
    let first = tuner.first.iter().find(|setting| !tried(setting) && (whole || starts.chance(setting) >= LIKELY_TO_START));
    if let Some(setting) = first {
        return Some(Trial { setting: setting.clone(), purpose: Purpose::Spread });
    }
    let seen = verdict::seen(tuner);
    let untried = candidates(tuner, &ran).into_iter().filter(|setting| !tried(setting));
    let Some(model) = Model::of(&tuner.space, &seen) else {
        let setting = untried.max_by(|a, b| starts.chance(a).total_cmp(&starts.chance(b)))?;
        return Some(Trial { setting, purpose: Purpose::Spread });
    };
    let open: Vec<Open> = untried.map(|setting| Open::of(tuner, &model, &starts, setting)).collect();
    let known = verdict::known(tuner, &model);
    match tuner.aim {
        Aim::Most => promising(&known, &open, &seen).or_else(|| cheaper(tuner, &known, &open)).or_else(|| confirm(tuner, &known)),
        Aim::Need(need) => enough(&known, &open, &seen, need.ln()).or_else(|| confirm_enough(tuner, &known, need.ln())),
    }
}

/// The settings to choose among: all, or a sample with those beside the best that are known.
fn candidates(tuner: &Tuner, ran: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut settings = tuner.settings(super::LOOKED_AT);
    if tuner.space.size() > super::LOOKED_AT as u64 {
        let value = |setting: &Vec<usize>| super::Measured::pooled(&tuner.measured(setting)).value.unwrap_or(0.0);
        let mut best: Vec<&Vec<usize>> = ran.iter().collect();
        best.sort_by(|a, b| value(b).total_cmp(&value(a)));
        settings.extend(best.into_iter().take(3).flat_map(|setting| tuner.space.beside(setting)));
    }
    settings
}

/// The chance that one of the untried settings carries over 5% more than the best: that of the likeliest.
fn doubt(known: &[Known], open: &[Open]) -> f64 {
    let Some(target) = verdict::surest(known).map(|best| best.belief.mean() + WORTH.ln()) else { return 1.0 };
    open.iter().map(|open| open.chance_above(target)).fold(0.0, f64::max)
}

/// The setting from which most is to be gained, less where it can hardly be told from measured ones (augmented expected improvement: Huang,
/// Allen, Notz and Zeng 2006).
fn promising(known: &[Known], open: &[Open], seen: &[Seen]) -> Option<Trial> {
    if doubt(known, open) < DOUBT {
        return None;
    }
    let best = verdict::surest(known)?.belief.mean();
    let noise = seen.iter().map(|point| point.variance).sum::<f64>() / seen.len() as f64;
    let gain = |open: &Open| {
        let sd = open.belief.sd();
        open.starts * open.belief.gain_over(best) * (1.0 - (noise / (sd * sd + noise)).sqrt())
    };
    let most = open.iter().max_by(|a, b| gain(a).total_cmp(&gain(b)))?;
    Some(Trial { setting: most.setting.clone(), purpose: Purpose::Promising })
}

/// A setting that probably does what the best does, for less.
fn cheaper(tuner: &Tuner, known: &[Known], open: &[Open]) -> Option<Trial> {
    if tuner.made_for(Purpose::Cheaper) >= MOST_CHEAPER {
        return None;
    }
    let best = verdict::preferred(known)?;
    let limit = best.belief.mean() - verdict::CLOSE.ln();
    let (saving, most) = saving(open, limit, best.cost * CHEAPER)?;
    (saving >= EVEN_CHANCE).then(|| Trial { setting: most.setting.clone(), purpose: Purpose::Cheaper })
}

/// Of the settings that cost at most so much the one with the best prospect of a saving, and its chance to carry more than the limit.
fn saving(open: &[Open], limit: f64, dearest: f64) -> Option<(f64, &Open)> {
    let prospect = |chance: f64, open: &Open| chance * (1.0 + (dearest / open.cost).ln());
    open.iter()
        .filter(|open| open.cost <= dearest)
        .map(|open| (open.chance_above(limit), open))
        .max_by(|a, b| prospect(a.0, a.1).total_cmp(&prospect(b.0, b.1)))
}

/// Another run of the best or of what comes nearest to it, whichever had fewer, where they can't be told apart.
fn confirm(tuner: &Tuner, known: &[Known]) -> Option<Trial> {
    if tuner.made_for(Purpose::Confirm) >= MOST_CONFIRMING {
        return None;
    }
    let best = verdict::preferred(known)?;
    let ties = known.iter().filter(|other| other.setting != best.setting && other.line.ties_with(&best.line));
    let nearest = ties.max_by(|a, b| a.belief.mean().total_cmp(&b.belief.mean()))?;
    let again = [best, nearest].into_iter().min_by_key(|one| one.runs)?;
    let short = best.belief.mean() + WORTH.ln() - nearest.belief.mean();
    let may_matter = short < MAY_MATTER * best.belief.sd().hypot(nearest.belief.sd());
    let most = if may_matter { MOST_OF_ONE } else { USUAL_OF_ONE };
    (again.runs < most).then(|| Trial { setting: again.setting.clone(), purpose: Purpose::Confirm })
}

/// The setting to try for a need: the likeliest while none meets it, then the one with the best prospect of a saving; where none is likely, the one
/// from which most is to be gained, so that the answer is the most there is.
fn enough(known: &[Known], open: &[Open], seen: &[Seen], need: f64) -> Option<Trial> {
    match verdict::cheapest(known, need) {
        Some(best) => {
            let (chance, less) = saving(open, need, best.cost * SAVING)?;
            (chance >= CHANCE_FOR_LESS).then(|| Trial { setting: less.setting.clone(), purpose: Purpose::Cheaper })
        }
        None => {
            let chance = |open: &Open| open.chance_above(need);
            let most = open.iter().map(chance).fold(0.0, f64::max);
            let likely = open.iter().filter(|open| most >= LEAST_CHANCE && chance(open) >= 0.8 * most);
            let least = likely.min_by(|a, b| a.cost.total_cmp(&b.cost));
            let trial = least.map(|least| Trial { setting: least.setting.clone(), purpose: Purpose::Promising });
            trial.or_else(|| promising(known, open, seen))
        }
    }
}

/// A second run where the one that meets the need may not.
fn confirm_enough(tuner: &Tuner, known: &[Known], need: f64) -> Option<Trial> {
    let best = verdict::cheapest(known, need)?;
    let open = best.runs == 1 && best.belief.chance_above(need) < verdict::SURE && tuner.made_for(Purpose::Confirm) < MOST_CONFIRMING;
    open.then(|| Trial { setting: best.setting.clone(), purpose: Purpose::Confirm })
}

/// What is left open at the end: for the most the chance that an untried setting carries over 5% more, for a need the chance that one which
/// costs less (or any, where none is known) meets it.
pub(super) fn left_open(tuner: &Tuner, model: &Model, known: &[Known]) -> f64 {
    let (ran, failed) = (tuner.ran(), tuner.failed());
    let points = starts::points(&ran, &failed);
    let starts = Starts::of(&tuner.space, &ran, &failed, &points);
    let open: Vec<Open> = candidates(tuner, &ran)
        .into_iter()
        .filter(|setting| !ran.contains(setting) && !failed.contains(setting))
        .map(|setting| Open::of(tuner, model, &starts, setting))
        .collect();
    match tuner.aim {
        Aim::Most => doubt(known, &open),
        Aim::Need(need) => {
            let dearest = verdict::cheapest(known, need.ln()).map_or(f64::INFINITY, |best| best.cost * SAVING);
            open.iter().filter(|open| open.cost <= dearest).map(|open| open.chance_above(need.ln())).fold(0.0, f64::max)
        }
    }
}
