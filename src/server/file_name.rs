//! The name of an uploaded file. It is shown and echoed; no file on this disk is ever named by it.

use super::refusal::Refusal;
use url::form_urlencoded;

/// The name in a `Content-Disposition` header's `filename*` (RFC 5987), which some clients send for names that are not
/// ASCII.
pub(super) fn extended(disposition: &str) -> Option<String> {
    let at = disposition.to_ascii_lowercase().find("filename*=")?;
    let value = disposition[at + "filename*=".len()..].split(';').next()?.trim().trim_matches('"');
    let (charset, rest) = value.split_once('\'')?;
    let (_, encoded) = rest.split_once('\'')?;
    if !charset.eq_ignore_ascii_case("utf-8") {
        return None;
    }
    // `+` and `&` stand for themselves here, other than in a form.
    let form = format!("n={}", encoded.replace('+', "%2B").replace('&', "%26"));
    form_urlencoded::parse(form.as_bytes()).next().map(|(_, name)| name.into_owned())
}

/// The last part of a name that may come with folders. One that climbs out of its folder is refused.
pub(super) fn bare(name: &str) -> Result<String, Refusal> {
    let mut parts = name.split(['/', '\\']).filter(|part| !part.is_empty());
    if parts.clone().any(|part| part == "..") {
        return Err(Refusal::bad_request(
            format!("The file name {name:?} leaves its folder"),
            "Send the file's own name, without folders",
        ));
    }
    Ok(parts.next_back().unwrap_or("file").to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_loses_its_folders_and_may_not_climb() {
        assert_eq!(bare("a.pdf").unwrap(), "a.pdf");
        assert_eq!(bare("/home/me/a b.pdf").unwrap(), "a b.pdf");
        assert_eq!(bare(r"C:\docs\a.pdf").unwrap(), "a.pdf");
        assert_eq!(bare("a..pdf").unwrap(), "a..pdf");
        for bad in ["../a.pdf", "x/../../a", r"..\a", ".."] {
            assert_eq!(bare(bad).unwrap_err().status, 400, "{bad}");
        }
    }

    #[test]
    fn an_extended_name_is_decoded() {
        let header = "form-data; name=\"file\"; filename*=utf-8''r%C3%A9sum%C3%A9+1%26.pdf";
        assert_eq!(extended(header).as_deref(), Some("résumé+1&.pdf"));
        assert_eq!(extended("form-data; name=\"file\"; filename=\"a.pdf\""), None);
        assert_eq!(extended("form-data; filename*=latin1''x"), None);
    }
}
