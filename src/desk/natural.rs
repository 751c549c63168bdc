//! The order in which a person lists names: `page 2` before `page 10`, capitals beside small letters.

use std::cmp::Ordering;

/// Compares two names; equal only where they are the same.
pub(super) fn natural(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    while let (Some(l), Some(r)) = (left.chars().next(), right.chars().next()) {
        let order = if l.is_ascii_digit() && r.is_ascii_digit() {
            let (l_number, l_rest) = number(left);
            let (r_number, r_rest) = number(right);
            (left, right) = (l_rest, r_rest);
            // Without leading zeros the longer number is the larger one, however long both are.
            l_number.len().cmp(&r_number.len()).then_with(|| l_number.cmp(r_number))
        } else {
            (left, right) = (&left[l.len_utf8()..], &right[r.len_utf8()..]);
            l.to_lowercase().cmp(r.to_lowercase())
        };
        if order.is_ne() {
            return order;
        }
    }
    left.len().cmp(&right.len()).then_with(|| a.cmp(b))
}

/// The number at the start, without leading zeros, and what follows it.
fn number(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    (text[..end].trim_start_matches('0'), &text[end..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_count_and_capitals_do_not() {
        let mut names = ["page 10.png", "Page 2.png", "page 01.png", "cover.png", "page 1.png", "ä.png", "page.png"];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(names, ["cover.png", "page 01.png", "page 1.png", "Page 2.png", "page 10.png", "page.png", "ä.png"]);
    }

    proptest! {
        #[test]
        fn it_is_an_order(a in "[ab0-2B]{0,6}", b in "[ab0-2B]{0,6}", c in "[ab0-2B]{0,6}") {
            prop_assert_eq!(natural(&a, &b), natural(&b, &a).reverse());
            prop_assert_eq!(natural(&a, &b).is_eq(), a == b);
            if natural(&a, &b).is_le() && natural(&b, &c).is_le() {
                prop_assert!(natural(&a, &c).is_le());
            }
        }
    }
}
