//! From values to cells, and the ticks that a reader would choose.

/// How values spread over an axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    low: f64,
    high: f64,
    is_log: bool,
}

/// Values that hardly differ are shown on a scale of this factor at the least.
const LEAST_SPAN: f64 = 4.0;
/// What ticks of a scale by powers of ten stand at.
const NICE: [f64; 3] = [1.0, 2.0, 5.0];
/// A linear scale ends at one of about so many even steps.
const FEW_STEPS: f64 = 4.0;

impl Scale {
    /// Logarithmic, over these positive values.
    pub fn log(values: impl Iterator<Item = f64>) -> Option<Self> {
        let (low, high) = ends(values.filter(|value| *value > 0.0))?;
        // Which lie in its middle where they hardly differ.
        let wider = (LEAST_SPAN * low / high).max(1.0).sqrt();
        Some(Self { low: low / wider, high: high * wider, is_log: true })
    }

    /// Logarithmic from the least of these positive values, without room below it.
    pub fn log_from(values: impl Iterator<Item = f64>) -> Option<Self> {
        let (low, high) = ends(values.filter(|value| *value > 0.0))?;
        Some(Self { low, high: high.max(LEAST_SPAN * low), is_log: true })
    }

    /// From 0 to this value.
    pub fn linear(high: f64) -> Option<Self> {
        (high > 0.0 && high.is_finite()).then_some(Self { low: 0.0, high, is_log: false })
    }

    /// The same with ends at which a tick stands.
    pub fn rounded(self) -> Self {
        if !self.is_log {
            let step = nice_from(self.high / FEW_STEPS);
            return Self { high: (self.high / step - 1e-9).ceil() * step, ..self };
        }
        Self { low: nice_to(self.low), high: nice_from(self.high), ..self }
    }

    /// Whether equal distances are equal differences.
    pub fn is_linear(&self) -> bool {
        !self.is_log
    }

    /// The cell of a value among so many; `None` outside the scale.
    pub fn cell(&self, value: f64, cells: u16) -> Option<u16> {
        let share =
            if self.is_log { (value / self.low).ln() / (self.high / self.low).ln() } else { (value - self.low) / (self.high - self.low) };
        let place = share * f64::from(cells.saturating_sub(1));
        (place > -0.5 && place < f64::from(cells) - 0.5).then(|| place.round().max(0.0) as u16)
    }

    /// The cell of a value, or the end that is nearest to it.
    pub fn nearest(&self, value: f64, cells: u16) -> u16 {
        self.cell(value.clamp(self.low, self.high), cells).unwrap_or(0)
    }

    /// Powers of four on a logarithmic scale of loads.
    pub fn powers_of_four(&self) -> Vec<f64> {
        let first = (self.low.ln() / 4f64.ln() - 1e-9).ceil() as i32;
        let last = (self.high.ln() / 4f64.ln() + 1e-9).floor() as i32;
        (first..=last).map(|power| 4f64.powi(power)).collect()
    }

    /// Ticks, no more than these: 1, 2, 5 times powers of ten, or those powers alone where there are too many; on a linear scale even steps.
    pub fn ticks(&self, most: usize) -> Vec<f64> {
        let most = most.max(2);
        if !self.is_log {
            let mut step = nice_from(self.high / most as f64);
            while self.high / step + 1e-9 >= most as f64 {
                step = nice_from(step * 1.01);
            }
            return (0..most).map(|place| step * place as f64).take_while(|value| *value <= self.high * (1.0 + 1e-9)).collect();
        }
        let decades = (self.low.log10().floor() as i32)..=(self.high.log10().ceil() as i32);
        let within = |value: &f64| *value >= self.low * (1.0 - 1e-9) && *value <= self.high * (1.0 + 1e-9);
        let fine: Vec<f64> = decades.clone().flat_map(|decade| NICE.map(|nice| nice * 10f64.powi(decade))).filter(within).collect();
        if fine.len() <= most {
            return fine;
        }
        let coarse: Vec<f64> = decades.map(|decade| 10f64.powi(decade)).filter(within).collect();
        if coarse.len() >= 2 && coarse.len() <= most {
            return coarse;
        }
        vec![self.low, self.high]
    }
}

/// The least and the greatest of these values.
fn ends(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.filter(|value| value.is_finite()).fold(None, |ends, value| match ends {
        None => Some((value, value)),
        Some((low, high)) => Some((value.min(low), value.max(high))),
    })
}

/// The least of 1, 2 and 5 times a power of ten that is no less than this positive value.
fn nice_from(value: f64) -> f64 {
    let decade = 10f64.powf(value.log10().floor());
    NICE.map(|nice| nice * decade).into_iter().find(|nice| *nice >= value * (1.0 - 1e-9)).unwrap_or(10.0 * decade)
}

/// The greatest of them that is no more than it.
fn nice_to(value: f64) -> f64 {
    let decade = 10f64.powf(value.log10().floor());
    NICE.map(|nice| nice * decade).into_iter().rev().find(|nice| *nice <= value * (1.0 + 1e-9)).unwrap_or(decade)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_rounded_and_ticks_are_few() {
        let scale = Scale::log([19.7, 80.2].into_iter()).unwrap().rounded();
        assert_eq!((scale.low, scale.high), (10.0, 100.0));
        assert_eq!(scale.ticks(6), [10.0, 20.0, 50.0, 100.0]);
        assert_eq!(scale.ticks(3), [10.0, 100.0]);
        let wide = Scale::log([0.02, 30.0].into_iter()).unwrap().rounded();
        assert_eq!(wide.ticks(5), [0.1, 1.0, 10.0]);
        let time = Scale::linear(20.0).unwrap();
        assert_eq!(time.ticks(6), [0.0, 5.0, 10.0, 15.0, 20.0]);
        let rate = Scale::linear(550.0).unwrap().rounded();
        assert_eq!((rate.high, rate.ticks(4)), (600.0, vec![0.0, 200.0, 400.0, 600.0]));
    }

    #[test]
    fn equal_values_lie_in_the_middle() {
        let scale = Scale::log([5.0, 5.0].into_iter()).unwrap();
        assert_eq!(scale.cell(5.0, 11), Some(5));
        assert_eq!(Scale::log(std::iter::empty()), None);
        assert_eq!(Scale::log([0.0, f64::INFINITY].into_iter()), None);
    }

    #[test]
    fn loads_have_powers_of_four_and_cells_within() {
        let scale = Scale::log_from([1.0, 64.0].into_iter()).unwrap();
        assert_eq!(scale.powers_of_four(), [1.0, 4.0, 16.0, 64.0]);
        assert_eq!(
            (scale.cell(1.0, 31), scale.cell(8.0, 31), scale.cell(64.0, 31), scale.cell(65.0, 31)),
            (Some(0), Some(15), Some(30), Some(30))
        );
        assert_eq!((scale.cell(200.0, 31), scale.nearest(200.0, 31)), (None, 30));
    }
}
