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

/// What a text says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// A day.
    Day(Day),
    /// A figure; money in units of its currency.
    Figure(f64),
}

impl Value {
    /// Reads `text` as what it means; `None` where it is no such thing, or means anything.
    pub fn read(text: &str, meaning: Meaning, order: DayOrder) -> Option<Self> {
        let text = text.trim();
        match meaning {
            Meaning::Text => None,
            Meaning::Date => dates::is_date(text).then(|| day(text, order)).flatten().map(Self::Day),
            Meaning::Amount | Meaning::Number => {
                let found = amounts::whole(text)?;
                figure(&text[found.start..found.end], text).map(Self::Figure)
            }
        }
    }

    /// As everybody reads it: `2018-04-03`, `1234.50`.
    pub fn normal(self, meaning: Meaning) -> String {
        match self {
            Self::Day(Day { year, month, of_month }) => format!("{year:04}-{month:02}-{of_month:02}"),
            Self::Figure(figure) if meaning == Meaning::Amount => format!("{figure:.2}"),
            Self::Figure(figure) => format!("{figure}"),
        }
    }
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

/// How much the figure of a text is. The last sign among its digits parts the decimals, unless three digits follow it
/// and it is the only kind: then it parts thousands.
fn figure(figure: &str, whole: &str) -> Option<f64> {
    let letters: Vec<char> = figure.chars().filter(|c| c.is_ascii_digit() || ".,'".contains(*c)).collect();
    let last = letters.iter().rposition(|c| !c.is_ascii_digit());
    let decimals = last.filter(|at| {
        let behind = letters.len() - at - 1;
        let is_alone = letters.iter().filter(|c| !c.is_ascii_digit()).count() == 1;
        let is_mixed = letters[..*at].iter().any(|c| !c.is_ascii_digit() && *c != letters[*at]);
        letters[*at] != '\'' && (behind != 3 || is_mixed || (is_alone && letters[0] == '0')) && behind > 0
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
        days += usize::from(dates::is_date(text));
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

/// How dates of a label are written, by those that can be read in one way only.
pub fn order_of<'a>(texts: impl Iterator<Item = &'a str>) -> DayOrder {
    let (mut day_first, mut month_first) = (0, 0);
    for text in texts.map(str::trim).filter(|text| dates::is_date(text) && !text.contains(char::is_alphabetic)) {
        let numbers: Vec<u32> =
            text.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse().ok()).collect();
        match numbers[..] {
            [first, _, _] if first > 12 && first < 32 => day_first += 1,
            [first, second, _] if first <= 12 && second > 12 => month_first += 1,
            // Points stand between day and month where the day comes first.
            [_, _, _] if text.contains('.') => day_first += 1,
            _ => {}
        }
    }
    if month_first > day_first { DayOrder::MonthFirst } else { DayOrder::DayFirst }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal(text: &str, meaning: Meaning, order: DayOrder) -> Option<String> {
        Value::read(text, meaning, order).map(|value| value.normal(meaning))
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
    }
}
