//! The command lines that a page shows: blocks marked `sh`, `bash` or `console` (there the lines after a `$`), and what a `yaml` block runs. A page
//! marks what is no command as something else, such as `text`.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// One command of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The page and the line, for messages.
    pub place: String,
    /// Where it is called: folders that were changed to before, from the root of the repository.
    pub folder: PathBuf,
    /// Variables that are set before it.
    pub environment: Vec<(String, String)>,
    /// Program and arguments.
    pub words: Vec<String>,
    /// The exit code that a comment on its line names ("exit code 99"), or 0.
    pub exit: i32,
}

impl Shown {
    /// The arguments of a call of the tool, however it is called; `None` for any other program.
    pub fn plimsoll(&self) -> Option<&[String]> {
        match self.words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["plimsoll", ..] => Some(&self.words[1..]),
            ["cargo", "run", "--release", "--", ..] => Some(&self.words[4..]),
            ["cargo", "run", "--", ..] => Some(&self.words[3..]),
            _ => None,
        }
    }
}

/// A file of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// README.md, and every page in docs.
pub fn pages() -> Vec<PathBuf> {
    let docs = fs::read_dir(root().join("docs")).expect("docs").map(|entry| entry.expect("a page").path());
    let mut pages: Vec<PathBuf> = docs.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect();
    pages.sort();
    [root().join("README.md")].into_iter().chain(pages).collect()
}

/// Every command of a page, in order.
pub fn commands(page: &Path) -> Vec<Shown> {
    let text = fs::read_to_string(page).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
    let name = page.file_name().unwrap_or_default().to_string_lossy().into_owned();
    blocks(&text).into_iter().flat_map(|block| block.commands(&name)).collect()
}

/// A fenced block.
#[derive(Debug)]
pub struct Block<'a> {
    /// What it is marked as.
    pub mark: &'a str,
    /// The number of its first line.
    pub first: usize,
    /// Its lines.
    pub lines: Vec<&'a str>,
}

/// The fenced blocks of a page.
pub fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    let mut is_open = false;
    for (number, line) in text.lines().enumerate() {
        match line.trim_start().strip_prefix("```") {
            Some(_) if is_open => is_open = false,
            Some(mark) => {
                is_open = true;
                blocks.push(Block { mark: mark.trim(), first: number + 2, lines: Vec::new() });
            }
            None if is_open => blocks.last_mut().expect("an open block").lines.push(line),
            None => {}
        }
    }
    blocks
}

impl Block<'_> {
    /// Whether its lines are typed into a shell.
    pub fn is_commands(&self) -> bool {
        matches!(self.mark, "sh" | "bash" | "console" | "yaml" | "yml")
    }

    fn commands(&self, page: &str) -> Vec<Shown> {
        let mut folder = PathBuf::new();
        let mut commands = Vec::new();
        let mut pending = String::new();
        for (offset, line) in self.lines.iter().enumerate().filter(|_| self.is_commands()) {
            let Some(line) = self.typed(line, !pending.is_empty()) else { continue };
            pending.push_str(line);
            // A line that goes on below.
            if pending.ends_with('\\') {
                pending.pop();
                continue;
            }
            let place = format!("{page}, line {}", self.first + offset);
            commands.extend(split(&std::mem::take(&mut pending), &place, &mut folder));
        }
        assert!(pending.is_empty(), "{page}: {pending} goes on nowhere");
        commands
    }

    /// What of a line is typed, if anything.
    fn typed<'a>(&self, line: &'a str, goes_on: bool) -> Option<&'a str> {
        let line = line.trim();
        if goes_on {
            return Some(line);
        }
        let typed = match self.mark {
            "console" => line.strip_prefix("$ ")?,
            "yaml" | "yml" => {
                let run = line.trim_start_matches("- ").strip_prefix("run: ").map_or(line, str::trim);
                Some(run).filter(|run| ["plimsoll ", "cargo "].iter().any(|program| run.starts_with(program)))?
            }
            _ => line,
        };
        (!typed.is_empty() && !typed.starts_with('#')).then_some(typed)
    }
}

/// The commands of a line, which may be several, joined; a change of folder holds for those after it.
fn split(line: &str, place: &str, folder: &mut PathBuf) -> Vec<Shown> {
    let words = shlex::split(line).unwrap_or_else(|| panic!("{place}: quotes that do not match: {line}"));
    let exit =
        line.split_once("exit code ").map_or(Ok(0), |(_, code)| code.split(|c: char| !c.is_ascii_digit()).next().unwrap_or("").parse());
    let exit = exit.unwrap_or_else(|error| panic!("{place}: {error}: {line}"));
    let mut shown = Vec::new();
    let mut is_cloned = false;
    for part in words.split(|word| matches!(word.as_str(), "&&" | "||" | ";" | "|")) {
        let variables =
            part.iter().map_while(|word| word.split_once('=').filter(|(name, _)| name.chars().all(|c| c.is_ascii_uppercase() || c == '_')));
        let environment: Vec<(String, String)> = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let rest = part[environment.len()..].iter().take_while(|word| !matches!(word.as_str(), ">" | ">>" | "2>" | "<" | "&"));
        let words: Vec<String> = rest.cloned().collect();
        match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            [] => {}
            // What was cloned is this repository.
            ["cd", _] if is_cloned => {}
            ["cd", to] => folder.push(to),
            _ => {
                is_cloned |= words.starts_with(&["git".to_owned(), "clone".to_owned()]);
                shown.push(Shown { place: place.to_owned(), folder: folder.clone(), environment, words, exit });
            }
        }
    }
    shown
}
