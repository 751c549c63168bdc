//! Signed URLs: addresses of originals and page images that work without a key, for a while. Only makes and checks them;
//! serving is done elsewhere.
//!
//! An address is a path, a variant, the second at which it expires, and an HMAC-SHA256 (RFC 2104) over the three with a
//! key that the server alone has. Nobody without the key can make one, lengthen one, or turn one to another file or
//! variant. A path names a record ([`Target`]), never a place on the disk.

use crate::api::{FileId, ModelId, PageId};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::fmt;

/// How long an address works, in seconds: 4 hours.
pub const EXPIRY_SECS: u64 = 4 * 60 * 60;
/// How long an [`Variant::OriginalWithLongExpiry`] works, in seconds: 180 days.
pub const LONG_EXPIRY_SECS: u64 = 180 * 24 * 60 * 60;

/// Sets these signatures apart from whatever else may once be made with the key.
const PURPOSE: &str = "proofdesk signed url 1";

/// What is served at an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Variant {
    /// As it is kept.
    Original,
    /// A smaller rendering.
    OriginalCompressed,
    /// 240 pixels wide.
    Thumbnail,
    /// Turned by 90° counter-clockwise.
    AcwRotate90,
    /// Turned by 180°.
    AcwRotate180,
    /// Turned by 270° counter-clockwise.
    AcwRotate270,
    /// As it is kept, for months.
    OriginalWithLongExpiry,
}

impl Variant {
    /// All of them, in the order of the contract.
    pub const ALL: [Self; 7] = [
        Self::Original,
        Self::OriginalCompressed,
        Self::Thumbnail,
        Self::AcwRotate90,
        Self::AcwRotate180,
        Self::AcwRotate270,
        Self::OriginalWithLongExpiry,
    ];

    /// Its name in the contract.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::OriginalCompressed => "original_compressed",
            Self::Thumbnail => "thumbnail",
            Self::AcwRotate90 => "acw_rotate_90",
            Self::AcwRotate180 => "acw_rotate_180",
            Self::AcwRotate270 => "acw_rotate_270",
            Self::OriginalWithLongExpiry => "original_with_long_expiry",
        }
    }

    /// How long it works, in seconds.
    pub const fn lifetime_secs(self) -> u64 {
        match self {
            Self::OriginalWithLongExpiry => LONG_EXPIRY_SECS,
            _ => EXPIRY_SECS,
        }
    }

    /// By how much the image is turned counter-clockwise, in degrees.
    pub const fn turned_by(self) -> u16 {
        match self {
            Self::AcwRotate90 => 90,
            Self::AcwRotate180 => 180,
            Self::AcwRotate270 => 270,
            _ => 0,
        }
    }

    fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|variant| variant.name() == name)
    }
}

/// What a path in a reply (`filepath`, `file_url`, `url`) names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The image of a page: `uploadedfiles/{model}/PredictionImages/{page}.jpeg`.
    PageImage {
        /// The model it was read with.
        model: ModelId,
        /// The page.
        page: PageId,
    },
    /// A file as it was submitted: `uploadedfiles/{model}/RawPredictions/{file}.{extension}`.
    File {
        /// The model it was read with.
        model: ModelId,
        /// The file.
        file: FileId,
        /// What its name ended in, without the dot; empty where that was nothing usable.
        extension: String,
    },
}

const FOLDER: &str = "uploadedfiles";
const PAGE_IMAGES: &str = "PredictionImages";
const FILES: &str = "RawPredictions";
const IMAGE_EXTENSION: &str = "jpeg";
/// Longer than this it is hardly an extension.
const EXTENSION_LETTERS: usize = 5;

impl Target {
    /// A file of this submitted name.
    pub fn file(model: ModelId, file: FileId, submitted_name: &str) -> Self {
        let extension = submitted_name.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase()).unwrap_or_default();
        let extension = if is_extension(&extension) { extension } else { String::new() };
        Self::File { model, file, extension }
    }

    /// Its path, without a slash at the start.
    pub fn path(&self) -> String {
        match self {
            Self::PageImage { model, page } => format!("{FOLDER}/{model}/{PAGE_IMAGES}/{page}.{IMAGE_EXTENSION}"),
            Self::File { model, file, extension } if extension.is_empty() => {
                format!("{FOLDER}/{model}/{FILES}/{file}")
            }
            Self::File { model, file, extension } => format!("{FOLDER}/{model}/{FILES}/{file}.{extension}"),
        }
    }

    /// What this path names, if it is exactly as [`Target::path`] writes it: no other spelling, no step to elsewhere.
    pub fn parse(path: &str) -> Option<Self> {
        let mut segments = path.split('/');
        let (folder, model, kind, name) = (segments.next()?, segments.next()?, segments.next()?, segments.next()?);
        if segments.next().is_some() || folder != FOLDER || !is_id(model) {
            return None;
        }
        let (id, extension) = name.split_once('.').unwrap_or((name, ""));
        if !is_id(id) || name.ends_with('.') {
            return None;
        }
        let model = ModelId::from(model);
        match kind {
            PAGE_IMAGES if extension == IMAGE_EXTENSION => Some(Self::PageImage { model, page: PageId::from(id) }),
            FILES if extension.is_empty() || is_extension(extension) => {
                Some(Self::File { model, file: FileId::from(id), extension: extension.to_owned() })
            }
            _ => None,
        }
    }
}

fn is_id(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

fn is_extension(end: &str) -> bool {
    (1..=EXTENSION_LETTERS).contains(&end.len()) && end.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}

/// Why an address is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is not as it was made.
    #[error("this address is not valid; ask for the result again to get a new one")]
    Forged,
    /// Its time is over.
    #[error("this address has expired; ask for the result again to get a new one")]
    Expired,
}

/// Makes and checks signed addresses.
#[derive(Clone)]
pub struct Signer {
    // Keyed once; each signature starts from a copy.
    mac: Hmac<Sha256>,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").finish_non_exhaustive()
    }
}

impl Signer {
    /// Signs with this key.
    pub fn new(key: &[u8; 32]) -> Self {
        let mut block = [0; 64];
        block[..key.len()].copy_from_slice(key);
        // A key is filled up with zeros to one block of the hash (RFC 2104, section 2).
        Self { mac: <Hmac<Sha256> as Mac>::new(&block.into()) }
    }

    /// The query that lets `path` be had in this variant from `now_secs` (since 1970) on, for as long as it lives.
    pub fn query(&self, path: &str, variant: Variant, now_secs: u64) -> String {
        let expires = now_secs.saturating_add(variant.lifetime_secs());
        let tag = self.mac_of(path, variant, expires).finalize().into_bytes();
        let mut query = format!("variant={}&expires={expires}&signature=", variant.name());
        query.extend(tag.iter().map(|byte| format!("{byte:02x}")));
        query
    }

    /// The variant that this query lets be had of `path` at `now_secs` (since 1970). Parameters it does not know change
    /// nothing; one of its own that is there twice, or written in another way, is refused.
    pub fn check(&self, path: &str, query: &str, now_secs: u64) -> Result<Variant, Refused> {
        let variant = only(query, "variant").and_then(Variant::of_name).ok_or(Refused::Forged)?;
        let expires = only(query, "expires").and_then(seconds).ok_or(Refused::Forged)?;
        let tag = only(query, "signature").and_then(bytes).ok_or(Refused::Forged)?;
        // Compares in constant time.
        self.mac_of(path, variant, expires).verify_slice(&tag).map_err(|_| Refused::Forged)?;
        if now_secs < expires { Ok(variant) } else { Err(Refused::Expired) }
    }

    fn mac_of(&self, path: &str, variant: Variant, expires: u64) -> Hmac<Sha256> {
        // No part but the last can hold a line break, so two different addresses never sign the same bytes.
        self.mac.clone().chain_update(format!("{PURPOSE}\n{}\n{expires}\n{path}", variant.name()))
    }
}

/// The value of the parameter where it is there exactly once.
fn only<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    let mut values = query.split('&').filter_map(|pair| pair.split_once('=')).filter(|(n, _)| *n == name);
    match (values.next(), values.next()) {
        (Some((_, value)), None) => Some(value),
        _ => None,
    }
}

/// A number as `Display` writes it: no sign, no zeros before it.
fn seconds(digits: &str) -> Option<u64> {
    digits.parse().ok().filter(|number: &u64| number.to_string() == digits)
}

fn bytes(digits: &str) -> Option<[u8; 32]> {
    if digits.len() != 64 || !digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    let mut bytes = [0; 32];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: u64 = 1_700_000_000;
    const PATH: &str = "uploadedfiles/general/PredictionImages/8d6c1f1e-2a56-4a1c-9d4b-0d8a5b1f7c11.jpeg";

    fn signer() -> Signer {
        Signer::new(&[7; 32])
    }

    #[test]
    fn every_variant_is_what_it_was_signed_as_until_its_time_is_over() {
        for variant in Variant::ALL {
            let query = signer().query(PATH, variant, NOW);
            let last = NOW + variant.lifetime_secs();
            assert_eq!(signer().check(PATH, &query, NOW), Ok(variant));
            assert_eq!(signer().check(PATH, &query, last - 1), Ok(variant));
            assert_eq!(signer().check(PATH, &query, last), Err(Refused::Expired));
            assert_eq!(signer().check(PATH, &format!("cache=1&{query}"), NOW), Ok(variant));
        }
        assert_eq!(Variant::Thumbnail.lifetime_secs(), 14_400);
        assert_eq!(Variant::OriginalWithLongExpiry.lifetime_secs(), 15_552_000);
    }

    #[test]
    fn the_signature_is_hmac_sha256_as_others_compute_it() {
        // hmac.new(b"\x07" * 32, b"proofdesk signed url 1\nthumbnail\n1700014400\n" + path, "sha256").hexdigest()
        let query = signer().query("uploadedfiles/m/RawPredictions/f.pdf", Variant::Thumbnail, NOW);
        assert_eq!(
            query,
            "variant=thumbnail&expires=1700014400&signature=4034413a92787573197d871b0497b1f7905cd6f14fdd273824bf17af3810d9bd"
        );
    }

    #[test]
    fn another_path_variant_expiry_or_key_is_forged() {
        let query = signer().query(PATH, Variant::Thumbnail, NOW);
        let forged = Err(Refused::Forged);
        assert_eq!(signer().check("uploadedfiles/general/RawPredictions/x.pdf", &query, NOW), forged);
        assert_eq!(signer().check(&format!("{PATH}/"), &query, NOW), forged);
        assert_eq!(signer().check(PATH, &query.replace("thumbnail", "original"), NOW), forged);
        assert_eq!(signer().check(PATH, &query.replace("expires=17", "expires=18"), NOW), forged);
        assert_eq!(signer().check(PATH, &query.replace("expires=", "expires=0"), NOW), forged);
        assert_eq!(signer().check(PATH, &query.replace("expires=", "expires=%2B"), NOW), forged);
        assert_eq!(Signer::new(&[8; 32]).check(PATH, &query, NOW), forged);
        for own in ["variant=original", "expires=99999999999", "signature=00"] {
            assert_eq!(signer().check(PATH, &format!("{query}&{own}"), NOW), forged, "{own}");
        }
        for nothing in ["", "variant=original", "&&=&", "signature=", &query[..query.len() - 2]] {
            assert_eq!(signer().check(PATH, nothing, NOW), forged, "{nothing}");
        }
        assert_eq!(signer().check(PATH, &query.to_uppercase(), NOW), forged);
    }

    #[test]
    fn a_line_break_in_a_path_moves_no_part_into_another() {
        let expires = NOW + EXPIRY_SECS;
        let query = signer().query(&format!("a\n{expires}\nb"), Variant::Original, NOW);
        assert_eq!(signer().check("b", &query, NOW), Err(Refused::Forged));
        assert_eq!(signer().check(&format!("{expires}\nb"), &query, NOW), Err(Refused::Forged));
    }

    #[test]
    fn a_path_names_a_record_and_no_place_on_the_disk() {
        let model = ModelId::from("general");
        let page = Target::PageImage { model: model.clone(), page: PageId::from("a-1") };
        assert_eq!(page.path(), "uploadedfiles/general/PredictionImages/a-1.jpeg");
        let file = |name: &str| Target::file(model.clone(), FileId::from("b-2"), name);
        assert_eq!(file("Invoice 3.PDF").path(), "uploadedfiles/general/RawPredictions/b-2.pdf");
        for odd in ["no extension", "a.b/../../etc", "a.", "a.muchtoolong", "a.p\u{e9}", ".%2e"] {
            assert_eq!(file(odd).path(), "uploadedfiles/general/RawPredictions/b-2", "{odd}");
        }
        for target in [page, file("x.tiff"), file("x")] {
            assert_eq!(Target::parse(&target.path()), Some(target));
        }
        for wrong in [
            "",
            "/uploadedfiles/general/PredictionImages/a-1.jpeg",
            "uploadedfiles/general/PredictionImages/a-1.png",
            "uploadedfiles/general/PredictionImages/a-1",
            "uploadedfiles/general/PredictionImages/../RawPredictions/b-2.pdf",
            "uploadedfiles/../PredictionImages/a-1.jpeg",
            "uploadedfiles/general/RawPredictions/..",
            "uploadedfiles/general/RawPredictions/b-2.",
            "uploadedfiles/general/RawPredictions/b-2.tar.gz",
            "uploadedfiles/general/RawPredictions/b-2.pdf/more",
            "uploadedfiles//RawPredictions/b-2.pdf",
            "uploadedfiles/general/RawPredictions/b%2e2.pdf",
        ] {
            assert_eq!(Target::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_key_does_not_show() {
        assert_eq!(format!("{:?}", signer()), "Signer { .. }");
    }

    proptest! {
        #[test]
        fn one_changed_byte_anywhere_is_refused(at in 0_usize..400, to in 0_u8..128, path in "[a-z/.\\n]{0,30}") {
            let query = signer().query(&path, Variant::AcwRotate90, NOW);
            let mut changed = format!("{path}?{query}").into_bytes();
            let at = at % changed.len();
            prop_assume!(changed[at] != to);
            changed[at] = to;
            let changed = String::from_utf8(changed).unwrap();
            // Where the change moves the question mark the server would cut there; a path of ours holds none.
            let (path, query) = changed.split_once('?').unwrap_or((&changed, ""));
            prop_assert_eq!(signer().check(path, query, NOW), Err(Refused::Forged));
        }

        #[test]
        fn no_query_makes_it_panic(path in ".*", query in "(variant|expires|signature|[=&a-f0-9%])*", now in any::<u64>()) {
            prop_assert_eq!(signer().check(&path, &query, now), Err(Refused::Forged));
            prop_assert!(Target::parse(&path).is_none_or(|target| target.path() == path));
        }
    }
}
