//! The program as it is started from a shell.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Output, Stdio};

fn proofdesk() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_proofdesk"));
    command.env_remove("PROOFDESK_LOG").env_remove("PROOFDESK_KEY").stdin(Stdio::null());
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn has_parts() -> bool {
    let there = proofdesk::parts::Parts::find().is_ok();
    if !there {
        println!("skipped: the run-time parts are not here; `make parts` fetches them");
    }
    there
}

#[test]
fn help_and_version_are_said() {
    let help = proofdesk().arg("--help").output().unwrap();
    let said = text(&help.stdout);
    assert!(help.status.success() && said.contains("serve") && !said.contains("pages-worker"), "{said}");
    let version = proofdesk().arg("--version").output().unwrap();
    assert_eq!(text(&version.stdout).trim(), concat!("proofdesk ", env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_missing_part_is_one_sentence_and_exit_code_2() {
    let empty = tempfile::tempdir().unwrap();
    let said: Output = proofdesk().arg("serve").env("PROOFDESK_PARTS", empty.path()).output().unwrap();
    assert_eq!(said.status.code(), Some(2));
    let sentence = text(&said.stderr);
    assert!(sentence.contains("is missing") && sentence.contains("make parts"), "{sentence}");
    assert_eq!(sentence.trim().lines().count(), 1, "{sentence}");
}

#[test]
fn what_cannot_be_listened_on_is_one_sentence_and_exit_code_1() {
    if !has_parts() {
        return;
    }
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let data = tempfile::tempdir().unwrap();
    for (listen, why) in [(address.as_str(), "uses"), ("0.0.0.0:0", "loopback")] {
        let arguments = ["serve", "--listen", listen, "--data"];
        let said = proofdesk().args(arguments).arg(data.path()).output().unwrap();
        let sentence = text(&said.stderr);
        assert_eq!(said.status.code(), Some(1), "{sentence}");
        assert!(sentence.contains(why), "{sentence}");
        assert_eq!(sentence.trim().lines().count(), 1, "{sentence}");
    }
}

#[test]
fn arguments_that_make_no_sense_are_refused() {
    for arguments in [["serve", "--listen", "nowhere"], ["serve", "--key", "a:b"], ["serve", "--what", "x"]] {
        let said = proofdesk().args(arguments).output().unwrap();
        assert_eq!(said.status.code(), Some(2), "{arguments:?}");
    }
}

/// Ends the server also where the test fails.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(unix)]
#[test]
fn the_key_may_come_from_the_environment_and_requests_are_logged_without_it() {
    if !has_parts() {
        return;
    }
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().join("new");
    let mut command = proofdesk();
    command.args(["serve", "--listen", "127.0.0.1:0", "--log-requests", "--data"]).arg(&folder);
    command.env("PROOFDESK_KEY", "s3cret").stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut serving = Serving(command.spawn().unwrap());
    let mut lines = BufReader::new(serving.0.stdout.take().unwrap()).lines();
    let (url, key) = (lines.next().unwrap().unwrap(), lines.next().unwrap().unwrap());
    assert_eq!(key, "s3cret");
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&folder).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o700, "nobody else may look into the data");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client = proofdesk::client::Client::new(&url, proofdesk::api::Key::new(key).unwrap()).unwrap();
    runtime.block_on(client.models()).unwrap();
    assert!(Command::new("kill").args(["-TERM", &serving.0.id().to_string()]).status().unwrap().success());
    let mut log = String::new();
    serving.0.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    assert!(log.contains("GET") && log.contains("/api/v2/OCR/Model") && log.contains("200"), "{log}");
    assert!(!log.contains("s3cret"), "{log}");
}

#[cfg(unix)]
#[test]
fn serve_says_where_it_is_and_with_what_key_and_stops_when_it_is_told() {
    if !has_parts() {
        return;
    }
    let data = tempfile::tempdir().unwrap();
    for signal in ["-TERM", "-INT"] {
        let mut command = proofdesk();
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data.path()).stdout(Stdio::piped());
        let mut serving = Serving(command.spawn().unwrap());
        let mut lines = BufReader::new(serving.0.stdout.take().unwrap()).lines();
        let (url, key) = (lines.next().unwrap().unwrap(), lines.next().unwrap().unwrap());
        assert!(url.starts_with("http://127.0.0.1:") && url.ends_with("/api/v2"), "{url}");
        assert_eq!(key.len(), 32, "a random key");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let client = proofdesk::client::Client::new(&url, proofdesk::api::Key::new(key).unwrap()).unwrap();
        assert_eq!(runtime.block_on(client.models()).unwrap().len(), 1);
        let id = serving.0.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
        assert_eq!(serving.0.wait().unwrap().code(), Some(0), "{signal}");
        assert!(data.path().join("store.sqlite").is_file(), "{signal}");
    }
}
