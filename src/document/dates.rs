//! Days in texts: where one stands, which day it may be, and how it is written.

/// A day, as far as the text tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Day {
    /// Of the common era.
    pub year: u16,
    /// From 1.
    pub month: u8,
    /// From 1.
    pub of_month: u8,
}

impl Day {
    fn new(year: u32, month: u32, day: u32) -> Option<Self> {
        let year = if year < 100 { year + 2000 } else { year };
        ((1900..2100).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day)).then_some(Self {
            year: year as u16,
            month: month as u8,
            of_month: day as u8,
        })
    }
}

/// A date that was found: the bytes it covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

/// All dates of a text, from left to right; they do not overlap.
pub fn find(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        if let Some(end) = starts_at(text, at).then(|| date_at(text, at)).flatten() {
            found.push(Found { start: at, end });
            at = end;
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    found
}

/// Whether the whole text is a date.
pub fn is_date(text: &str) -> bool {
    let text = text.trim();
    find(text).first().is_some_and(|found| found.start == 0 && found.end == text.len())
}

/// The days that the first date of a text may mean: two where day and month cannot be told apart.
pub fn days(text: &str) -> Vec<Day> {
    let Some(Found { start, end }) = find(text).first().copied() else { return Vec::new() };
    let text = &text[start..end];
    let numbers: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty()).collect();
    let value = |n: usize| numbers.get(n).and_then(|n| n.parse::<u32>().ok()).unwrap_or(0);
    let month = text.split(|c: char| !c.is_alphabetic()).find_map(month_of);
    let mut days: Vec<Day> = match (month, numbers.len()) {
        (Some(month), 2..) => Day::new(value(1), month, value(0)).into_iter().collect(),
        (None, 3) if numbers[0].len() == 4 => Day::new(value(0), value(1), value(2)).into_iter().collect(),
        (None, 3) => [Day::new(value(2), value(0), value(1)), Day::new(value(2), value(1), value(0))]
            .into_iter()
            .flatten()
            .collect(),
        (None, 1) => {
            let n = value(0);
            let (first, second, year) = (n / 1_000_000, n / 10_000 % 100, n % 10_000);
            match Day::new(n / 10_000, n / 100 % 100, n % 100) {
                Some(day) => vec![day],
                None => [Day::new(year, first, second), Day::new(year, second, first)].into_iter().flatten().collect(),
            }
        }
        _ => Vec::new(),
    };
    days.sort();
    days.dedup();
    days
}

/// Whether two texts may mean the same day.
pub fn same_day(a: &str, b: &str) -> bool {
    let other = days(b);
    days(a).iter().any(|day| other.contains(day))
}

/// A date may begin here: not within a number or a word.
fn starts_at(text: &str, at: usize) -> bool {
    let before = text[..at].chars().next_back();
    let here = text[at..].chars().next();
    match here {
        Some(c) if c.is_ascii_digit() => !before.is_some_and(|b| b.is_ascii_digit() || b == '/' || b == '.'),
        Some(c) if c.is_alphabetic() => !before.is_some_and(char::is_alphabetic),
        _ => false,
    }
}

/// The end of the date that begins at `at`.
fn date_at(text: &str, at: usize) -> Option<usize> {
    let mut cursor = Cursor { text, at };
    let end = if text[at..].starts_with(|c: char| c.is_ascii_digit()) {
        let digits = cursor.digits();
        match digits.len() {
            8 if compact(digits) => return Some(cursor.at),
            4 => year_first(cursor, digits),
            1 | 2 => day_first(cursor, digits),
            _ => None,
        }
    } else {
        month_first(cursor)
    }?;
    let mut rest = text[end..].chars();
    let goes_on = match (rest.next(), rest.next()) {
        (Some(c), _) if c.is_ascii_digit() => !glued_time(&text[end..]),
        (Some('.' | '/'), Some(next)) => next.is_ascii_digit(),
        _ => false,
    };
    (!goes_on).then_some(end)
}

/// `20180425`, or `25042018`, whose signs the reader lost.
fn compact(digits: &str) -> bool {
    let number: u32 = digits.parse().unwrap_or(0);
    let fits = |year: u32, month: u32, day: u32| (1990..2090).contains(&year) && Day::new(year, month, day).is_some();
    let (first, second, year) = (number / 1_000_000, number / 10_000 % 100, number % 10_000);
    fits(number / 10_000, number / 100 % 100, number % 100) || fits(year, first, second) || fits(year, second, first)
}

/// `2018-04-25`.
fn year_first(mut cursor: Cursor<'_>, year: &str) -> Option<usize> {
    let year: u32 = year.parse().ok()?;
    cursor.separator()?;
    let month: u32 = cursor.short_number(2)?;
    cursor.separator()?;
    let day: u32 = cursor.short_number(2)?;
    Day::new(year, month, day).filter(|_| year > 1900).map(|_| cursor.at)
}

/// `25.04.2018`, `4/25/18`, `25th April 2018`.
fn day_first(cursor: Cursor<'_>, first: &str) -> Option<usize> {
    let first: u32 = first.parse().ok()?;
    let mut numeric = cursor;
    if numeric.separator().is_some()
        && let Some(second) = numeric.short_number(2)
    {
        numeric.separator()?;
        let year = numeric.year(1)?;
        let fits = Day::new(year, second, first).is_some() || Day::new(year, first, second).is_some();
        return fits.then_some(numeric.at);
    }
    let mut named = cursor;
    named.ordinal();
    named.skip(" -/.,");
    let month = named.word().and_then(month_of)?;
    named.skip(" -/.,'’");
    let year = named.year(2)?;
    Day::new(year, month, first).map(|_| named.at)
}

/// `Apr 25, 2018`, `Feb15/20`.
fn month_first(mut cursor: Cursor<'_>) -> Option<usize> {
    let month = cursor.word().and_then(month_of)?;
    cursor.skip(" -/.");
    let day: u32 = cursor.short_number(2)?;
    cursor.ordinal();
    if cursor.skip(" ,-/.'’") == 0 {
        return None;
    }
    let year = cursor.year(2)?;
    Day::new(year, month, day).map(|_| cursor.at)
}

/// `16:34` right behind a year, without the space that the reader lost.
fn glued_time(rest: &str) -> bool {
    let bytes = rest.as_bytes();
    bytes.len() >= 5 && bytes[0].is_ascii_digit() && bytes[1].is_ascii_digit() && bytes[2] == b':'
}

/// A place in a text that moves on as parts are recognised.
#[derive(Clone, Copy)]
struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn take(&mut self, end: usize) -> &'a str {
        let taken = &self.text[self.at..end];
        self.at = end;
        taken
    }

    fn digits(&mut self) -> &'a str {
        let rest = &self.text[self.at..];
        self.take(self.at + rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()))
    }

    fn short_number(&mut self, most: usize) -> Option<u32> {
        let digits = self.digits();
        (1..=most).contains(&digits.len()).then(|| digits.parse().ok()).flatten()
    }

    /// A year of four digits or of two (or `fewest`: some forms cut the last digit off).
    fn year(&mut self, fewest: usize) -> Option<u32> {
        let start = self.at;
        let digits = self.digits();
        if digits.len() > 4 && (digits.starts_with("20") || digits.starts_with("19")) {
            self.at = start + 4;
            return digits[..4].parse().ok();
        }
        let good = digits.len() == 4 || (fewest..=2).contains(&digits.len());
        good.then(|| digits.parse().ok()).flatten()
    }

    fn separator(&mut self) -> Option<()> {
        self.skip_once(' ');
        let separates = self.text[self.at..].starts_with(['/', '.', '-', '–']);
        separates.then(|| {
            self.at += self.text[self.at..].chars().next().map_or(0, char::len_utf8);
            self.skip_once(' ');
        })
    }

    fn skip_once(&mut self, letter: char) {
        if self.text[self.at..].starts_with(letter) {
            self.at += letter.len_utf8();
        }
    }

    /// Skips any of `letters`; how many bytes.
    fn skip(&mut self, letters: &str) -> usize {
        let rest = &self.text[self.at..];
        let end = self.at + rest.find(|c: char| !letters.contains(c)).unwrap_or(rest.len());
        self.take(end).len()
    }

    fn ordinal(&mut self) {
        let lower = self.text[self.at..].get(..2).unwrap_or_default().to_lowercase();
        let follows = self.text[self.at..].get(2..).and_then(|rest| rest.chars().next());
        if matches!(lower.as_str(), "st" | "nd" | "rd" | "th") && !follows.is_some_and(char::is_alphabetic) {
            self.at += 2;
        }
    }

    fn word(&mut self) -> Option<&'a str> {
        let rest = &self.text[self.at..];
        let end = self.at + rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
        Some(self.take(end)).filter(|word| !word.is_empty())
    }
}

/// The number of a month by its name, in several languages, whole or cut to three letters or more.
fn month_of(word: &str) -> Option<u32> {
    const NAMES: [&[&str]; 12] = [
        &["january", "januar", "januari", "janvier", "enero", "gennaio", "janeiro"],
        &["february", "februar", "februari", "février", "fevrier", "febrero", "febbraio", "fevereiro"],
        &["march", "märz", "maerz", "maart", "mars", "marzo", "março", "mac", "mrz"],
        &["april", "avril", "abril", "aprile"],
        &["may", "mai", "mei", "mayo", "maggio", "maio"],
        &["june", "juni", "juin", "junio", "giugno", "junho", "jun"],
        &["july", "juli", "juillet", "julio", "luglio", "julho", "julai", "jul"],
        &["august", "augustus", "août", "aout", "agosto", "ogos"],
        &["september", "septembre", "septiembre", "settembre", "setembro"],
        &["october", "oktober", "octobre", "octubre", "ottobre", "outubro"],
        &["november", "novembre", "noviembre", "novembro"],
        &["december", "dezember", "décembre", "decembre", "diciembre", "dicembre", "dezembro", "disember"],
    ];
    let lower = word.to_lowercase();
    let long_enough = lower.chars().count() >= 3;
    let named = |names: &[&str]| names.iter().any(|name| name.starts_with(&lower));
    NAMES.iter().position(|names| long_enough && named(names)).map(|n| n as u32 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        find(text).iter().map(|f| &text[f.start..f.end]).collect()
    }

    #[test]
    fn dates_are_found_in_many_formats() {
        for (text, dates) in [
            ("Date: 09/01/2019 8:01:11 PM", vec!["09/01/2019"]),
            ("04/24/20-04/30/20", vec!["04/24/20", "04/30/20"]),
            ("1/27/2020 - 2/23/2020", vec!["1/27/2020", "2/23/2020"]),
            ("27 MAR 2018", vec!["27 MAR 2018"]),
            ("12-Jan-18,", vec!["12-Jan-18"]),
            ("Feb15/20 to Feb21/20", vec!["Feb15/20", "Feb21/20"]),
            ("August 3rd, 2014", vec!["August 3rd, 2014"]),
            ("18. April 2014", vec!["18. April 2014"]),
            ("on 20180425.", vec!["20180425"]),
            ("2018-12-31", vec!["2018-12-31"]),
            ("20180428/191204", vec!["20180428"]),
            ("Tax Invoice 27032018", vec!["27032018"]),
            ("No 48291234", vec![]),
            ("27/03/201816:34", vec!["27/03/2018"]),
            ("1.2.3.4", vec![]),
            ("99/99/2018", vec![]),
            ("Tel 03-9171 2188", vec![]),
            ("März", vec![]),
        ] {
            assert_eq!(texts(text), dates, "{text}");
        }
    }

    #[test]
    fn one_day_written_in_two_ways_is_the_same() {
        assert!(same_day("27 MAR 2018", "27/03/2018"));
        assert!(same_day("2018-03-27", "27.3.18"));
        assert!(same_day("20180327", "27-Mar-2018"));
        assert!(same_day("27032018", "27/03/2018"));
        assert!(!same_day("27/03/2018", "28/03/2018"));
        assert!(!same_day("no date", "no date"));
    }

    #[test]
    fn a_day_that_may_be_two_is_both() {
        assert_eq!(days("03/04/2018").len(), 2);
        assert_eq!(days("27/03/2018").len(), 1);
    }
}
