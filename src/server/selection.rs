//! Which pages of a file are wanted.

use super::refusal::Refusal;

/// `pages_to_process`: pages and spans of pages, counted from 1. Nothing means all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Selection(Vec<(u32, u32)>);

impl Selection {
    /// Reads `1,2`, `2-4` and mixtures, in any order; a list in brackets too.
    pub(super) fn parse(text: &str) -> Result<Self, Refusal> {
        let parts = text.trim().trim_start_matches('[').trim_end_matches(']').split([',', ';']);
        let spans = parts.map(str::trim).filter(|part| !part.is_empty()).map(|part| {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let number = |digits: &str| digits.trim().trim_matches('"').parse::<u32>().ok().filter(|&n| n > 0);
            number(first).zip(number(last)).filter(|(first, last)| first <= last)
        });
        spans.collect::<Option<Vec<_>>>().map(Self).ok_or_else(|| {
            Refusal::bad_request("pages_to_process is not a list of pages", "Write pages counted from 1, as in 1,3-5")
        })
    }

    /// The numbers, from 0, of the wanted ones of `count` pages.
    pub(super) fn of(&self, count: usize) -> Vec<u32> {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        let wanted = |page: &u32| self.0.is_empty() || self.0.iter().any(|(a, b)| (a - 1..*b).contains(page));
        (0..count).filter(wanted).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_count_from_one_and_come_once_in_order() {
        let pages = |text: &str| Selection::parse(text).unwrap().of(5);
        assert_eq!(pages("1,2"), [0, 1]);
        assert_eq!(pages(" 4-9, 2 ,2"), [1, 3, 4]);
        assert_eq!(pages("[3]"), [2]);
        assert_eq!(pages(""), [0, 1, 2, 3, 4]);
        assert_eq!(pages("7"), [0; 0]);
        assert_eq!(pages("1-4294967295"), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn what_is_no_page_is_refused() {
        for bad in ["0", "-1", "a", "3-1", "1,,x", "1.5", "99999999999"] {
            assert_eq!(Selection::parse(bad).unwrap_err().status, 400, "{bad}");
        }
    }
}
