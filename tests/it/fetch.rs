//! Documents are fetched from a server on loopback, a well-behaved one and others.

use proofdesk::client::{Fetch, FetchError, OnFetched, TransportFault, fetch};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

/// Serves `answer` of each path until the program ends. Answers where.
pub(crate) fn web(answer: impl Fn(&str) -> Vec<u8> + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = format!("http://{}", listener.local_addr().unwrap());
    let serve = move || {
        for stream in listener.incoming().flatten() {
            serve_one(stream, &answer);
        }
    };
    std::thread::Builder::new().name("web".into()).spawn(serve).unwrap();
    at
}

fn serve_one(mut stream: TcpStream, answer: &impl Fn(&str) -> Vec<u8>) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
    let Some(first) = lines.next() else { return };
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    lines.find(String::is_empty);
    // The client may have had enough before the end.
    let _ = stream.write_all(&answer(&path));
}

/// An answer with a body.
pub(crate) fn found(headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn redirect(to: &str) -> Vec<u8> {
    format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").into_bytes()
}

async fn fetched(address: &str, limits: &Fetch) -> (Result<String, FetchError>, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let nobody: OnFetched = Arc::new(|_, _| {});
    let result = fetch(address, folder.path(), limits, &nobody).await;
    let name = result.map(|fetched| fetched.path.file_name().unwrap().to_str().unwrap().to_owned());
    (name, folder)
}

fn is_empty(folder: &TempDir) -> bool {
    std::fs::read_dir(folder.path()).unwrap().next().is_none()
}

#[tokio::test]
async fn a_document_comes_with_its_name_and_its_progress() {
    let at = web(|_| found("Content-Disposition: attachment; filename=\"Bill 7.pdf\"\r\n", &vec![b'x'; 100_000]));
    let folder = tempfile::tempdir().unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let progress: OnFetched = {
        let seen = Arc::clone(&seen);
        Arc::new(move |bytes, total| seen.lock().unwrap().push((bytes, total)))
    };
    let fetched = fetch(&format!("{at}/get?id=7"), folder.path(), &Fetch::default(), &progress).await.unwrap();
    assert_eq!(fetched.path, folder.path().join("Bill 7.pdf"));
    assert_eq!(std::fs::read(&fetched.path).unwrap(), vec![b'x'; 100_000]);
    assert_eq!(seen.lock().unwrap().last(), Some(&(100_000, Some(100_000))));
}

#[tokio::test]
async fn an_address_may_lead_elsewhere_but_not_in_circles() {
    let at = web(|path| match path {
        "/a" => redirect("/b/Bill.pdf"),
        "/b/Bill.pdf" => found("", b"x"),
        "/file" => redirect("file:///etc/passwd"),
        _ => redirect("/circle"),
    });
    assert_eq!(fetched(&format!("{at}/a"), &Fetch::default()).await.0.unwrap(), "Bill.pdf");
    for astray in ["/circle", "/file"] {
        let (result, folder) = fetched(&format!("{at}{astray}"), &Fetch::default()).await;
        assert!(matches!(result, Err(FetchError::Astray(_))), "{result:?}");
        assert!(is_empty(&folder));
    }
    let named_elsewhere = Fetch { may_be_here: false, ..Fetch::default() };
    let (result, _) = fetched(&format!("{at}/b/Bill.pdf"), &named_elsewhere).await;
    assert!(matches!(result, Err(FetchError::Astray(_))), "a service has no business here: {result:?}");
}

#[tokio::test]
async fn a_refusal_says_what_to_do() {
    let at = web(|path| {
        let status = path.trim_start_matches('/');
        format!("HTTP/1.1 {status} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").into_bytes()
    });
    for (status, part) in [(404, "does not have this document"), (403, "its own users only"), (503, "HTTP 503")] {
        let (result, _) = fetched(&format!("{at}/{status}"), &Fetch::default()).await;
        let problem = result.unwrap_err().problem();
        assert!(problem.message.contains(part), "{}", problem.message);
    }
}

#[tokio::test]
async fn too_much_is_refused_whether_it_was_announced_or_not() {
    let at = web(|path| match path {
        "/announced" => found("", &[0; 5000]),
        _ => [b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".as_slice(), &[0; 5000]].concat(),
    });
    let limits = Fetch { bytes: 4000, ..Fetch::default() };
    for path in ["announced", "not"] {
        let (result, folder) = fetched(&format!("{at}/{path}"), &limits).await;
        assert!(matches!(result, Err(FetchError::TooLarge(4000))), "{result:?}");
        assert!(is_empty(&folder));
    }
}

#[tokio::test]
async fn what_breaks_off_leaves_nothing() {
    let at = web(|_| b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this".to_vec());
    let (result, folder) = fetched(&at, &Fetch::default()).await;
    assert!(matches!(result, Err(FetchError::Transport { fault: TransportFault::Broken, .. })), "{result:?}");
    assert!(is_empty(&folder));
}

#[tokio::test]
async fn a_server_that_says_nothing_is_not_waited_for_forever() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = format!("http://{}/a.pdf", listener.local_addr().unwrap());
    let limits = Fetch { silence: Duration::from_millis(100), ..Fetch::default() };
    let (result, _) = fetched(&at, &limits).await;
    assert!(matches!(result, Err(FetchError::Transport { fault: TransportFault::Timeout, .. })), "{result:?}");
    drop(listener);
    let (result, _) = fetched(&at, &limits).await;
    assert!(matches!(result, Err(FetchError::Transport { fault: TransportFault::NoConnection, .. })), "{result:?}");
}
