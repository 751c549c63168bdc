//! What is sent along with a document and comes back with it (`request_metadata`): its first word is ours, by which a
//! document is found whose answer was lost; what follows is the person's own.

/// How our words begin.
const OURS: &str = "proofdesk-";

/// A word of ours: `start` names this start of the program, `number` the sending.
pub(super) fn token(start: &str, number: u64) -> String {
    format!("{OURS}{start}-{number}")
}

/// What is sent along.
pub(super) fn sent(token: &str, own: &str) -> String {
    if own.is_empty() { token.to_owned() } else { format!("{token} {own}") }
}

/// Whether this came back from what was sent with `token`.
pub(super) fn is_of(metadata: &str, token: &str) -> bool {
    metadata.split_whitespace().next() == Some(token)
}

/// The person's own part of what came back; all of it where it was not sent from here.
pub(super) fn own(metadata: &str) -> &str {
    if !metadata.starts_with(OURS) {
        return metadata;
    }
    metadata.split_once(' ').map_or("", |(_, own)| own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_parts_come_back() {
        let ours = token("abc", 7);
        for text in ["", "order 4711", "  two\nlines ", "proofdesk-x is what they say"] {
            let metadata = sent(&ours, text);
            assert!(is_of(&metadata, &ours), "{metadata}");
            assert_eq!(own(&metadata), text);
        }
        assert_eq!(own("order 4711"), "order 4711", "of another program");
        assert!(!is_of(&sent(&token("abc", 71), ""), &ours) && !is_of("", &ours));
    }
}
