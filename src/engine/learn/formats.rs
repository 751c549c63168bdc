//! How a user writes days and amounts where the page prints them in another way: learnt from pairs of what is printed
//! and what was annotated, printed format by printed format.

use super::candidates::Kind;
use crate::document::{amounts, dates};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// So many pairs that all say one format make it the format of everything.
const ALWAYS: u32 = 3;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The formats of a label's values.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Formats {
    /// A printed format, the one it is written in, and how many pairs say so.
    pairs: Vec<(String, String, u32)>,
    /// How many printed days name the day before the month for sure, and how many the month first.
    day_first: u32,
    month_first: u32,
}

impl Formats {
    /// Learns from pairs of what is printed and what was annotated.
    pub(super) fn of(kind: Kind, pairs: &[(String, &str)]) -> Self {
        let mut formats = Self::default();
        let mut counts: BTreeMap<(String, String), u32> = BTreeMap::new();
        for (printed, _) in pairs.iter().filter(|_| kind == Kind::Date) {
            if let Some([first, second]) = first_numbers(printed).filter(|_| dates::days(printed).len() == 1) {
                formats.day_first += u32::from(first > 12 && second <= 12);
                formats.month_first += u32::from(second > 12 && first <= 12);
            }
        }
        for (printed, said) in pairs {
            let format = match kind {
                Kind::Date => dates::days(said)
                    .into_iter()
                    .find(|day| dates::days(printed).contains(day))
                    .and_then(|day| Some((day_format(printed, day)?, day_format(said.trim(), day)?))),
                Kind::Amount | Kind::Number => amount_format(printed, None)
                    .and_then(|from| Some((from, amount_format(said.trim(), Some(printed))?))),
                _ => None,
            };
            if let Some(pair) = format {
                *counts.entry(pair).or_default() += 1;
            }
        }
        formats.pairs = counts.into_iter().map(|((from, to), count)| (from, to, count)).collect();
        formats
    }

    /// `printed` as this user writes it; `None` where that is not known or no different.
    pub(super) fn said(&self, kind: Kind, printed: &str) -> Option<String> {
        match kind {
            Kind::Date => {
                let days = dates::days(printed);
                let day = match days[..] {
                    [day] => day,
                    [_, _] => self.day_of(printed, &days)?,
                    _ => return None,
                };
                let from = day_format(printed, day)?;
                self.format_for(&from).filter(|to| *to != from).map(|to| day_text(day, to))
            }
            Kind::Amount | Kind::Number => {
                let from = amount_format(printed, None)?;
                let to = self.format_for(&from).filter(|to| *to != from)?;
                Some(amount_text(amounts::hundredths(printed)?, to))
            }
            _ => None,
        }
    }

    /// The day that is meant where day and month could change places: as this user's documents print them.
    fn day_of(&self, printed: &str, days: &[dates::Day]) -> Option<dates::Day> {
        let [first, _] = first_numbers(printed)?;
        let day_first = match self.day_first.cmp(&self.month_first) {
            std::cmp::Ordering::Greater => true,
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Equal => return None,
        };
        let is = |day: &&dates::Day| u32::from(if day_first { day.of_month } else { day.month }) == first;
        days.iter().find(is).copied()
    }

    /// The format that what is printed in `from` is written in.
    fn format_for(&self, from: &str) -> Option<&str> {
        let own = self.pairs.iter().filter(|(printed, _, _)| printed == from);
        let most = own.max_by_key(|(_, _, count)| *count).map(|(_, to, _)| to.as_str());
        most.or_else(|| {
            let (_, to, _) = self.pairs.first()?;
            let all: u32 = self.pairs.iter().map(|(_, _, count)| count).sum();
            // One format for several printed ones: it is the user's own, not the page's.
            let one = self.pairs.len() > 1 && self.pairs.iter().all(|(_, other, _)| other == to);
            (one && all >= ALWAYS).then_some(to.as_str())
        })
    }
}

/// The first two numbers of a date that has no month's name and does not begin with the year.
fn first_numbers(text: &str) -> Option<[u32; 2]> {
    let text = text.trim();
    if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        let year_last = dates::days(text).iter().all(|day| text.ends_with(&day.year.to_string()));
        return year_last.then(|| Some([text[..2].parse().ok()?, text[2..4].parse().ok()?])).flatten();
    }
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty());
    let (first, second) = (numbers.next()?, numbers.next()?);
    let short = first.len() <= 2 && second.len() <= 2 && !text.contains(char::is_alphabetic);
    short.then(|| Some([first.parse().ok()?, second.parse().ok()?])).flatten()
}

/// The format of a text that means `day`: `D`, `DD`, `M`, `MM`, `YY`, `YYYY`, a month's name as `MMM` or `MMMM` (`mmm`
/// and `Mmm` in other cases), all else in quotes of its own.
fn day_format(text: &str, day: dates::Day) -> Option<String> {
    let mut format = String::new();
    let mut left = vec!['Y', 'M', 'D'];
    let named = text.contains(char::is_alphabetic);
    for part in parts(text) {
        let first = part.chars().next()?;
        if first.is_ascii_digit() && part.len() == 8 {
            left.clear();
            format.push_str(compact_format(part, day)?);
        } else if first.is_ascii_digit() {
            let value: u32 = part.parse().ok()?;
            let is = |letter: char| match letter {
                'Y' => value == u32::from(day.year) || (part.len() == 2 && value == u32::from(day.year) % 100),
                'M' => !named && value == u32::from(day.month) && part.len() <= 2,
                _ => value == u32::from(day.of_month) && part.len() <= 2,
            };
            // Where a number may be several parts, the order of days is the usual one: the year stands last.
            let order: &[char] = if part.len() == 4 {
                &['Y']
            } else if left.len() == 3 {
                &['D', 'M', 'Y']
            } else {
                &['M', 'D', 'Y']
            };
            let letter = order.iter().copied().find(|letter| left.contains(letter) && is(*letter))?;
            left.retain(|other| *other != letter);
            format.extend(std::iter::repeat_n(letter, part.len()));
        } else if first.is_alphabetic() {
            let ordinal = matches!(part.to_lowercase().as_str(), "st" | "nd" | "rd" | "th");
            if ordinal || !left.contains(&'M') {
                return None;
            }
            left.retain(|other| *other != 'M');
            let long = part.chars().count() > 3;
            let upper = part.chars().all(char::is_uppercase);
            let lower = part.chars().all(char::is_lowercase);
            format.push_str(match (long, upper, lower) {
                (false, true, _) => "MMM",
                (false, _, true) => "mmm",
                (false, ..) => "Mmm",
                (true, true, _) => "MMMM",
                (true, _, true) => "mmmm",
                (true, ..) => "Mmmm",
            });
        } else {
            format.push_str(part);
        }
    }
    left.is_empty().then_some(format)
}

/// The format of eight digits that mean `day`.
fn compact_format(digits: &str, day: dates::Day) -> Option<&'static str> {
    ["YYYYMMDD", "DDMMYYYY", "MMDDYYYY"].into_iter().find(|format| day_text(day, format) == digits)
}

/// A day in a format.
fn day_text(day: dates::Day, format: &str) -> String {
    let name = MONTHS[usize::from(day.month.clamp(1, 12)) - 1];
    let written = |part: &str| match part {
        "D" => day.of_month.to_string(),
        "DD" => format!("{:02}", day.of_month),
        "M" => day.month.to_string(),
        "MM" => format!("{:02}", day.month),
        "YY" => format!("{:02}", day.year % 100),
        "YYYY" => day.year.to_string(),
        "MMM" => name[..3].to_uppercase(),
        "Mmm" => name[..3].to_owned(),
        "mmm" => name[..3].to_lowercase(),
        "MMMM" => name.to_uppercase(),
        "Mmmm" => name.to_owned(),
        "mmmm" => name.to_lowercase(),
        other => other.to_owned(),
    };
    parts(format).into_iter().flat_map(runs).map(written).collect()
}

/// A text in runs of digits, runs of letters and what is between.
fn parts(text: &str) -> Vec<&str> {
    let class = |c: char| if c.is_ascii_digit() { 0 } else { 1 + u8::from(c.is_alphabetic()) };
    split(text, |a, b| class(a) == class(b))
}

/// Letters in runs of one letter, whatever its case.
fn runs(text: &str) -> Vec<&str> {
    split(text, |a, b| a.eq_ignore_ascii_case(&b))
}

fn split(text: &str, together: impl Fn(char, char) -> bool) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut from = 0;
    for ((_, a), (at, b)) in text.char_indices().zip(text.char_indices().skip(1)) {
        if !together(a, b) {
            parts.push(&text[from..at]);
            from = at;
        }
    }
    parts.push(&text[from..]);
    parts
}

/// The format of an amount: what stands before it, its sign of thousands, its decimal sign, its decimals and what stands
/// behind it. `-` decimals are those without zeros at their end, which shows only beside what is `printed`.
fn amount_format(text: &str, printed: Option<&str>) -> Option<String> {
    let found = *amounts::find(text).first()?;
    let figure = text[found.start..found.end].trim_start_matches(['-', '(', '−']);
    let (digits, decimals) = decimals(figure);
    let point = if decimals > 0 { figure.chars().rev().find(|c| !c.is_ascii_digit())? } else { '_' };
    let group = figure.chars().find(|c| !c.is_ascii_digit()).filter(|c| *c != point || digits > 1).unwrap_or('_');
    let group = if digits > 0 && group != point { group } else { '_' };
    let printed = printed.and_then(|printed| {
        let found = *amounts::find(printed).first()?;
        Some(self::decimals(&printed[found.start..found.end]).1)
    });
    let shown = if printed.is_some_and(|printed| decimals < printed) { "-".to_owned() } else { decimals.to_string() };
    let point = if shown == "-" && point == '_' { '.' } else { point };
    Some(format!("{}|{group}{point}{shown}|{}", &text[..found.start], &text[found.end..]))
}

/// How many signs stand in a figure before its decimals, and how many decimals it has.
fn decimals(figure: &str) -> (usize, usize) {
    let signs = figure.chars().filter(|c| !c.is_ascii_digit()).count();
    let behind = figure.chars().rev().take_while(char::is_ascii_digit).count();
    if signs > 0 && matches!(behind, 1 | 2) { (signs - 1, behind) } else { (signs, 0) }
}

/// An amount in a format.
fn amount_text(hundredths: i64, format: &str) -> String {
    let mut parts = format.splitn(3, '|');
    let (before, style, after) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    let mut style = style.chars();
    let (group, point) = (style.next().unwrap_or('_'), style.next().unwrap_or('.'));
    let shown: String = style.collect();
    let value = hundredths.unsigned_abs();
    let whole = (value / 100).to_string();
    let mut text = if hundredths < 0 { "-".to_owned() } else { String::new() };
    for (n, digit) in whole.chars().enumerate() {
        if n > 0 && (whole.len() - n).is_multiple_of(3) && group != '_' {
            text.push(group);
        }
        text.push(digit);
    }
    let cents = format!("{:02}", value % 100);
    let cents = match shown.as_str() {
        "0" => "",
        "1" => &cents[..1],
        "-" => cents.trim_end_matches('0'),
        _ => &cents,
    };
    if !cents.is_empty() {
        text.push(point);
        text.push_str(cents);
    }
    format!("{before}{text}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formats(kind: Kind, pairs: &[(&str, &'static str)]) -> Formats {
        Formats::of(kind, &pairs.iter().map(|(printed, said)| ((*printed).to_owned(), *said)).collect::<Vec<_>>())
    }

    #[test]
    fn days_are_said_as_this_layouts_documents_say_them() {
        let formats = formats(Kind::Date, &[("27/03/2018", "27 MAR 2018"), ("2018-04-30", "30.04.18")]);
        assert_eq!(formats.said(Kind::Date, "14/12/2019").as_deref(), Some("14 DEC 2019"));
        assert_eq!(formats.said(Kind::Date, "2019-12-14").as_deref(), Some("14.12.19"));
        assert_eq!(formats.said(Kind::Date, "14 Dec 2019"), None);
    }

    #[test]
    fn a_day_that_may_be_two_is_the_one_that_the_others_show() {
        let european = formats(Kind::Date, &[("27/03/2018", "20180327")]);
        assert_eq!(european.said(Kind::Date, "04/03/2018").as_deref(), Some("20180304"));
        assert_eq!(european.said(Kind::Date, "04032018").as_deref(), None, "a format that nobody wrote yet");
        let american = formats(Kind::Date, &[("03/27/2018", "20180327")]);
        assert_eq!(american.said(Kind::Date, "04/03/2018").as_deref(), Some("20180403"));
    }

    #[test]
    fn one_format_for_all_is_used_for_new_ones_too() {
        let pairs = [("27/03/2018", "2018-03-27"), ("28 Apr 2018", "2018-04-28"), ("29.05.2018", "2018-05-29")];
        assert_eq!(formats(Kind::Date, &pairs).said(Kind::Date, "December 24, 2019").as_deref(), Some("2019-12-24"));
    }

    #[test]
    fn what_is_said_as_printed_stays() {
        let formats = formats(Kind::Date, &[("27/03/2018", "27/03/2018"), ("28/03/2018", "28/03/2018")]);
        assert_eq!(formats.said(Kind::Date, "01/02/2018"), None);
        assert_eq!(Formats::default().said(Kind::Date, "01/02/2018"), None);
    }

    #[test]
    fn amounts_are_said_as_the_others_are() {
        let plain = formats(Kind::Amount, &[("1.252,00", "1252.00"), ("0,50", "0.50")]);
        assert_eq!(plain.said(Kind::Amount, "3.400,20").as_deref(), Some("3400.20"));
        let short = formats(Kind::Amount, &[("252,10", "252.1"), ("300,00", "300")]);
        assert_eq!(short.said(Kind::Amount, "47,90").as_deref(), Some("47.9"));
        let same = formats(Kind::Amount, &[("$12,405.00", "$12,405.00")]);
        assert_eq!(same.said(Kind::Amount, "$1,000.00"), None);
    }

    #[test]
    fn formats_of_days_are_told_and_written() {
        for text in [
            "27/03/2018",
            "3/27/18",
            "27 Mar 2018",
            "March 27, 2018",
            "20180327",
            "27032018",
            "2018-03-27",
            "27-MAR-18",
        ] {
            let day = dates::days(text).into_iter().find(|day| day.of_month == 27).unwrap();
            assert_eq!(day_text(day, &day_format(text, day).unwrap()), text);
        }
    }
}
