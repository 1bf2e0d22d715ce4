//! What the bytes of the fuzzer stand for: a method, limits, places to cut, and an answer.

use plimsoll_engine::AnswerLimits;

/// One case.
pub struct Specimen<'d> {
    pub method: &'static str,
    pub limits: AnswerLimits,
    cuts: u8,
    pub answer: &'d [u8],
}

impl<'d> Specimen<'d> {
    /// The first two bytes choose, the others are the answer; `None` without two.
    pub fn of(data: &'d [u8]) -> Option<Self> {
        let &[choice, cuts, ref answer @ ..] = data else { return None };
        let method = if choice & 1 == 0 { "GET" } else { "HEAD" };
        // A space or an exclamation mark: limits that only an answer without end breaks.
        let head_bytes = [64 << 10, 300, 80, 20][usize::from(choice >> 1 & 3)];
        let body_bytes = [u64::MAX, 1000, 10, 0][usize::from(choice >> 3 & 3)];
        Some(Self { method, limits: AnswerLimits { head_bytes, body_bytes }, cuts, answer })
    }

    /// The answer in pieces of 1 to 16 bytes, or to 256 now and then.
    pub fn pieces(&self) -> Vec<&'d [u8]> {
        let mut state = u32::from(self.cuts).wrapping_mul(0x9e37_79b9) | 1;
        let mut rest = self.answer;
        let mut pieces = Vec::new();
        while !rest.is_empty() {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let most = if state >> 28 == 0 { 256 } else { 16 };
            let (piece, after) = rest.split_at(rest.len().min(1 + (state >> 16) as usize % most));
            pieces.push(piece);
            rest = after;
        }
        pieces
    }
}
