//! Ruling lines in the pixels of a page. Words are the reader's work; joining collinear lines is `strokes`'.
//!
//! A pixel is ink where it is dark, or darker than what lies a little above and below it (a light grey hairline). Runs
//! of ink much longer than letters are joined to strokes; a stroke that is thick is a bar or a picture.

use crate::document::PageRect;
use crate::pages::Rule;
use image::RgbImage;

/// Luminance, 0 to 255, below which a pixel is ink whatever stands around it.
const DARK: u8 = 160;
/// A pixel this much darker than both sides of it is ink, too.
const RIDGE: u8 = 28;
/// The shortest horizontal run in letter heights, longer than any letter is wide.
const SHORTEST_ACROSS: f32 = 3.0;
/// The shortest vertical run in letter heights.
const SHORTEST_DOWN: f32 = 1.8;
/// The thickest rule in letter heights.
const THICKEST: f32 = 0.35;

/// Finds the ruling lines of a page image on which letters are about `letter_height` pixels high.
pub(in crate::engine) fn rules_of(image: &RgbImage, letter_height: f32) -> Vec<Rule> {
    let height = letter_height.clamp(4.0, 400.0);
    let gray = Gray::of(image);
    let thickest = (THICKEST * height).max(3.0);
    let across = strokes(&gray.runs_across(height), thickest).map(|s| {
        let half = s.thickness / 2.0;
        PageRect::new(s.from, s.at - half, s.to, s.at + half)
    });
    let down = strokes(&gray.runs_down(height), thickest).map(|s| {
        let half = s.thickness / 2.0;
        PageRect::new(s.at - half, s.from, s.at + half, s.to)
    });
    across.chain(down).map(|rect| Rule { rect }).collect()
}

/// The luminance of an image.
struct Gray {
    width: usize,
    height: usize,
    values: Vec<u8>,
}

/// A run of ink in one row (or column) `line`, from `from` up to `to`.
#[derive(Clone, Copy, Debug)]
struct Run {
    line: usize,
    from: usize,
    to: usize,
}

/// The run that is being followed along a line: where it began, where its last ink was, and how much ink it has.
#[derive(Clone, Copy, Default)]
struct Open {
    from: usize,
    last: usize,
    ink: usize,
}

impl Open {
    /// Goes on to `at`. Answers the run that ends there, if it is long and full enough.
    fn follow(&mut self, at: usize, ink: bool, gap: usize) -> Option<(usize, usize)> {
        if ink {
            let ended = (self.ink > 0 && at - self.last > gap + 1).then(|| self.close()).flatten();
            if self.ink == 0 {
                self.from = at;
            }
            self.last = at;
            self.ink += 1;
            return ended;
        }
        None
    }

    /// Ends the run.
    fn close(&mut self) -> Option<(usize, usize)> {
        let run = std::mem::take(self);
        let length = run.last + 1 - run.from;
        (run.ink * 10 >= length * 9 && run.ink > 0).then_some((run.from, run.last + 1))
    }
}

impl Gray {
    fn of(image: &RgbImage) -> Self {
        let values = image
            .pixels()
            .map(|p| {
                let [r, g, b] = p.0.map(u32::from);
                ((r * 77 + g * 151 + b * 28) >> 8) as u8
            })
            .collect();
        Self { width: image.width() as usize, height: image.height() as usize, values }
    }

    /// Whether `value` is ink between two values a little off on both sides.
    fn is_ink(value: u8, before: u8, after: u8) -> bool {
        value < DARK || value.saturating_add(RIDGE) < before.min(after)
    }

    fn runs_across(&self, letter: f32) -> Vec<Run> {
        let (off, gap, shortest) = measures(letter, SHORTEST_ACROSS);
        let mut runs = Vec::new();
        for y in 0..self.height {
            let row = |y: usize| &self.values[y * self.width..(y + 1) * self.width];
            let (here, above, below) = (row(y), row(y.saturating_sub(off)), row((y + off).min(self.height - 1)));
            let mut open = Open::default();
            for x in 0..self.width {
                let ended = open.follow(x, Self::is_ink(here[x], above[x], below[x]), gap);
                runs.extend(ended.filter(|(a, b)| b - a >= shortest).map(|(from, to)| Run { line: y, from, to }));
            }
            let ended = open.close().filter(|(a, b)| b - a >= shortest);
            runs.extend(ended.map(|(from, to)| Run { line: y, from, to }));
        }
        runs
    }

    fn runs_down(&self, letter: f32) -> Vec<Run> {
        let (off, gap, shortest) = measures(letter, SHORTEST_DOWN);
        let mut runs = Vec::new();
        let mut open = vec![Open::default(); self.width];
        for y in 0..self.height {
            let row = &self.values[y * self.width..(y + 1) * self.width];
            for x in 0..self.width {
                let ink = Self::is_ink(row[x], row[x.saturating_sub(off)], row[(x + off).min(self.width - 1)]);
                let ended = open[x].follow(y, ink, gap).filter(|(a, b)| b - a >= shortest);
                runs.extend(ended.map(|(from, to)| Run { line: x, from, to }));
            }
        }
        for (x, open) in open.iter_mut().enumerate() {
            let ended = open.close().filter(|(a, b)| b - a >= shortest);
            runs.extend(ended.map(|(from, to)| Run { line: x, from, to }));
        }
        runs.sort_by_key(|run| (run.line, run.from));
        runs
    }
}

/// For letters of this height: how far off a hairline's surroundings are, the widest gap in a run, its shortest length.
fn measures(letter: f32, shortest: f32) -> (usize, usize, usize) {
    ((0.3 * letter).ceil() as usize, (0.1 * letter).round() as usize, (shortest * letter) as usize)
}

/// Runs on neighbouring lines that touch.
struct PixelStroke {
    from: f32,
    to: f32,
    /// The mean line of its ink.
    at: f32,
    thickness: f32,
}

/// Joins runs on neighbouring lines into strokes; drops those thicker than `thickest`.
fn strokes(runs: &[Run], thickest: f32) -> impl Iterator<Item = PixelStroke> + use<> {
    let mut owner: Vec<usize> = (0..runs.len()).collect();
    let root = |owner: &mut Vec<usize>, mut i: usize| {
        while owner[i] != i {
            owner[i] = owner[owner[i]];
            i = owner[i];
        }
        i
    };
    let mut first_near = 0;
    for i in 0..runs.len() {
        while runs[first_near].line + 2 < runs[i].line {
            first_near += 1;
        }
        for j in first_near..i {
            // A slanted stroke steps to the next line with a gap of a few pixels at most.
            if runs[j].from <= runs[i].to + 3 && runs[i].from <= runs[j].to + 3 {
                let (a, b) = (root(&mut owner, i), root(&mut owner, j));
                owner[a.max(b)] = a.min(b);
            }
        }
    }
    let mut sums: Vec<Option<(usize, usize, f64, f64)>> = vec![None; runs.len()];
    for (i, run) in runs.iter().enumerate() {
        let (from, to, ink, moment) = sums[root(&mut owner, i)].get_or_insert((run.from, run.to, 0.0, 0.0));
        let length = (run.to - run.from) as f64;
        *from = run.from.min(*from);
        *to = run.to.max(*to);
        *ink += length;
        *moment += length * (run.line as f64 + 0.5);
    }
    sums.into_iter().flatten().filter_map(move |(from, to, ink, moment)| {
        let thickness = (ink / (to - from) as f64) as f32;
        (thickness <= thickest).then_some(PixelStroke {
            from: from as f32,
            to: to as f32,
            at: (moment / ink) as f32,
            thickness,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    fn page() -> RgbImage {
        RgbImage::from_pixel(200, 120, Rgb([250, 250, 250]))
    }

    fn fill(image: &mut RgbImage, x: std::ops::Range<u32>, y: std::ops::Range<u32>, value: u8) {
        for (x, y) in x.flat_map(|x| y.clone().map(move |y| (x, y))) {
            image.put_pixel(x, y, Rgb([value; 3]));
        }
    }

    #[test]
    fn lines_are_found_both_ways_and_letters_are_not() {
        let mut image = page();
        fill(&mut image, 20..180, 50..52, 0);
        fill(&mut image, 90..92, 10..110, 0);
        fill(&mut image, 30..33, 20..30, 0);
        fill(&mut image, 30..40, 24..26, 0);
        let rules = rules_of(&image, 10.0);
        assert_eq!(rules.len(), 2, "{rules:?}");
        assert_eq!(rules[0].rect, PageRect::new(20.0, 50.0, 180.0, 52.0));
        assert_eq!(rules[1].rect, PageRect::new(90.0, 10.0, 92.0, 110.0));
    }

    #[test]
    fn a_light_grey_hairline_is_a_rule_and_a_shaded_band_is_none() {
        let mut image = page();
        fill(&mut image, 20..180, 50..51, 205);
        fill(&mut image, 20..180, 70..100, 215);
        let rules = rules_of(&image, 10.0);
        assert_eq!(rules.iter().map(|r| r.rect).collect::<Vec<_>>(), [PageRect::new(20.0, 50.0, 180.0, 51.0)]);
    }

    #[test]
    fn a_slanted_line_is_one_rule() {
        let mut image = page();
        for step in 0..4u32 {
            fill(&mut image, 20 + 40 * step..60 + 40 * step, 50 + step..52 + step, 0);
        }
        let rules = rules_of(&image, 10.0);
        assert_eq!(rules.len(), 1);
        assert!((rules[0].rect.center().y - 52.5).abs() < 0.01 && rules[0].rect.width() > 159.0);
    }

    #[test]
    fn a_black_bar_and_an_empty_page_have_no_rules() {
        let mut image = page();
        fill(&mut image, 20..180, 50..80, 0);
        assert!(rules_of(&image, 10.0).is_empty());
        assert!(rules_of(&RgbImage::new(0, 0), 10.0).is_empty());
    }
}
