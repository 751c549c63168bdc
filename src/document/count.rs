//! How counts are written.

/// A count as people write it: a space between thousands, as in 12 500 (ISO 80000-1), that no line breaks at.
pub fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) && digits.len() > 4 {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// So many of them: `1 document`, `12 documents`. For words that take an `s`.
pub fn counted(count: usize, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{} {one}s", grouped(count)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_parted_where_there_are_many() {
        let written = [0, 999, 1000, 12_500, 1_234_567].map(grouped);
        assert_eq!(written, ["0", "999", "1000", "12\u{202f}500", "1\u{202f}234\u{202f}567"]);
    }

    #[test]
    fn one_is_one_and_all_others_are_many() {
        let written = [0, 1, 2, 12_500].map(|count| counted(count, "document"));
        assert_eq!(written, ["0 documents", "1 document", "2 documents", "12\u{202f}500 documents"]);
    }
}
