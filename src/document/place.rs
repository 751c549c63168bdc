//! Where a text that a person typed stands on a page.

use super::{PageRect, PageText, Word, amounts, dates};

/// A value is made of at most so many words.
const MOST_WORDS: usize = 40;
/// One letter of so many may be misread.
const LETTERS_A_SLIP: usize = 6;

impl PageText {
    /// Where `wanted` stands: its words may be misread a little, parted otherwise or over several lines, and an amount or a
    /// day may be written in another format. The places that fit best, in reading order; none where it is not there.
    pub fn places_of(&self, wanted: &str) -> Vec<PageRect> {
        let bare = bare(wanted);
        if bare.is_empty() {
            return Vec::new();
        }
        let words: Vec<(Vec<char>, &Word)> = self.words.iter().map(|word| (self::bare(&word.text), word)).collect();
        let slips = bare.len() / LETTERS_A_SLIP;
        let (mut best, mut places) = (slips, Vec::new());
        let mut note = |cost: usize, words: &[(Vec<char>, &Word)]| {
            if cost < best {
                places.clear();
                best = cost;
            }
            if cost == best {
                places.extend(PageRect::around(words.iter().map(|(_, word)| word.rect)));
            }
        };
        for start in 0..words.len() {
            if words[start].0.is_empty() {
                continue;
            }
            let mut letters: Vec<char> = Vec::new();
            for end in start..words.len().min(start + MOST_WORDS) {
                letters.extend(&words[end].0);
                if letters.len() > bare.len() + slips {
                    break;
                }
                // What ends in a sign alone says no more than without it.
                if letters.len() + slips < bare.len() || words[end].0.is_empty() {
                    continue;
                }
                let cost = if letters == bare { 0 } else { distance(&letters, &bare).max(1) };
                if cost <= slips {
                    note(cost, &words[start..=end]);
                }
            }
        }
        if best > 0 || places.is_empty() {
            let same = self.places_meaning(wanted);
            if !same.is_empty() {
                return same;
            }
        }
        places
    }

    /// Where the amount or the day that a text says stands in another format.
    fn places_meaning(&self, wanted: &str) -> Vec<PageRect> {
        const WORDS: usize = 4;
        let (is_day, is_amount) = (dates::is_date(wanted), amounts::whole(wanted).is_some());
        if !is_day && !is_amount {
            return Vec::new();
        }
        let mut places = Vec::new();
        let mut start = 0;
        while start < self.words.len() {
            let line = self.words[start].line;
            let found = (1..=WORDS.min(self.words.len() - start)).find(|count| {
                let words = &self.words[start..start + count];
                let text: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
                let text = text.join(" ");
                words.iter().all(|word| word.line == line)
                    && ((is_day && dates::is_date(&text) && dates::same_day(&text, wanted))
                        || (is_amount && amounts::same_amount(&text, wanted)))
            });
            let count = found.unwrap_or(0);
            if count > 0 {
                places.extend(PageRect::around(self.words[start..start + count].iter().map(|word| word.rect)));
            }
            start += count.max(1);
        }
        places
    }

    /// The text line that holds most of `rect`: where it stands.
    pub fn line_at(&self, rect: PageRect) -> Option<PageRect> {
        let over = |word: &&Word| word.rect.intersection(rect).map_or(0.0, PageRect::area);
        let word = self.words.iter().filter(|word| over(word) > 0.0).max_by(|a, b| over(a).total_cmp(&over(b)))?;
        PageRect::around(self.words.iter().filter(|other| other.line == word.line).map(|other| other.rect))
    }
}

/// Letters and digits alone, small.
fn bare(text: &str) -> Vec<char> {
    text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// How many letters must be changed, put in or left out (Levenshtein).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut left_above = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let changed = left_above + usize::from(x != y);
            left_above = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words of lines, each 10 pixels a letter wide and 20 high.
    fn page(lines: &[&str]) -> PageText {
        let mut words = Vec::new();
        for (line, text) in (0_u32..).zip(lines) {
            let mut x = 0.0;
            for word in text.split(' ') {
                let (width, y) = (word.chars().count() as f32 * 10.0, line as f32 * 30.0);
                words.push(Word {
                    text: word.into(),
                    rect: PageRect::new(x, y, x + width, y + 20.0),
                    line,
                    ..Word::default()
                });
                x += width + 10.0;
            }
        }
        PageText { words, ..PageText::default() }
    }

    fn starts(page: &PageText, wanted: &str) -> Vec<(f32, f32)> {
        page.places_of(wanted).iter().map(|rect| (rect.left(), rect.top())).collect()
    }

    #[test]
    fn a_value_is_found_in_one_word_in_several_and_over_lines() {
        let page = page(&["Total RM 31.00", "Cash 31.00", "12, Jalan Tasik", "50480 Kuala Lumpur"]);
        assert_eq!(starts(&page, "31.00"), [(90.0, 0.0), (50.0, 30.0)]);
        assert_eq!(starts(&page, "RM31.00"), [(60.0, 0.0)]);
        let address = page.places_of("12, Jalan Tasik, 50480 Kuala Lumpur");
        assert_eq!(address, [PageRect::new(0.0, 60.0, 180.0, 110.0)]);
        assert_eq!(starts(&page, "99.00"), []);
        assert_eq!(starts(&page, "…"), []);
    }

    #[test]
    fn a_misread_letter_and_another_format_are_no_obstacle() {
        let page = page(&["KEDAI PAPAN YEW CHUAM", "Date: 05/03/2018", "Total 1.234,50 EUR", "Short 31"]);
        assert_eq!(starts(&page, "Kedai Papan Yew Chuan"), [(0.0, 0.0)]);
        assert_eq!(starts(&page, "2018-03-05"), [(60.0, 30.0)]);
        assert_eq!(starts(&page, "1,234.50"), [(60.0, 60.0)]);
        assert_eq!(starts(&page, "32"), [], "a short value is right or wrong");
    }

    #[test]
    fn a_line_is_all_words_of_it() {
        let page = page(&["one two", "three four five"]);
        assert_eq!(page.line_at(PageRect::new(62.0, 31.0, 90.0, 45.0)), Some(PageRect::new(0.0, 30.0, 150.0, 50.0)));
        assert_eq!(page.line_at(PageRect::new(500.0, 500.0, 510.0, 510.0)), None);
    }

    #[test]
    fn distances_are_those_of_levenshtein() {
        let letters = |text: &str| text.chars().collect::<Vec<_>>();
        for (a, b, far) in [("", "", 0), ("kitten", "sitting", 3), ("abc", "", 3), ("flaw", "lawn", 2)] {
            assert_eq!(distance(&letters(a), &letters(b)), far);
        }
    }
}
