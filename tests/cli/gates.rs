//! Gates and report files from outside. The verdicts themselves are the core's to test; here is what a pipeline sees of them.

use super::{Said, plimsoll};
use std::{fs, path::Path, process::Command};

/// A saved finding of four users at one time, with a baseline's fields.
fn saved(home: &Path, name: &str, change: impl FnOnce(&mut serde_json::Value)) -> String {
    let result = home.join("whole.json");
    if !result.exists() {
        let path = result.to_str().unwrap();
        let said = plimsoll(home, &["find", "lab:pool?wait=5ms", "--time", "5s", "--no-overshoot", "--save", path], &[]);
        assert!(result.exists(), "{}{}", said.stdout, said.stderr);
    }
    let mut document: serde_json::Value = serde_json::from_str(&fs::read_to_string(result).unwrap()).unwrap();
    // A machine that is busy may withhold the line: what the gates do with one is the question here.
    let line = serde_json::json!({
        "axis": "users", "value": 4.0, "low": 4.0, "high": 4.0, "confidence": 0.95, "word": "firm", "binding": "knee", "reasons": []
    });
    document["load_line"] = line;
    document["also"] = serde_json::json!({ "users_at_once": 4.0, "rate_per_s": 800.0, "users_with_think": null });
    change(&mut document);
    let path = home.join(name);
    fs::write(&path, document.to_string()).unwrap();
    path.to_str().unwrap().to_owned()
}

fn refused(said: &Said, parts: &[&str]) {
    assert_eq!(said.code, Some(2), "{}{}", said.stdout, said.stderr);
    for part in parts {
        assert!(said.stderr.contains(part), "{part:?} in {}", said.stderr);
    }
    assert!(said.stdout.is_empty() && said.stderr.contains("try: "), "{}", said.stderr);
}

#[test]
fn a_baseline_that_can_not_be_one_is_refused_before_any_load() {
    let home = tempfile::tempdir().unwrap();
    let find = |arguments: &[&str]| plimsoll(home.path(), &[&["find", "http://127.0.0.1:9/"], arguments].concat(), &[]);
    refused(&find(&["--baseline", "/no/such.json"]), &["--baseline", "/no/such.json", "No such file"]);
    let other = home.path().join("other.json");
    fs::write(&other, "{\"schema\": \"somebody.else/1\"}").unwrap();
    refused(&find(&["--baseline", other.to_str().unwrap()]), &["--baseline", "somebody.else/1"]);
    let was = saved(home.path(), "was.json", |_| {});
    refused(&find(&["--baseline", &was, "--by", "rate"]), &["users at one time", "requests a second", "--save"]);
    refused(&find(&["--baseline", &was, "--slo", "p99<1s"]), &["objectives", "errors<1%", "p99<1s"]);
    refused(&find(&["--baseline", &was, "--think", "2s"]), &["pause", "not at all", "2 s"]);
    let withheld = saved(home.path(), "withheld.json", |document| {
        document["load_line"]["value"] = serde_json::Value::Null;
        document["load_line"]["word"] = "withheld".into();
    });
    refused(&find(&["--baseline", &withheld]), &["no load line"]);
}

#[test]
fn bad_numbers_and_names_are_named_with_the_remedy() {
    let home = tempfile::tempdir().unwrap();
    for (arguments, parts) in [
        (&["--fail-below", "many"][..], &["--fail-below", "many"][..]),
        (&["--fail-below", "0"], &["--fail-below 0", "100m"]),
        (&["--max-drop", "5%"], &["--max-drop", "--baseline FILE"]),
        (&["--baseline", "x.json", "--max-drop", "five"], &["--max-drop", "five", "1%"]),
        (&["--baseline", "x.json", "--max-drop", "95%"], &["--max-drop 95%", "90%"]),
        (&["--report", "out.pdf"], &["--report out.pdf", ".md", ".xml"]),
        (&["--report", "/no/such/place/r.md"], &["--report /no/such/place/r.md", "directory"]),
        (&["--github-summary"], &["--github-summary", "GITHUB_STEP_SUMMARY", "--report FILE.md"]),
    ] {
        let said = plimsoll(home.path(), &[&["find", "http://127.0.0.1:9/"], arguments].concat(), &[]);
        assert_eq!(said.code, Some(2), "{arguments:?}: {}", said.stderr);
        for part in parts {
            assert!(said.stderr.contains(part), "{arguments:?}: {part:?} in {}", said.stderr);
        }
    }
}

#[test]
fn a_search_passes_its_gates_or_fails_them_and_writes_its_reports() {
    let home = tempfile::tempdir().unwrap();
    let at = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    let (junit, markdown, summary) = (at("junit.xml"), at("page.md"), at("summary"));
    fs::write(&summary, "before\n").unwrap();
    let find = |least: &str, more: &[&str]| {
        let usual = ["find", "lab:pool?wait=5ms", "--time", "5s", "--no-overshoot", "--json", "--fail-below", least];
        plimsoll(home.path(), &[&usual[..], more].concat(), &[("GITHUB_STEP_SUMMARY", &summary)])
    };
    // 3: beside the other tests the generator may not have had its core to itself.
    let said = find("400", &["--report", &junit, "--report", &markdown, "--github-summary"]);
    assert!(matches!(said.code, Some(99 | 3)), "{}{}", said.stdout, said.stderr);
    let document: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
    let (gate, failed) = (&document["gates"][0], said.code == Some(99));
    assert_eq!((&gate["gate"], &gate["asked"]), (&"fail_below".into(), &400.0.into()), "{gate}");
    assert_eq!(gate["verdict"] == "failed", failed, "{gate}");
    let text = gate["text"].as_str().unwrap().replace('\'', "&apos;");
    let read = |path: &str| fs::read_to_string(path).unwrap();
    assert!(read(&junit).contains("name=\"fail-below\"") && read(&junit).contains(&text), "{}", read(&junit));
    assert_eq!(read(&junit).contains("<failure"), failed);
    assert!(read(&markdown).contains("--fail-below"), "{}", read(&markdown));
    assert_eq!(read(&summary), format!("before\n{}\n", read(&markdown)));

    let said = find("1", &[]);
    assert!(matches!(said.code, Some(0 | 3)), "{}{}", said.stdout, said.stderr);
    assert!(!said.stdout.contains("\"verdict\": \"failed\""), "{}", said.stdout);
}

#[test]
fn a_saved_result_is_shown_in_every_format() {
    let home = tempfile::tempdir().unwrap();
    let path = saved(home.path(), "result.json", |_| {});
    for (format, part) in [
        ("text", "─⊖─ lab:pool"),
        ("json", "\"schema\": \"plimsoll.finding/1\""),
        ("md", "### lab:pool"),
        ("markdown", "### lab:pool"),
        ("csv", "step,purpose,users,"),
        ("junit", "<testsuites name=\"plimsoll find\""),
        ("prometheus", "plimsoll_load_line{target=\"lab:pool?wait=5ms\",axis=\"users\"} 4\n"),
        ("influx", "plimsoll,target=lab:pool?wait\\=5ms,axis=users load_line=4,"),
    ] {
        let said = plimsoll(home.path(), &["report", &path, "--format", format], &[]);
        assert_eq!(said.code, Some(0), "{format}: {}", said.stderr);
        assert!(said.stdout.contains(part), "{format}: {}", said.stdout);
    }
}

#[test]
fn a_chart_is_written_in_points_by_a_build_that_can_and_otherwise_nothing_is_measured() {
    let home = tempfile::tempdir().unwrap();
    let path = saved(home.path(), "result.json", |_| {});
    let picture = home.path().join("chart.png");
    let shown = Command::new(env!("CARGO_BIN_EXE_plimsoll")).args(["report", &path, "--format", "png"]).output().unwrap();
    let asked = ["find", "http://127.0.0.1:9/", "--report", picture.to_str().unwrap()];
    if cfg!(feature = "png") {
        assert!(shown.status.success() && shown.stdout.starts_with(b"\x89PNG\r\n"), "{}", String::from_utf8_lossy(&shown.stderr));
    } else {
        assert_eq!(shown.status.code(), Some(2));
        let said = plimsoll(home.path(), &asked, &[]);
        for text in [said.stderr, String::from_utf8_lossy(&shown.stderr).into_owned()] {
            assert!(text.contains("can't write PNG") && text.contains("--features png"), "{text}");
        }
    }
}
