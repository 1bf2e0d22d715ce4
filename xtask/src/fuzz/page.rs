//! docs/FUZZING.md.

use super::target::{Figures, TARGETS};

/// The page, with a place for the figures.
const PAGE: &str = include_str!("page.md");

/// The page for a run of so many seconds.
pub fn render(seconds: u64, all: &[Figures]) -> String {
    let mut table = String::from("| target | what must hold | executions | time | edges | inputs kept |\n|---|---|---|---|---|---|\n");
    for (target, figures) in TARGETS.iter().zip(all) {
        let Figures { executions, edges, inputs, seconds } = figures;
        table += &format!("| `{}` | {} | {executions} | {seconds} s | {edges} | {inputs} |\n", target.name, target.holds);
    }
    let command = if seconds == super::USUAL_SECONDS { String::new() } else { format!(" --seconds {seconds}") };
    PAGE.replace("{command}", &format!("cargo xtask fuzz{command}")).replace("{table}", table.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_its_command_and_every_target() {
        let figures = Figures { executions: 7, edges: 8, inputs: 9, seconds: 450 };
        let page = render(1000, &vec![figures; TARGETS.len()]);
        assert!(page.contains("`cargo xtask fuzz --seconds 1000`") && !page.contains('{'), "{page}");
        assert_eq!(page.matches("| 7 | 450 s | 8 | 9 |").count(), TARGETS.len());
    }
}
