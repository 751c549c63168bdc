//! Ruling lines: from the page's graphics and from words that draw one, collinear ones joined. Detecting lines in
//! pixels is `picture`'s work.

use super::figures::is_drawn_line;
use super::{Bounds, Piece, Stroke, median};

/// A stroke that is thicker is a bar, not a rule.
const THICKEST: f32 = 3.2;
/// A stroke that is shorter is a dot.
const SHORTEST: f32 = 4.0;
/// Joined strokes that are still shorter are letters' parts or ticks.
const SHORTEST_JOINED: f32 = 8.0;

/// Collects the strokes of a page.
#[derive(Default)]
pub(in crate::engine) struct Strokes {
    across: Vec<Stroke>,
    down: Vec<Stroke>,
}

impl Strokes {
    /// Takes a thin rectangle; what is thick or short both ways is left out, and so is a frame around the page.
    pub(in crate::engine) fn add(&mut self, line: Bounds, page: Bounds) {
        if line.width() >= SHORTEST && line.height() <= THICKEST {
            if !frames(line.width(), line.center_y(), page.width(), page.height()) {
                self.across.push(Stroke { from: line.left, to: line.right, at: line.center_y() });
            }
        } else if line.height() >= SHORTEST
            && line.width() <= THICKEST
            && !frames(line.height(), line.center_x(), page.height(), page.width())
        {
            self.down.push(Stroke { from: line.top, to: line.bottom, at: line.center_x() });
        }
    }

    /// Takes the words that draw a line: `______`.
    pub(in crate::engine) fn add_drawn(&mut self, pieces: &[Piece]) {
        for piece in pieces.iter().filter(|p| is_drawn_line(&p.text, false)) {
            let b = piece.bounds;
            self.across.push(Stroke { from: b.left, to: b.right, at: b.center_y() });
        }
    }

    /// The horizontal and the vertical rules, collinear ones joined.
    pub(in crate::engine) fn joined(self) -> (Vec<Stroke>, Vec<Stroke>) {
        (join(self.across), join(self.down))
    }
}

/// Whether a stroke of `length` runs along an edge of the page from end to end.
fn frames(length: f32, at: f32, along: f32, across: f32) -> bool {
    length > 0.95 * along && (at < 0.025 * across || at > 0.975 * across)
}

/// Strokes within 2 of each other are one line, those on it with gaps up to 3.5 one stroke.
fn join(mut strokes: Vec<Stroke>) -> Vec<Stroke> {
    strokes.sort_by(|a, b| a.at.total_cmp(&b.at));
    let mut lines: Vec<Vec<Stroke>> = Vec::new();
    for stroke in strokes {
        match lines.last_mut() {
            Some(line)
                if line.last().is_some_and(|last| stroke.at - last.at <= 2.0)
                    && line.first().is_some_and(|first| stroke.at - first.at <= 4.0) =>
            {
                line.push(stroke);
            }
            _ => lines.push(vec![stroke]),
        }
    }
    let mut joined: Vec<Stroke> = Vec::new();
    for mut line in lines {
        let at = median(line.iter().map(|s| s.at), 0.0);
        line.sort_by(|a, b| a.from.total_cmp(&b.from).then(a.to.total_cmp(&b.to)));
        let mut run: Option<Stroke> = None;
        for stroke in line {
            match &mut run {
                Some(run) if stroke.from <= run.to + 3.5 => run.to = run.to.max(stroke.to),
                _ => joined.extend(run.replace(Stroke { at, ..stroke })),
            }
        }
        joined.extend(run);
    }
    joined.retain(|s| s.length() >= SHORTEST_JOINED);
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: Bounds = Bounds { left: 0.0, top: 0.0, right: 600.0, bottom: 800.0 };

    fn strokes(lines: &[(f32, f32, f32, f32)]) -> (Vec<Stroke>, Vec<Stroke>) {
        let mut strokes = Strokes::default();
        for &(a, b, c, d) in lines {
            strokes.add(Bounds::new(a, b, c, d), PAGE);
        }
        strokes.joined()
    }

    #[test]
    fn collinear_strokes_with_small_gaps_are_one_rule() {
        let (across, down) =
            strokes(&[(10.0, 99.5, 50.0, 100.5), (52.0, 100.0, 90.0, 101.0), (110.0, 100.0, 150.0, 101.0)]);
        assert_eq!(across.len(), 2);
        assert_eq!((across[0].from, across[0].to), (10.0, 90.0));
        assert!(down.is_empty());
    }

    #[test]
    fn bars_dots_and_the_frame_of_a_page_are_no_rules() {
        let (across, down) = strokes(&[
            (10.0, 10.0, 60.0, 40.0),
            (10.0, 10.0, 13.0, 12.0),
            (0.0, 1.0, 600.0, 2.0),
            (1.0, 0.0, 2.0, 800.0),
        ]);
        assert!(across.is_empty() && down.is_empty());
    }

    #[test]
    fn underscores_draw_a_rule() {
        let mut strokes = Strokes::default();
        let line = Piece { text: "________".into(), bounds: Bounds::new(10.0, 20.0, 90.0, 30.0), ..Piece::default() };
        strokes.add_drawn(&[line]);
        assert_eq!(strokes.joined().0, vec![Stroke { from: 10.0, to: 90.0, at: 25.0 }]);
    }
}
