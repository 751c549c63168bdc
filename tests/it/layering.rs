//! Reads `src/` and fails where a layer imports what stands above it, or a crate that belongs to another layer.

use std::path::{Path, PathBuf};

/// The layers from the ground up, each with the layers it may import.
const LAYERS: &[(&str, &[&str])] = &[
    ("document", &[]),
    ("parts", &[]),
    ("pages", &["document", "parts"]),
    ("api", &["document"]),
    ("client", &["document", "api"]),
    ("engine", &["document", "parts", "pages"]),
    ("server", &["document", "parts", "pages", "api", "engine"]),
    ("desk", &["document", "parts", "pages", "api", "client", "engine", "server"]),
    ("ui", &["document", "parts", "pages", "desk"]),
    ("cli", &["document", "parts", "pages", "api", "engine", "server", "desk", "ui"]),
    ("main", &["cli"]),
];

/// Crates that only these layers may name.
const CRATES: &[(&str, &[&str])] = &[
    ("egui", &["ui"]),
    ("eframe", &["ui"]),
    ("egui_extras", &["ui"]),
    ("reqwest", &["client", "server"]),
    ("axum", &["server"]),
    ("pdfium_render", &["pages"]),
    ("tiff", &["pages"]),
    ("ort", &["engine"]),
    ("rusqlite", &["server", "desk"]),
    ("rfd", &["desk"]),
    ("csv", &["desk"]),
    ("rust_xlsxwriter", &["desk"]),
    ("clap", &["cli", "main"]),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// The text without comments and string literals, so that prose may name anything.
fn code_of(text: &str) -> String {
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// The names that follow `prefix` in `code`, in paths and in `use crate::{a, b::c}` groups.
fn named_after(code: &str, prefix: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in code.match_indices(prefix) {
        let rest = &code[at + prefix.len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 1;
            let mut item = String::new();
            for letter in group.chars() {
                match letter {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    _ => {}
                }
                if depth == 0 || (depth == 1 && letter == ',') {
                    names.push(first_name(item.trim()));
                    item.clear();
                } else {
                    item.push(letter);
                }
                if depth == 0 {
                    break;
                }
            }
        } else {
            names.push(first_name(rest));
        }
    }
    names.retain(|n| !n.is_empty());
    names
}

fn first_name(path: &str) -> String {
    path.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

fn names_crate(code: &str, name: &str) -> bool {
    code.match_indices(&format!("{name}::")).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
    })
}

#[test]
fn layers_import_downwards_only() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 10, "the sources were found");
    let mut faults = Vec::new();
    for file in files {
        let inside = file.strip_prefix(&root).unwrap();
        let layer = inside.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs");
        if layer == "lib" {
            continue;
        }
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == layer) else {
            faults.push(format!("{}: the layer `{layer}` is not in the list", inside.display()));
            continue;
        };
        let code = code_of(&std::fs::read_to_string(&file).unwrap());
        for prefix in ["crate::", "proofdesk::"] {
            for name in named_after(&code, prefix) {
                let is_layer = LAYERS.iter().any(|(other, _)| *other == name);
                if is_layer && name != layer && !allowed.contains(&name.as_str()) {
                    faults.push(format!("{}: `{layer}` imports `{name}`", inside.display()));
                }
            }
        }
        for (name, layers) in CRATES {
            if !layers.contains(&layer) && names_crate(&code, name) {
                faults.push(format!("{}: `{layer}` uses the crate `{name}`", inside.display()));
            }
        }
    }
    assert!(faults.is_empty(), "forbidden imports:\n{}", faults.join("\n"));
}

#[test]
fn the_reader_of_imports_sees_groups_and_paths() {
    let code = code_of("use crate::{document::{Page, Field}, ui}; // crate::hidden\nlet x = crate::api::y();");
    assert_eq!(named_after(&code, "crate::"), ["document", "ui", "api"]);
    assert!(names_crate("fn f(x: egui::Ui)", "egui"));
    assert!(!names_crate("fn f(x: my_egui::Ui)", "egui"));
}
