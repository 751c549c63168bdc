//! Pieces as keys and values are told from: glued ones split at their colon, drawn blanks taken off.

use crate::engine::sheet::{Bounds, Piece};

/// The pieces of a page with `Date:9/3/92` split in two and the underscores of blanks gone.
pub(super) fn tokens(pieces: &[Piece]) -> Vec<Piece> {
    pieces.iter().flat_map(split).filter_map(|piece| trimmed(&piece)).collect()
}

/// Whether a text ends a key.
pub(super) fn ends_key(text: &str) -> bool {
    text.ends_with([':', '：'])
}

/// The parts before and after a colon within a word; times, ratios and addresses stay whole.
fn split(piece: &Piece) -> Vec<Piece> {
    let colon = piece.text.char_indices().find(|&(at, c)| {
        let rest = &piece.text[at + c.len_utf8()..];
        let before = piece.text[..at].chars().next_back();
        matches!(c, ':' | '：')
            && !rest.is_empty()
            && !rest.starts_with("//")
            && before.is_none_or(|b| !b.is_ascii_digit() || !rest.starts_with(|r: char| r.is_ascii_digit()))
    });
    // Two colons or more are a name with parts: `urn:cen.eu:en16931`.
    let Some((at, colon)) = colon.filter(|_| piece.text.trim_end_matches(':').matches(':').count() < 2) else {
        return vec![piece.clone()];
    };
    let at = at + colon.len_utf8();
    let share = piece.text[..at].chars().count() as f32 / piece.text.chars().count() as f32;
    let (left, right) = piece.text.split_at(at);
    let mut parts = vec![part(piece, left, 0.0, share)];
    parts.extend(split(&part(piece, right, share, 1.0)));
    parts
}

/// The piece's letters from one share of its width to another.
fn part(piece: &Piece, text: &str, from: f32, to: f32) -> Piece {
    let cut = |b: Bounds| Bounds { left: b.left + from * b.width(), right: b.left + to * b.width(), ..b };
    Piece { text: text.into(), bounds: cut(piece.bounds), shown: cut(piece.shown), ..*piece }
}

/// The piece without the blank that was read as underscores; `None` where nothing else is there.
fn trimmed(piece: &Piece) -> Option<Piece> {
    let is_blank = |c: char| c == '_';
    if !piece.text.contains(is_blank) {
        return (!piece.text.is_empty()).then(|| piece.clone());
    }
    let text = piece.text.trim_matches(is_blank);
    let letters = piece.text.chars().count() as f32;
    let before = piece.text.chars().take_while(|c| is_blank(*c)).count() as f32;
    let after = before + text.chars().count() as f32;
    (!text.is_empty()).then(|| part(piece, text, before / letters, after / letters))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::sheet::fixtures::piece;

    fn texts(text: &str) -> Vec<String> {
        tokens(&[piece(text, 0.0, 0.0, 100.0, 10.0)]).into_iter().map(|p| p.text).collect()
    }

    #[test]
    fn a_word_splits_after_its_colon() {
        assert_eq!(texts("Date:9/3/92"), ["Date:", "9/3/92"]);
        assert_eq!(texts("Customer:2"), ["Customer:", "2"]);
        assert_eq!(texts(":9,9000"), [":", "9,9000"]);
        assert_eq!(texts("Date:"), ["Date:"]);
    }

    #[test]
    fn times_and_addresses_stay_whole() {
        assert_eq!(texts("12:30"), ["12:30"]);
        assert_eq!(texts("http://localhost"), ["http://localhost"]);
        assert_eq!(texts("urn:cen.eu:en16931:2017"), ["urn:cen.eu:en16931:2017"]);
    }

    #[test]
    fn blanks_go_and_what_stood_on_them_keeps_its_place() {
        let tokens = tokens(&[piece("__27__", 0.0, 0.0, 60.0, 10.0), piece("____", 0.0, 0.0, 60.0, 10.0)]);
        assert_eq!(tokens.len(), 1);
        assert_eq!(
            (tokens[0].text.as_str(), tokens[0].bounds.left as u8, tokens[0].bounds.right as u8),
            ("27", 20, 40)
        );
    }
}
