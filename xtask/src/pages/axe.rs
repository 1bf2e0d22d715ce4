//! axe-core, which finds what those can't use who don't see a page or have no mouse.

use super::browser::{Browser, PHONE, Scheme};
use crate::tools::{install, run};
use serde::Deserialize;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The version that is asked.
const VERSION: &str = "4.14.1";
/// What the report allows itself; its test copy needs a script.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
/// Where the copy says what was found.
const SAID: &str = "said-by-axe";

/// Reads the page it is in, or the one around it, and writes what it finds behind it.
const READER: &str = r#"
axe.run(document, {resultTypes: ["violations"]}).then(result => {
  const out = top.document.createElement("pre");
  out.id = "said-by-axe";
  out.textContent = JSON.stringify({
    passed: result.passes.length,
    violations: result.violations.map(found => found.id + ": " + found.help + ": " + found.nodes.map(node => node.html.slice(0, 200)).join(" | ")),
    requests: performance.getEntriesByType("resource").map(entry => entry.name),
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  });
  top.document.body.append(out);
});
"#;

/// The library, and where copies of pages lie.
pub struct Axe {
    library: String,
    folder: PathBuf,
}

/// What was found on a page.
#[derive(Debug, Deserialize)]
pub struct Seen {
    /// Rules that it keeps.
    pub passed: u32,
    /// Rules that it breaks, with where.
    pub violations: Vec<String>,
    /// What it asked for.
    pub requests: Vec<String>,
    /// How much wider it is than its window.
    pub overflow: i32,
}

impl Seen {
    /// Everything that is not as it must be.
    pub fn faults(&self) -> impl Iterator<Item = String> + '_ {
        let requests = self.requests.iter().map(|request| format!("asks for {request}"));
        let overflow = (self.overflow > 0).then(|| format!("is {} wider than its window", self.overflow));
        let nothing = (self.passed == 0).then(|| "no rule of axe-core was looked at".to_owned());
        self.violations.iter().cloned().chain(requests).chain(overflow).chain(nothing)
    }
}

impl Axe {
    /// Fetches it into `folder`, once.
    pub fn fetch(folder: &Path) -> Result<Self, String> {
        let own = folder.join(format!("axe-core-{VERSION}"));
        let library = own.join("package/axe.min.js");
        if !library.exists() {
            install(&[("npm", "npm")])?;
            fs::create_dir_all(&own).map_err(|error| format!("{}: {error}", own.display()))?;
            run(Command::new("npm").current_dir(&own).args(["pack", "--silent", &format!("axe-core@{VERSION}")]))?;
            run(Command::new("tar").current_dir(&own).args(["xzf", &format!("axe-core-{VERSION}.tgz"), "package/axe.min.js"]))?;
        }
        let library = fs::read_to_string(&library).map_err(|error| format!("{}: {error}", library.display()))?;
        Ok(Self { library, folder: folder.to_owned() })
    }

    /// Reads a page in a window this wide.
    pub fn read(&self, browser: &Browser, page: &Path, scheme: Scheme, width: u32) -> Result<Seen, String> {
        let html = fs::read_to_string(page).map_err(|error| format!("{}: {error}", page.display()))?;
        self.read_text(browser, &html, scheme, width)
    }

    fn read_text(&self, browser: &Browser, html: &str, scheme: Scheme, width: u32) -> Result<Seen, String> {
        let copy =
            html.replace(POLICY, "").replace("</body>", &format!("<script>{}</script><script>{READER}</script></body>", self.library));
        // No window is as narrow as a telephone, but a frame is.
        let copy = if width == PHONE { framed(&copy, width) } else { copy };
        let path = self.folder.join("copy.html");
        fs::write(&path, copy).map_err(|error| format!("{}: {error}", path.display()))?;
        let document = browser.document(&path, scheme)?;
        let said = document.rsplit_once(&format!("<pre id=\"{SAID}\">")).and_then(|(_, rest)| rest.split_once("</pre>"));
        let (said, _) = said.ok_or("axe-core said nothing")?;
        let said = said.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        serde_json::from_str(&said).map_err(|error| format!("what axe-core said: {error}: {said}"))
    }

    /// Whether what is looked for is seen where it is there: on a page that is wrong in every way.
    pub fn can_tell(&self, browser: &Browser) -> Result<(), String> {
        let bad = format!(
            "<!doctype html><html><head><meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\"></head><body><img src=\"missing.png\">\
             <p style=\"width:3000px;color:#ccc;background:#fff\">pale</p></body></html>"
        );
        let path = self.folder.join("bad.html");
        fs::write(&path, &bad).map_err(|error| format!("{}: {error}", path.display()))?;
        if browser.console(&path)?.is_empty() {
            return Err("a request that the policy forbids leaves no word on the console".to_owned());
        }
        for width in [super::browser::WIDE, PHONE] {
            let seen = self.read_text(browser, &bad, Scheme::Light, width)?;
            let faults: Vec<String> = seen.faults().collect();
            for part in ["image-alt", "color-contrast", "missing.png", "wider than its window"] {
                if !faults.iter().any(|fault| fault.contains(part)) {
                    return Err(format!("a page with {part} is not found out: {faults:?}"));
                }
            }
        }
        Ok(())
    }
}

/// A page around this one that is no wider than so many pixels.
pub fn framed(html: &str, width: u32) -> String {
    let inner = html.replace('&', "&amp;").replace('"', "&quot;");
    format!(
        "<!doctype html><html lang=\"en\"><head><title>frame</title><meta name=\"color-scheme\" content=\"light dark\"></head><body style=\"margin:0\">\
         <iframe title=\"page\" style=\"border:0;display:block;width:{width}px;height:4000px\" srcdoc=\"{inner}\"></iframe></body></html>"
    )
}
