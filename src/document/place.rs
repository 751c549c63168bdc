//! Where a text that a person typed stands on a page.

use super::{PageRect, PageText, Word, amounts, dates};

/// A value is made of at most so many words.
const MOST_WORDS: usize = 40;
/// One letter of so many may be misread.
const LETTERS_A_SLIP: usize = 6;
/// A longer text is not looked for letter by letter.
const MOST_LETTERS: usize = 160;
/// More than any text has letters.
const FAR: usize = 1_000_000;

impl PageText {
    /// Where `wanted` stands: its words may be parted otherwise or stand on several lines, and an amount or a day may be
    /// written in another format. In reading order; none where it is not there.
    pub fn places_of(&self, wanted: &str) -> Vec<PageRect> {
        let wanted_letters = bare(wanted);
        let words: Vec<Vec<char>> = self.words.iter().map(|word| bare(&word.text)).collect();
        let mut places = Vec::new();
        for start in (0..words.len()).filter(|start| !words[*start].is_empty()) {
            let mut left = wanted_letters.as_slice();
            for (end, letters) in words.iter().enumerate().skip(start).take(MOST_WORDS) {
                let Some(rest) = left.strip_prefix(letters.as_slice()) else { break };
                left = rest;
                if left.is_empty() {
                    places.extend(PageRect::around(self.words[start..=end].iter().map(|word| word.rect)));
                    break;
                }
            }
        }
        if places.is_empty() { self.places_meaning(wanted) } else { places }
    }

    /// Where something like `wanted` stands, of which a few letters were misread: the places that fit best, in reading
    /// order. Takes longer than [`PageText::places_of`]; a text of more than some 160 letters is not looked for.
    pub fn places_like(&self, wanted: &str) -> Vec<PageRect> {
        let wanted = bare(wanted);
        let slips = wanted.len() / LETTERS_A_SLIP;
        if slips == 0 || wanted.len() > MOST_LETTERS {
            return Vec::new();
        }
        let words: Vec<Vec<char>> = self.words.iter().map(|word| bare(&word.text)).collect();
        let (mut best, mut places) = (slips, Vec::new());
        for start in (0..words.len()).filter(|start| !words[*start].is_empty()) {
            let mut letters: Vec<char> = Vec::new();
            for (end, more) in words.iter().enumerate().skip(start).take(MOST_WORDS) {
                letters.extend(more);
                if letters.len() > wanted.len() + best {
                    break;
                }
                // What ends in a sign alone says no more than without it.
                if letters.len() + best < wanted.len() || more.is_empty() {
                    continue;
                }
                let Some(cost) = distance(&letters, &wanted, best) else { continue };
                if cost < best {
                    places.clear();
                    best = cost;
                }
                places.extend(PageRect::around(self.words[start..=end].iter().map(|word| word.rect)));
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

/// How many letters must be changed, put in or left out (Levenshtein); `None` where it is more than `most`.
fn distance(a: &[char], b: &[char], most: usize) -> Option<usize> {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        // Only so near to the diagonal can it be no more than `most`.
        let (first, last) = ((i + 1).saturating_sub(most).max(1), (i + 1 + most).min(b.len()));
        let mut left_above = row[first - 1];
        row[first - 1] = if first == 1 { i + 1 } else { FAR };
        let mut least = row[first - 1];
        for j in first..=last {
            let above = if j == i + 1 + most { FAR } else { row[j] };
            let now = (left_above + usize::from(*x != b[j - 1])).min(row[j - 1] + 1).min(above.saturating_add(1));
            left_above = row[j];
            row[j] = now;
            least = least.min(now);
        }
        if least > most {
            return None;
        }
    }
    Some(row[b.len()]).filter(|cost| *cost <= most)
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
        let like = |wanted: &str| page.places_like(wanted).iter().map(|rect| rect.left()).collect::<Vec<_>>();
        assert_eq!(starts(&page, "Kedai Papan Yew Chuan"), []);
        assert_eq!(like("Kedai Papan Yew Chuan"), [0.0]);
        assert_eq!((like("Kedai Paper Yew Chuan Tin Bhd"), like("32")), (vec![], vec![]));
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
        for (a, b, far) in [("kitten", "sitting", 3), ("abc", "ab", 1), ("flaw", "lawn", 2), ("same", "same", 0)] {
            for most in 0..6 {
                assert_eq!(distance(&letters(a), &letters(b), most), (far <= most).then_some(far), "{a} {b} {most}");
            }
        }
    }
}
