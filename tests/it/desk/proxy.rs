//! A proxy before a service: a network and a service that misbehave.

use crate::service::Service;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::Builder;

/// What becomes of the first upload.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Fault {
    /// It arrives, and the connection breaks off before the answer.
    LosesAnswer,
    /// The service asks for a pause of a second.
    AsksForPause,
    /// It does not arrive, and the service says that something broke there.
    Breaks,
    /// It arrives, and half of the answer comes back.
    CutsAnswer,
    /// It arrives, and a page for people comes back.
    SaysHtml,
    /// It does not arrive: the service sends to another place.
    SendsElsewhere,
    /// It arrives, and an answer comes back that does not end.
    NeverEnds,
    /// It arrives; what the service says of images, here and later, leads nowhere.
    GivesNoImages,
}

/// Stands before `cloud`; its address, and how many uploads came by.
pub(super) fn proxy(cloud: &Service, fault: Fault) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = cloud.url.replace(cloud.host(), &listener.local_addr().unwrap().to_string());
    let (host, uploads) = (cloud.host().to_owned(), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&uploads);
    Builder::new()
        .name("proxy".into())
        .spawn(move || {
            while let Ok((near, _)) = listener.accept() {
                let (far, counted) = (TcpStream::connect(&host).unwrap(), Arc::clone(&counted));
                // A connection that breaks off is what is wanted.
                let pass = move || drop(pass(near, far, fault, &counted));
                Builder::new().name("connection".into()).spawn(pass).unwrap();
            }
        })
        .unwrap();
    (url, uploads)
}

fn pass(mut near: TcpStream, mut far: TcpStream, fault: Fault, uploads: &AtomicUsize) -> std::io::Result<()> {
    let mut buffer = vec![0; 1 << 16];
    loop {
        let mut request = Vec::new();
        // A question ends with its head, an upload with its last boundary.
        while !is_whole(&request) {
            match near.read(&mut buffer)? {
                0 => return Ok(()),
                read => request.extend_from_slice(&buffer[..read]),
            }
        }
        let is_first_upload = request.starts_with(b"POST") && uploads.fetch_add(1, Ordering::SeqCst) == 0;
        if is_first_upload && fault == Fault::AsksForPause {
            near.write_all(b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n")?;
            continue;
        }
        if is_first_upload && fault == Fault::Breaks {
            near.write_all(b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\n\r\nOops")?;
            continue;
        }
        if is_first_upload && fault == Fault::SendsElsewhere {
            let answer =
                "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.2:9/\r\nContent-Length: 0\r\n\r\n";
            near.write_all(answer.as_bytes())?;
            continue;
        }
        far.write_all(&request)?;
        let mut answer = Vec::new();
        while !is_answered(&answer) {
            let read = far.read(&mut buffer)?;
            answer.extend_from_slice(&buffer[..read]);
            if read == 0 {
                break;
            }
        }
        if is_first_upload && fault == Fault::LosesAnswer {
            return Ok(());
        }
        if fault == Fault::GivesNoImages {
            let said = String::from_utf8_lossy(&answer).replace("/uploadedfiles/", "/uploadedfilez/");
            answer = said.into_bytes();
        }
        if is_first_upload && fault == Fault::CutsAnswer {
            near.write_all(&answer[..answer.len() / 2])?;
            return Ok(());
        }
        if is_first_upload && fault == Fault::SaysHtml {
            let page = "<html>Please sign in</html>";
            let head = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n", page.len());
            near.write_all(format!("{head}{page}").as_bytes())?;
            continue;
        }
        if is_first_upload && fault == Fault::NeverEnds {
            near.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")?;
            // Until who reads it has had enough and hangs up.
            let blanks = vec![b' '; 1 << 20];
            loop {
                near.write_all(&blanks)?;
            }
        }
        near.write_all(&answer)?;
    }
}

fn is_whole(request: &[u8]) -> bool {
    if request.starts_with(b"GET") || request.starts_with(b"DELETE") {
        return request.ends_with(b"\r\n\r\n");
    }
    is_answered(request)
}

/// Whether a message has come to its end: all that its head says, or the last chunk.
fn is_answered(answer: &[u8]) -> bool {
    let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
    match length {
        Some(length) => answer.len() >= end + 4 + length,
        None => answer.ends_with(b"0\r\n\r\n"),
    }
}
