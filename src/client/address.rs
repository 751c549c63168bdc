//! Where a service is, and whether it may be spoken to.

use super::ClientError;
use url::{Host, Url};

/// The base URL of a service: HTTPS, or HTTP to this computer; without key, query and fragment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address(Url);

impl Address {
    /// Reads a base URL as a person types it.
    pub fn parse(text: &str) -> Result<Self, ClientError> {
        let refused = |why: &'static str| ClientError::Address { why };
        let mut url = Url::parse(text.trim()).map_err(|_| refused("it is no web address"))?;
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return Err(refused("it begins neither with https:// nor with http://"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("the key belongs in its own field, not in the address"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(refused("it has a ? or # in it"));
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        let address = Self(url);
        if address.0.scheme() == "http" && !address.is_this_computer() {
            return Err(refused("documents and keys are sent over https:// only, except to this computer"));
        }
        Ok(address)
    }

    /// Whether it is a loopback address.
    pub fn is_this_computer(&self) -> bool {
        match self.0.host() {
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
            None => false,
        }
    }

    /// The host's name, for messages.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// An address that the service named: as it is where it is whole, otherwise below the service's host; `None` where it
    /// is empty or makes no sense.
    pub fn resolve(&self, named: &str) -> Option<String> {
        let named = named.trim();
        if named.is_empty() {
            return None;
        }
        let root = self.0.join("/").ok()?;
        let url = root.join(named).ok()?;
        matches!(url.scheme(), "http" | "https").then(|| url.to_string())
    }

    /// The URL of `path` (with its query, percent-encoded) below the base.
    pub(super) fn join(&self, path: &str) -> Result<Url, ClientError> {
        Url::parse(&format!("{}{path}", self.0.as_str().trim_end_matches('/')))
            .map_err(|_| ClientError::Address { why: "it is no web address" })
    }

    /// Whether `url` is at the same place: scheme, host and port. The key goes nowhere else.
    pub(super) fn is_home_of(&self, url: &Url) -> bool {
        self.0.origin() == url.origin()
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_or_this_computer() {
        for good in
            ["https://app.nanonets.com/api/v2", "http://127.0.0.1:8080/api/v2/", "http://[::1]:1/x", "http://localhost"]
        {
            let address = Address::parse(good).unwrap();
            assert_eq!(address.to_string(), good.trim_end_matches('/'));
        }
        for bad in [
            "http://app.nanonets.com/api/v2",
            "http://127.0.0.1.evil.example/api/v2",
            "http://localhost.evil.example",
            "http://10.0.0.1/api/v2",
            "https://key@app.nanonets.com/api/v2",
            "https://:key@app.nanonets.com/api/v2",
            "https://a.example/api?x=1",
            "ftp://a.example",
            "app.nanonets.com",
            "",
        ] {
            assert!(matches!(Address::parse(bad), Err(ClientError::Address { .. })), "{bad}");
        }
    }

    #[test]
    fn paths_are_joined_below_the_base() {
        let address = Address::parse("https://a.example:444/api/v2/").unwrap();
        assert_eq!(address.join("/OCR/Model/?l=de").unwrap().as_str(), "https://a.example:444/api/v2/OCR/Model/?l=de");
        let bare = Address::parse("https://a.example").unwrap();
        assert_eq!(bare.join("/OCR/Model/").unwrap().as_str(), "https://a.example/OCR/Model/");
    }

    #[test]
    fn home_is_scheme_host_and_port() {
        let address = Address::parse("https://a.example/api/v2").unwrap();
        let home = |url: &str| address.is_home_of(&Url::parse(url).unwrap());
        assert!(home("https://a.example:443/other"));
        for elsewhere in ["http://a.example/", "https://b.example/", "https://a.example:8443/", "https://a.example.b/"]
        {
            assert!(!home(elsewhere), "{elsewhere}");
        }
    }
}
