//! A tuning as it goes on: one search after the other, each of a setting, and the most that was carried so far.

use super::{View, say};
use crate::{report::paint::plain, session::TuneEvent};
use plimsoll_core::{
    finding::{Tried, show_setting},
    units::show_number,
};

/// How the progress of a tuning is shown.
#[derive(Debug)]
pub struct TuneView {
    is_live: bool,
    search: View,
    best: Option<(f64, String)>,
}

impl TuneView {
    /// A block that redraws itself for each search, when `is_live`; otherwise lines.
    pub fn new(is_live: bool) -> Self {
        Self { is_live, search: View::new(is_live), best: None }
    }

    /// Shows one event.
    pub fn show(&mut self, event: &TuneEvent<'_>) {
        match event {
            TuneEvent::Begun { setting, place, of } => {
                self.search = View::new(self.is_live);
                say(&format!("{place} of at most {of}: {}", plain(&show_setting(setting))));
            }
            TuneEvent::Search(event) => self.search.show(event),
            TuneEvent::Tried(tried) => say(&self.fold(tried)),
        }
    }

    /// What came of a setting, beside the best so far.
    fn fold(&mut self, tried: &Tried) -> String {
        let setting = plain(&show_setting(&tried.setting));
        let value = tried.load_line.as_ref().and_then(|line| line.value);
        let carried = match (value, &tried.failed) {
            (Some(value), _) => format!("carries {}", show_number(value)),
            (None, Some(why)) => format!("out: {}", plain(why.lines().next().unwrap_or_default())),
            (None, None) => "not measured".to_owned(),
        };
        if let Some(value) = value
            && self.best.as_ref().is_none_or(|(best, _)| value > *best)
        {
            self.best = Some((value, setting.clone()));
        }
        let best = self.best.as_ref().map(|(best, setting)| format!("; the most so far: {} with {setting}", show_number(*best)));
        format!("  {setting} {carried}{}", best.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn what_came_of_each_stands_beside_the_best_so_far() {
        let mut view = TuneView::new(false);
        let setting = BTreeMap::from([("workers".to_owned(), "4".to_owned())]);
        let failed = Tried { setting, load_line: None, cause: None, failed: Some("it ended\nat once".to_owned()), took_s: 1.0 };
        assert_eq!(view.fold(&failed), "  workers=4 out: it ended");
    }
}
