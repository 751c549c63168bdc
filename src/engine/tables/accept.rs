//! Whether what white space parts is a table at all.

use super::draft::Draft;
use super::figures::is_figure;

/// What a draft looks like from afar.
#[derive(Clone, Copy, Debug)]
pub(super) struct Looks {
    pub(super) rows: usize,
    pub(super) cols: usize,
    /// The share of the places that say something, 0 to 1.
    pub(super) fill: f32,
    /// The share of the filled places beside the first column and below the first row that are figures, 0 to 1.
    pub(super) figures: f32,
    /// The characters of the longest cell below the first row.
    pub(super) longest: usize,
}

impl Looks {
    pub(super) fn of(draft: &Draft) -> Self {
        let texts = draft.texts();
        let body = if texts.len() > 1 { &texts[1..] } else { &texts[..] };
        let beside: Vec<&String> = body.iter().flat_map(|row| row.iter().skip(1)).filter(|t| !t.is_empty()).collect();
        let figures = beside.iter().filter(|t| is_figure(t)).count();
        Self {
            rows: draft.rows(),
            cols: draft.cols(),
            fill: draft.fill(),
            figures: figures as f32 / beside.len().max(1) as f32,
            longest: body.iter().flatten().map(|t| t.chars().count()).max().unwrap_or(0),
        }
    }

    /// Whether alignment alone makes it a table.
    pub(super) fn is_table(self) -> bool {
        let enough = self.rows >= 3 && self.fill >= 0.45;
        let two_columns = self.cols != 2 || (self.figures >= 0.6 && self.rows >= 4);
        let words_only = self.cols >= 3 && self.fill > 0.8 && self.rows >= 4 && self.longest < 60;
        enough && two_columns && (self.figures >= 0.4 || words_only)
    }
}

/// Whether it is the axis of a chart: at most two cells a row, and a column of five figures or more in equal steps.
pub(super) fn is_axis(draft: &Draft) -> bool {
    let texts = draft.texts();
    let filled = texts.iter().map(|row| row.iter().filter(|t| !t.is_empty()).count() as f32);
    if super::sheet::median(filled, 0.0) > 2.0 {
        return false;
    }
    (0..draft.cols()).any(|col| {
        let values: Vec<f64> = texts
            .iter()
            .filter_map(|row| row[col].split_whitespace().next())
            .filter_map(|word| word.replace(',', "").trim_matches(['%', '$']).parse().ok())
            .collect();
        longest_equal_steps(&values) >= 5
    })
}

/// The length of the longest run of values in equal steps, other than steps of one, which rows are numbered in.
fn longest_equal_steps(values: &[f64]) -> usize {
    let (mut run, mut longest) = (2, 0);
    for three in values.windows(3) {
        let (step, next) = (three[0] - three[1], three[1] - three[2]);
        let counts = (step.abs() - 1.0).abs() < 1e-9;
        run = if (step - next).abs() < 1e-6 && step.abs() > 1e-9 && !counts { run + 1 } else { 2 };
        longest = longest.max(run);
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_steps_are_an_axis_but_row_numbers_are_not() {
        assert_eq!(longest_equal_steps(&[0.0, 5.0, 10.0, 15.0, 20.0]), 5);
        assert_eq!(longest_equal_steps(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), 2);
        assert_eq!(longest_equal_steps(&[3.0, 3.0, 3.0]), 2);
        assert_eq!(longest_equal_steps(&[]), 0);
    }

    #[test]
    fn two_columns_of_words_are_no_table_and_four_rows_of_figures_are() {
        let looks = Looks { rows: 5, cols: 2, fill: 0.95, figures: 0.2, longest: 20 };
        assert!(!looks.is_table());
        assert!(Looks { figures: 0.9, ..looks }.is_table());
        assert!(Looks { cols: 3, ..looks }.is_table());
        assert!(!Looks { rows: 2, figures: 1.0, ..looks }.is_table());
    }
}
