//! What a value means: a day, an amount, a number, and how it is written so that everybody reads the same.

use super::dates::Day;
use super::{amounts, dates};
use serde::{Deserialize, Serialize};

/// What the values of a label are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Meaning {
    /// Anything.
    #[default]
    Text,
    /// A day.
    Date,
    /// Money.
    Amount,
    /// A figure that is no money.
    Number,
}

/// What comes first in a date of digits alone: `03/04/2018`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DayOrder {
    /// The day, as in most of the world.
    #[default]
    DayFirst,
    /// The month, as in the United States.
    MonthFirst,
}

/// What parts the decimals of a figure: `1.234` is one and a bit, or more than a thousand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Decimals {
    /// Whichever sign stands last; three digits behind the only sign are thousands.
    #[default]
    AsTheyLook,
    /// A point, as in English.
    Point,
    /// A comma, as in most of Europe.
    Comma,
}

/// How the values of a label are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Writing {
    /// Dates of digits alone.
    pub order: DayOrder,
    /// Figures.
    pub decimals: Decimals,
}

/// What a text says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// A day.
    Day(Day),
    /// A day of a year that is not said: its month and its day, from 1.
    DayOfYear(u8, u8),
    /// A figure; money in units of its currency.
    Figure(f64),
}

impl Value {
    /// Reads `text` as what it means; `None` where it is no such thing, or means anything.
    pub fn read(text: &str, meaning: Meaning, writing: Writing) -> Option<Self> {
        let text = text.trim();
        match meaning {
            Meaning::Text => None,
            Meaning::Date if dates::is_date(without_time(text)) => {
                day(without_time(text), writing.order).map(Self::Day)
            }
            Meaning::Date => day_of_year(text, writing.order),
            Meaning::Amount | Meaning::Number => {
                let found = amounts::whole(text)?;
                figure(&text[found.start..found.end], text, writing.decimals).map(Self::Figure)
            }
        }
    }

    /// As everybody reads it: `2018-04-03`, `1234.50`; without its year, a day is `--04-03` (RFC 6350, 4.3.1).
    pub fn normal(self, meaning: Meaning) -> String {
        match self {
            Self::Day(Day { year, month, of_month }) => format!("{year:04}-{month:02}-{of_month:02}"),
            Self::DayOfYear(month, of_month) => format!("--{month:02}-{of_month:02}"),
            Self::Figure(figure) if meaning == Meaning::Amount => format!("{figure:.2}"),
            Self::Figure(figure) => format!("{figure}"),
        }
    }
}

/// A date without the time of day that stands behind it: `09/01/2019 8:01:11 PM`.
fn without_time(text: &str) -> &str {
    let Some(found) = dates::find(text).first().copied().filter(|found| found.start == 0) else { return text };
    let rest = text[found.end..].trim_start_matches([' ', ',']).to_uppercase();
    let rest = rest.trim_end_matches("UHR").trim_end_matches("AM").trim_end_matches("PM").trim_end();
    let parts: Vec<&str> = rest.split(':').collect();
    let is_number = |part: &&str| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    if (2..=3).contains(&parts.len()) && parts.iter().all(is_number) { &text[..found.end] } else { text }
}

/// The day that `text` means where a date of digits alone is written in `order`. A day that does not exist is none.
fn day(text: &str, order: DayOrder) -> Option<Day> {
    let days = dates::days(text);
    let first = text.split(|c: char| !c.is_ascii_digit()).find_map(|digits| digits.parse::<u8>().ok());
    let is_ordered = |day: &&Day| match order {
        DayOrder::DayFirst => Some(day.of_month) == first,
        DayOrder::MonthFirst => Some(day.month) == first,
    };
    let day = days.iter().find(is_ordered).or(days.first()).copied()?;
    let exists = chrono::NaiveDate::from_ymd_opt(day.year.into(), day.month.into(), day.of_month.into()).is_some();
    exists.then_some(day)
}

/// The day that `31.12.` or `12/31` means, whatever the year.
fn day_of_year(text: &str, order: DayOrder) -> Option<Value> {
    let (first, second) = parts_without_year(text)?;
    let is_day = |month: u8, of_month: u8| {
        // A leap year has every day that there is.
        chrono::NaiveDate::from_ymd_opt(2000, month.into(), of_month.into()).map(|_| Value::DayOfYear(month, of_month))
    };
    let (day_first, month_first) = (is_day(second, first), is_day(first, second));
    match order {
        DayOrder::DayFirst => day_first.or(month_first),
        DayOrder::MonthFirst if text.contains('.') => day_first,
        DayOrder::MonthFirst => month_first.or(day_first),
    }
}

/// The two numbers of `31.12.` or `12/31`. `31.12` is an amount.
fn parts_without_year(text: &str) -> Option<(u8, u8)> {
    let text = text.trim();
    let (first, second) = match text.strip_suffix('.') {
        Some(text) => text.split_once('.')?,
        None => text.split_once('/')?,
    };
    let number = |part: &str| {
        let part = part.trim();
        let is_short = matches!(part.len(), 1 | 2) && part.bytes().all(|b| b.is_ascii_digit());
        is_short.then(|| part.parse().ok()).flatten()
    };
    Some((number(first)?, number(second)?))
}

/// How much the figure of a text is. The last sign among its digits parts the decimals. Where it is the only one and three
/// digits follow it, it parts them where figures are written so, and thousands otherwise.
fn figure(figure: &str, whole: &str, decimals: Decimals) -> Option<f64> {
    let letters: Vec<char> = figure.chars().filter(|c| c.is_ascii_digit() || ".,'".contains(*c)).collect();
    let last = letters.iter().rposition(|c| !c.is_ascii_digit());
    let sign = match decimals {
        Decimals::AsTheyLook => None,
        Decimals::Point => Some('.'),
        Decimals::Comma => Some(','),
    };
    let decimals = last.filter(|at| {
        let behind = letters.len() - at - 1;
        let is_alone = letters.iter().filter(|c| !c.is_ascii_digit()).count() == 1;
        let is_mixed = letters[..*at].iter().any(|c| !c.is_ascii_digit() && *c != letters[*at]);
        let parts = is_mixed || (is_alone && (letters[0] == '0' || sign == Some(letters[*at])));
        letters[*at] != '\'' && (behind != 3 || parts) && behind > 0
    });
    let mut digits = String::new();
    for (at, letter) in letters.iter().enumerate() {
        match letter {
            digit if digit.is_ascii_digit() => digits.push(*digit),
            _ if Some(at) == decimals => digits.push('.'),
            _ => {}
        }
    }
    let value: f64 = digits.parse().ok()?;
    let is_negative = figure.starts_with(['-', '(', '−']) || whole.ends_with('-');
    Some(if is_negative { -value } else { value })
}

/// What the values of a label are, by what was seen of them: at least two in three, of three or more, read alike.
pub fn meaning_of<'a>(texts: impl Iterator<Item = &'a str>) -> Meaning {
    let (mut all, mut days, mut money, mut figures) = (0, 0, 0, 0);
    for text in texts.map(str::trim).filter(|text| !text.is_empty()) {
        all += 1;
        let figure = amounts::whole(text);
        days += usize::from(dates::is_date(without_time(text)) || parts_without_year(text).is_some());
        money += usize::from(figure.is_some_and(|found| found.money));
        figures += usize::from(figure.is_some());
    }
    let most = |count: usize| all >= 3 && count * 3 >= all * 2;
    match () {
        () if most(days) => Meaning::Date,
        () if most(money) => Meaning::Amount,
        // Numbers of invoices are figures too: what is no money is left as it is written.
        () if most(figures) && money * 2 >= all => Meaning::Amount,
        () => Meaning::Text,
    }
}

/// How figures of a label are written, by those that can be read in one way only.
pub fn decimals_of<'a>(texts: impl Iterator<Item = &'a str>) -> Decimals {
    let (mut points, mut commas) = (0, 0);
    for text in texts.map(str::trim) {
        let Some(found) = amounts::whole(text) else { continue };
        let figure = &text[found.start..found.end];
        let Some((before, behind)) = figure.rsplit_once(['.', ',']) else { continue };
        let is_point = figure[before.len()..].starts_with('.');
        if behind.len() != 3 || before.contains(if is_point { ',' } else { '.' }) {
            if is_point { points += 1 } else { commas += 1 }
        }
    }
    match (points, commas) {
        (points, commas) if points > commas => Decimals::Point,
        (points, commas) if commas > points => Decimals::Comma,
        _ => Decimals::AsTheyLook,
    }
}

/// How dates of a label are written, by those that can be read in one way only.
pub fn order_of<'a>(texts: impl Iterator<Item = &'a str>) -> DayOrder {
    let (mut day_first, mut month_first) = (0, 0);
    let is_digits = |text: &&str| !text.contains(char::is_alphabetic);
    let is_day = |text: &&str| dates::is_date(text) || parts_without_year(text).is_some();
    for text in texts.map(str::trim).filter(|text| is_digits(text) && is_day(text)) {
        let numbers: Vec<u32> =
            text.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse().ok()).collect();
        match numbers[..] {
            [first, _, _] | [first, _] if first > 12 && first < 32 => day_first += 1,
            [first, second, _] | [first, second] if first <= 12 && second > 12 => month_first += 1,
            // Points stand between day and month where the day comes first.
            [_, _, _] | [_, _] if text.contains('.') => day_first += 1,
            _ => {}
        }
    }
    if month_first > day_first { DayOrder::MonthFirst } else { DayOrder::DayFirst }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal(text: &str, meaning: Meaning, order: DayOrder) -> Option<String> {
        let writing = Writing { order, ..Writing::default() };
        Value::read(text, meaning, writing).map(|value| value.normal(meaning))
    }

    #[test]
    fn three_digits_are_decimals_or_thousands_as_the_label_writes_them() {
        use Decimals::{AsTheyLook, Comma, Point};
        for (text, decimals, figure) in [
            ("1.234", AsTheyLook, "1234"),
            ("1.234", Point, "1.234"),
            ("1.234", Comma, "1234"),
            ("1,234", Comma, "1.234"),
            ("1,234", Point, "1234"),
            ("1,234.50", Comma, "1234.5"),
            ("12.50", Comma, "12.5"),
            ("1.234.567", Point, "1234567"),
        ] {
            let writing = Writing { decimals, ..Writing::default() };
            let read = Value::read(text, Meaning::Number, writing).map(|value| value.normal(Meaning::Number));
            assert_eq!(read.as_deref(), Some(figure), "{text} {decimals:?}");
        }
        assert_eq!(decimals_of(["1,5", "2.345,00 €", "1.234"].into_iter()), Comma);
        assert_eq!(decimals_of(["$1,234.50", "12.00"].into_iter()), Point);
        assert_eq!(decimals_of(["1.234", "no figure"].into_iter()), AsTheyLook);
    }

    #[test]
    fn days_are_read_in_the_order_of_their_label() {
        use DayOrder::{DayFirst, MonthFirst};
        for (text, order, day) in [
            ("03/04/2018", DayFirst, Some("2018-04-03")),
            ("03/04/2018", MonthFirst, Some("2018-03-04")),
            ("12/31/2018", DayFirst, Some("2018-12-31")),
            ("31.12.18", MonthFirst, Some("2018-12-31")),
            ("25. April 2018", MonthFirst, Some("2018-04-25")),
            ("2018-04-03", MonthFirst, Some("2018-04-03")),
            ("31.02.2018", DayFirst, None),
            ("soon", DayFirst, None),
            ("Date: 03/04/2018", DayFirst, None),
            ("31.12.", MonthFirst, Some("--12-31")),
            ("3/4", DayFirst, Some("--04-03")),
            ("3/4", MonthFirst, Some("--03-04")),
            ("12/31", DayFirst, Some("--12-31")),
            ("31.12", DayFirst, None),
            ("32/31", DayFirst, None),
        ] {
            assert_eq!(normal(text, Meaning::Date, order).as_deref(), day, "{text}");
        }
    }

    #[test]
    fn amounts_are_read_with_a_point_or_a_comma() {
        for (text, amount) in [
            ("1.234,50 €", Some("1234.50")),
            ("$1,234.50", Some("1234.50")),
            ("1'234.50", Some("1234.50")),
            ("200,000", Some("200000.00")),
            ("1,269.12-", Some("-1269.12")),
            ("(12.00)", Some("-12.00")),
            ("0.025", Some("0.03")),
            ("12 boxes", None),
            ("", None),
        ] {
            assert_eq!(normal(text, Meaning::Amount, DayOrder::DayFirst).as_deref(), amount, "{text}");
        }
        assert_eq!(normal("0.025", Meaning::Number, DayOrder::DayFirst).as_deref(), Some("0.025"));
        assert_eq!(normal("1.234.567", Meaning::Number, DayOrder::DayFirst).as_deref(), Some("1234567"));
    }

    #[test]
    fn a_label_is_known_by_its_values() {
        assert_eq!(meaning_of(["1.2.2019", "3/4/19", "?"].into_iter()), Meaning::Date);
        assert_eq!(meaning_of(["RM 1.00", "2,50", "3"].into_iter()), Meaning::Amount);
        assert_eq!(meaning_of(["1001", "1002", "1003"].into_iter()), Meaning::Text, "numbers of invoices");
        assert_eq!(meaning_of(["1.2.2019"].into_iter()), Meaning::Text, "too few to say");
        assert_eq!(order_of(["01/02/2019", "01/31/2019"].into_iter()), DayOrder::MonthFirst);
        assert_eq!(order_of(["01/02/2019", "28/02/2019"].into_iter()), DayOrder::DayFirst);
        assert_eq!(order_of(["1/2", "1/31"].into_iter()), DayOrder::MonthFirst);
        let timed = ["09/01/2019 8:01:11 PM", "1.2.2019, 14:05", "3/4/19 9:30 Uhr"];
        assert_eq!(meaning_of(timed.into_iter()), Meaning::Date);
        let read = |text| Value::read(text, Meaning::Date, Writing::default()).map(|v| v.normal(Meaning::Date));
        assert_eq!(read(timed[0]).as_deref(), Some("2019-01-09"));
        assert_eq!((read("09/01/2019 8:01:11:7"), read("09/01/2019 to 10/01/2019")), (None, None));
        assert_eq!(meaning_of(["31.12.", "1.1.", "?"].into_iter()), Meaning::Date);
    }
}
