//! The help of each command on a terminal of 80 columns, as it was approved.

use super::plimsoll;

#[test]
fn short_and_long_help_are_as_they_were_approved() {
    let home = tempfile::tempdir().unwrap();
    for command in [
        "",
        "find",
        "hold",
        "compare",
        "tune",
        "lab",
        "report",
        "watch",
        "doctor",
        "generate",
        "generate man",
        "generate completions",
        "generate schema",
    ] {
        for flag in ["-h", "--help"] {
            let arguments: Vec<&str> = command.split_whitespace().chain([flag]).collect();
            let said = plimsoll(home.path(), &arguments, &[("COLUMNS", "80"), ("PLIMSOLL_TIME", "7s")]);
            assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""), "{arguments:?}");
            let long = if flag == "-h" { "short" } else { "long" };
            let name = [command, long].join(" ").trim().replace(' ', "-");
            insta::assert_snapshot!(name, said.stdout);
        }
    }
}
