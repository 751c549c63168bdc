//! One window for one data folder: a second start hands over what it was to open and ends.
//!
//! The first start holds a lock, which goes with the process however it ends. Beside it stands a note, readable by the
//! user alone, that says on which loopback port the first one listens and by which token it knows its own.

use super::Command;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::fs::{File, TryLockError};
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use subtle::ConstantTimeEq;

const LOCK: &str = "instance.lock";
const NOTE: &str = "instance.json";
/// How long a second start waits for the first to answer.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long one message may take.
const SILENCE: Duration = Duration::from_secs(2);
/// The longest message: thousands of paths.
const MOST_BYTES: usize = 4 << 20;

/// Which start of the program this is.
#[derive(Debug)]
pub enum Claim {
    /// The first: it opens the window, and gives the listener to [`super::Desk::listen`].
    First(Listener),
    /// A later one: the first has taken over what was to be opened, and this one ends.
    Handed,
    /// Nobody knows: the data folder cannot be written, or the first does not answer. It opens a window of its own,
    /// which keeps nothing where another one has the library.
    Alone(io::Error),
}

/// Where later starts hand over what they were to open.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    token: String,
    /// Held as long as the program runs.
    _lock: File,
}

/// Where the first start listens.
#[derive(Serialize, Deserialize)]
struct Note {
    port: u16,
    token: String,
}

/// What a later start hands over.
#[derive(Serialize, Deserialize)]
struct Message {
    token: String,
    arguments: Vec<OsString>,
}

/// Finds out whether the program runs already for this data folder; if so, hands it `arguments`, files, folders and
/// addresses as they stand on the command line. Takes milliseconds, three seconds where the other one hangs.
pub fn claim(data: &Path, arguments: &[OsString]) -> Claim {
    try_claim(data, arguments).unwrap_or_else(Claim::Alone)
}

/// What a command line's files, folders and addresses ask of the desk, in their order.
pub fn commands(arguments: &[OsString]) -> Vec<Command> {
    let mut commands = Vec::new();
    for argument in arguments {
        let text = argument.to_str().filter(|text| {
            ["http://", "https://", "file://"]
                .iter()
                .any(|s| text.get(..s.len()).is_some_and(|t| t.eq_ignore_ascii_case(s)))
        });
        match (text, commands.last_mut()) {
            (Some(text), _) => commands.push(Command::AddText(text.to_owned())),
            (None, Some(Command::AddPaths(paths))) => paths.push(PathBuf::from(argument)),
            (None, _) => commands.push(Command::AddPaths(vec![PathBuf::from(argument)])),
        }
    }
    commands
}

fn try_claim(data: &Path, arguments: &[OsString]) -> io::Result<Claim> {
    super::folder::make_private(data)?;
    let start = Instant::now();
    let arguments: Vec<OsString> = arguments.iter().map(absolute).collect();
    loop {
        let lock = File::options().create(true).truncate(false).write(true).open(data.join(LOCK))?;
        match lock.try_lock() {
            Ok(()) => return listen(data, lock).map(Claim::First),
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) => {}
        }
        // The first may be about to write its note, or about to end.
        match hand_over(data, &arguments) {
            Ok(()) => return Ok(Claim::Handed),
            Err(error) if start.elapsed() >= PATIENCE => return Err(error),
            Err(_) => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}

/// A path as seen from anywhere; an address as it is.
fn absolute(argument: &OsString) -> OsString {
    match &commands(std::slice::from_ref(argument))[..] {
        [Command::AddPaths(paths)] => paths
            .first()
            .and_then(|path| std::path::absolute(path).ok())
            .map_or_else(|| argument.clone(), PathBuf::into_os_string),
        _ => argument.clone(),
    }
}

fn listen(data: &Path, lock: File) -> io::Result<Listener> {
    let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let mut token = [0_u8; 32];
    getrandom::fill(&mut token).map_err(io::Error::other)?;
    let token = base64::Engine::encode(&base64::prelude::BASE64_STANDARD_NO_PAD, token);
    let note = Note { port: socket.local_addr()?.port(), token: token.clone() };
    // A temporary file is readable by the user alone.
    let mut file = tempfile::NamedTempFile::new_in(data)?;
    file.write_all(&serde_json::to_vec(&note)?)?;
    file.persist(data.join(NOTE)).map_err(|error| error.error)?;
    Ok(Listener { socket, token, _lock: lock })
}

fn hand_over(data: &Path, arguments: &[OsString]) -> io::Result<()> {
    let note: Note = serde_json::from_slice(&std::fs::read(data.join(NOTE))?)?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, note.port));
    let mut stream = TcpStream::connect_timeout(&address, SILENCE)?;
    stream.set_read_timeout(Some(SILENCE))?;
    stream.set_write_timeout(Some(SILENCE))?;
    let mut message = serde_json::to_vec(&Message { token: note.token, arguments: arguments.to_vec() })?;
    message.push(b'\n');
    stream.write_all(&message)?;
    let mut answer = String::new();
    stream.take(8).read_to_string(&mut answer)?;
    if answer == "taken\n" { Ok(()) } else { Err(io::Error::other("the running program did not take the files")) }
}

impl Listener {
    /// The next thing handed over; waits for it. Whoever does not know the token is not heard. An error means that
    /// nothing will come any more.
    pub(super) fn accept(&self) -> io::Result<Option<Vec<Command>>> {
        let (stream, _) = self.socket.accept()?;
        // One that says nothing, or nonsense, does not end the listening.
        Ok(self.hear(stream).unwrap_or_default())
    }

    /// Has another thread's [`Listener::accept`] come back, with nothing.
    pub(super) fn waker(&self) -> io::Result<Waker> {
        self.socket.local_addr().map(Waker)
    }

    fn hear(&self, mut stream: TcpStream) -> io::Result<Option<Vec<Command>>> {
        let line = read_line(&mut stream)?;
        let message: Message = serde_json::from_slice(&line)?;
        if !bool::from(message.token.as_bytes().ct_eq(self.token.as_bytes())) {
            return Ok(None);
        }
        stream.set_write_timeout(Some(SILENCE))?;
        stream.write_all(b"taken\n")?;
        Ok(Some(commands(&message.arguments)))
    }
}

/// A line that comes in time and is not too long, whoever sends it.
fn read_line(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let deadline = Instant::now() + SILENCE;
    let mut line = Vec::new();
    let mut some = [0; 4096];
    while line.last() != Some(&b'\n') {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() || line.len() > MOST_BYTES {
            return Err(io::ErrorKind::TimedOut.into());
        }
        stream.set_read_timeout(Some(left))?;
        match stream.read(&mut some)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => line.extend_from_slice(&some[..count]),
        }
    }
    Ok(line)
}

/// Ends the wait of a listener.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waker(SocketAddr);

impl Waker {
    /// Connects and says nothing.
    pub(super) fn wake(self) {
        // Where nobody listens any more there is nobody to wake.
        let _ = TcpStream::connect_timeout(&self.0, SILENCE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(data: &Path) -> Listener {
        match claim(data, &[]) {
            Claim::First(listener) => listener,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_command_line_keeps_its_order_and_tells_addresses_from_paths() {
        let arguments: Vec<OsString> =
            ["a.pdf", "b", "HTTPS://a.example/c", "file:///d"].into_iter().map(OsString::from).collect();
        let expected = [
            Command::AddPaths(vec!["a.pdf".into(), "b".into()]),
            Command::AddText("HTTPS://a.example/c".into()),
            Command::AddText("file:///d".into()),
        ];
        assert_eq!(commands(&arguments), expected);
        assert_eq!(commands(&[]), []);
    }

    #[test]
    fn a_second_start_hands_over_and_the_first_hears_it() {
        let data = tempfile::tempdir().unwrap();
        let listener = first(data.path());
        std::thread::scope(|scope| {
            let second = scope.spawn(|| claim(data.path(), &["a.pdf".into(), "http://127.0.0.1/b".into()]));
            let here = std::path::absolute("a.pdf").unwrap();
            let heard = listener.accept().unwrap().unwrap();
            assert_eq!(heard, [Command::AddPaths(vec![here]), Command::AddText("http://127.0.0.1/b".into())]);
            assert!(matches!(second.join().unwrap(), Claim::Handed));
        });
    }

    #[test]
    fn after_a_crash_the_next_start_is_the_first() {
        let data = tempfile::tempdir().unwrap();
        // The lock goes with the process; the note stays.
        drop(first(data.path()));
        assert!(data.path().join(NOTE).exists());
        drop(first(data.path()));
        std::fs::write(data.path().join(NOTE), b"nonsense").unwrap();
        drop(first(data.path()));
    }

    #[test]
    fn who_does_not_know_the_token_is_not_heard() {
        let data = tempfile::tempdir().unwrap();
        let listener = first(data.path());
        let address = listener.socket.local_addr().unwrap();
        for said in [&b"{\"token\":\"guess\",\"arguments\":[]}\n"[..], b"GET / HTTP/1.1\r\n\r\n", b""] {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(said).unwrap();
            stream.shutdown(std::net::Shutdown::Write).unwrap();
            assert_eq!(listener.accept().unwrap(), None);
            let mut answer = Vec::new();
            // A connection that is closed before all of it was read may end in an error.
            let _ = stream.read_to_end(&mut answer);
            assert_eq!(answer, b"");
        }
    }

    #[test]
    fn a_folder_that_cannot_be_used_leaves_the_program_alone() {
        let data = tempfile::tempdir().unwrap();
        let file = data.path().join("file");
        std::fs::write(&file, b"").unwrap();
        assert!(matches!(claim(&file.join("data"), &[]), Claim::Alone(_)));
    }

    #[cfg(unix)]
    #[test]
    fn folder_and_note_are_the_user_s_alone() {
        use std::os::unix::fs::PermissionsExt;
        let above = tempfile::tempdir().unwrap();
        let data = above.path().join("a").join("data");
        let _listener = first(&data);
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&data), mode(&data.join(NOTE))), (0o700, 0o600));
    }
}
