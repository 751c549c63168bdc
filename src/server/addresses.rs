//! Fetching what a request names by address. Nothing here may become a way into this computer or its network: an address
//! that is not public is refused, after its name was looked up and on every redirect, and the connection goes to the
//! very address that was looked at.

use super::form::written;
use super::refusal::Refusal;
use super::running::Shared;
use super::store::{Content, Store};
use futures_util::{StreamExt, TryStreamExt, stream};
use reqwest::header::LOCATION;
use reqwest::redirect::Policy;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use url::{Host, Url};

/// How often an address may lead to another.
const REDIRECTS: usize = 5;
/// How long a connection may take.
const CONNECTING: Duration = Duration::from_secs(10);
/// How long one file may take.
const FETCHING: Duration = Duration::from_mins(2);
/// So many are fetched at once.
const AT_ONCE: usize = 4;
/// More addresses than this are no request but a mistake.
const MOST: usize = 1000;

/// What came of an address.
pub(super) enum Fetched {
    /// What stands there.
    File(Content),
    /// Why nothing came, in a sentence.
    Failed(String),
}

/// Fetches addresses, in their order.
pub(super) async fn fetch_all(shared: &Shared, urls: Vec<String>) -> Result<Vec<(String, Fetched)>, Refusal> {
    if urls.len() > MOST {
        return Err(Refusal::too_large(format!("The request names more than {MOST} addresses")));
    }
    let fetcher = &Fetcher {
        store: &shared.store,
        most: shared.limits.body_bytes,
        may_ask: if shared.allow_private_urls { |_| true } else { is_public },
        bytes: AtomicU64::new(0),
    };
    let fetching = stream::iter(urls).map(|url| async move {
        let fetched = tokio::time::timeout(FETCHING, fetcher.fetch(&url)).await;
        let fetched = match fetched {
            Ok(Ok(content)) => Fetched::File(content),
            Ok(Err(Stopped::Refused(refusal))) => return Err(refusal),
            Ok(Err(Stopped::Failed(why))) => Fetched::Failed(why),
            Err(_) => Fetched::Failed("The address answered too slowly; try again, or send the file itself".to_owned()),
        };
        Ok((url, fetched))
    });
    fetching.buffered(AT_ONCE).try_collect().await
}

/// Why a fetch ended early.
enum Stopped {
    /// The address is to blame.
    Failed(String),
    /// This server is.
    Refused(Refusal),
}

impl From<Refusal> for Stopped {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

fn failed(why: impl Into<String>) -> Stopped {
    Stopped::Failed(why.into())
}

/// Fetches what one request names.
struct Fetcher<'a> {
    store: &'a Store,
    /// What all addresses may bring together, in bytes.
    most: u64,
    may_ask: fn(IpAddr) -> bool,
    /// What they have brought.
    bytes: AtomicU64,
}

impl Fetcher<'_> {
    async fn fetch(&self, address: &str) -> Result<Content, Stopped> {
        let mut url = Url::parse(address.trim()).map_err(|_| failed("This is no web address"))?;
        for _ in 0..=REDIRECTS {
            let reply = ask(&url, self.may_ask).await?;
            if reply.status().is_redirection() {
                let target = reply.headers().get(LOCATION).and_then(|to| to.to_str().ok());
                let target = target.and_then(|to| url.join(to).ok());
                url = target.ok_or_else(|| failed("The address leads on to nowhere"))?;
                continue;
            }
            if !reply.status().is_success() {
                return Err(failed(format!(
                    "The address answered {}; check that it is public",
                    reply.status().as_u16()
                )));
            }
            return self.receive(reply).await;
        }
        Err(failed(format!("The address leads on more than {REDIRECTS} times")))
    }

    async fn receive(&self, mut reply: reqwest::Response) -> Result<Content, Stopped> {
        let most = self.most;
        let too_large = || {
            failed(format!(
                "What stands at the addresses of a request may have {} MB together, and has more",
                most >> 20
            ))
        };
        if reply.content_length().is_some_and(|bytes| bytes > most) {
            return Err(too_large());
        }
        let mut file = self.store.incoming().map_err(Refusal::from)?;
        loop {
            let chunk = reply.chunk().await.map_err(|_| failed("The address broke off its answer; try again"))?;
            let Some(chunk) = chunk else { break };
            let chunk_bytes = chunk.len() as u64;
            if self.bytes.fetch_add(chunk_bytes, Ordering::Relaxed) + chunk_bytes > most {
                return Err(too_large());
            }
            file = written(file, chunk.to_vec()).await?;
        }
        if file.bytes() == 0 {
            return Err(failed("Nothing stands at the address"));
        }
        let finished = tokio::task::spawn_blocking(move || file.finish()).await.map_err(|_| Refusal::broken())?;
        Ok(finished.map_err(Refusal::from)?)
    }
}

async fn ask(url: &Url, may_ask: fn(IpAddr) -> bool) -> Result<reqwest::Response, Stopped> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(failed("Only http:// and https:// addresses are fetched"));
    }
    let port = url.port_or_known_default().unwrap_or(443);
    let (name, found): (Option<&str>, Vec<SocketAddr>) = match url.host() {
        Some(Host::Ipv4(ip)) => (None, vec![SocketAddr::new(IpAddr::V4(ip), port)]),
        Some(Host::Ipv6(ip)) => (None, vec![SocketAddr::new(IpAddr::V6(ip), port)]),
        Some(Host::Domain(name)) => {
            let found = tokio::net::lookup_host((name, port)).await;
            (Some(name), found.map_err(|_| failed(format!("There is no host {name}")))?.collect())
        }
        None => return Err(failed("The address names no host")),
    };
    if found.is_empty() || !found.iter().all(|address| may_ask(address.ip())) {
        return Err(failed("The address is of a private network or of this computer, which is not fetched from"));
    }
    let mut client = reqwest::Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .connect_timeout(CONNECTING)
        .user_agent(concat!("Proofdesk/", env!("CARGO_PKG_VERSION")));
    if let Some(name) = name {
        client = client.resolve_to_addrs(name, &found);
    }
    let client = client.build().map_err(|error| {
        tracing::error!(%error, "no client for addresses");
        Refusal::broken()
    })?;
    client.get(url.clone()).send().await.map_err(|error| {
        tracing::debug!(error = %error.without_url(), "an address could not be fetched");
        failed("The address could not be reached; check it, or send the file itself")
    })
}

/// Whether an address is of the public internet, by the special-purpose registries of IANA (RFC 6890 and its
/// successors): neither this computer, nor a private, link-local (metadata services), shared, reserved or test network,
/// nor a group, however it is written.
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_multicast()
        || ip.is_broadcast()
        || ip.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (18..20).contains(&b));
    !special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    // An IPv4 address in an IPv6 one: mapped, compatible, translated (NAT64), 6to4.
    let segments = ip.segments();
    let v4 = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match segments {
        [0, 0, 0, 0, 0, 0xffff | 0, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
            is_public_v4(v4(high, low))
        }
        // Of what is handed out (2000::/3) all but the documentation's, Teredo's and other special parts.
        [first, second, ..] => {
            (first & 0xe000) == 0x2000 && !(first == 0x2001 && (second < 0x200 || second == 0xdb8)) && first != 0x3fff
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    /// Answers every request with these bytes; its port.
    async fn web(reply: String) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let _ = stream.read(&mut [0; 2048]).await;
                let _ = stream.write_all(reply.as_bytes()).await;
            }
        });
        port
    }

    #[tokio::test]
    async fn an_address_that_leads_into_the_private_network_is_refused_on_the_way() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        // 127.0.0.1 stands for the public internet; that nothing comes of the others is said before they are asked.
        let fetcher = Fetcher {
            store: &store,
            most: 1000,
            may_ask: |ip| is_public(ip) || ip == Ipv4Addr::LOCALHOST,
            bytes: AtomicU64::new(0),
        };
        let found = web("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nFAKE".to_owned()).await;
        let leads_to = |to: String| {
            format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        };
        let good = web(leads_to(format!("http://127.0.0.1:{found}/a.pdf"))).await;
        let content = fetcher.fetch(&format!("http://127.0.0.1:{good}/")).await;
        assert!(content.is_ok_and(|content| content.bytes() == 4));
        for private in ["127.0.0.2", "10.0.0.1", "169.254.169.254", "[::1]", "[::ffff:127.0.0.2]", "2130706434"] {
            let first = web(leads_to(format!("http://{private}:{found}/a.pdf"))).await;
            let second = web(leads_to(format!("http://127.0.0.1:{first}/"))).await;
            for start in [first, second] {
                let Err(Stopped::Failed(why)) = fetcher.fetch(&format!("http://127.0.0.1:{start}/")).await else {
                    panic!("{private} was asked");
                };
                assert!(why.contains("private network"), "{private}: {why}");
            }
        }
        let elsewhere = web(leads_to("file:///etc/passwd".to_owned())).await;
        let Err(Stopped::Failed(why)) = fetcher.fetch(&format!("http://127.0.0.1:{elsewhere}/")).await else {
            panic!("a file was read");
        };
        assert!(why.contains("Only http"), "{why}");
    }

    #[test]
    fn only_public_addresses_are_public() {
        for public in
            ["8.8.8.8", "100.63.255.255", "172.32.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
        {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        for private in [
            "127.0.0.1",
            "127.9.9.9",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "198.18.0.1",
            "192.0.0.8",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "2001:db8::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::7f00:1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
    }
}
