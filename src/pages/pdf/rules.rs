//! Painted paths → ruling lines. Knows geometry, not PDFium.

use crate::document::PageRect;
use crate::pages::Rule;

/// The thickest filled rule, in points.
const MAX_FILL: f32 = 3.2;
/// The thickest stroked rule, in points; thicker strokes paint areas.
const MAX_STROKE: f32 = 6.0;
/// The shortest rule, in points.
const MIN_LENGTH: f32 = 4.0;
/// How far the ends of a horizontal or vertical line may differ across it, in points.
const SLANT: f32 = 1.0;
/// A stroked rectangle of this share of the page's width and height is its frame.
const FRAME: f32 = 0.95;
/// More rules than this are a drawing.
pub(super) const MAX_RULES: usize = 20_000;

/// A run of connected lines, in pixels.
#[derive(Clone, Debug, Default)]
pub(super) struct Trace {
    /// Its corners; of a curve also the points that pull at it.
    pub(super) points: Vec<(f32, f32)>,
    /// Whether the last corner is joined to the first.
    pub(super) closed: bool,
    /// Whether part of it is a curve.
    pub(super) curved: bool,
}

/// How a path is painted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paint {
    /// The width of the stroke in pixels, if it is stroked.
    pub(super) stroke: Option<f32>,
    /// Whether it is filled.
    pub(super) fill: bool,
}

/// Adds the rules of a trace. `point` is the size of a point in pixels.
pub(super) fn add(rules: &mut Vec<Rule>, trace: &Trace, paint: Paint, page: PageRect, point: f32) {
    let Some(around) = around(&trace.points) else { return };
    let (short, long) = (around.width().min(around.height()), around.width().max(around.height()));
    let stroke = paint.stroke.unwrap_or(0.0);
    if short <= MAX_FILL * point {
        let thick = if paint.stroke.is_some() { MAX_STROKE.max(MAX_FILL) } else { MAX_FILL };
        if long >= MIN_LENGTH * point && short + stroke <= thick * point && (paint.fill || paint.stroke.is_some()) {
            push(rules, around, stroke, page);
        }
        return;
    }
    if paint.stroke.is_none() || stroke > MAX_STROKE * point || trace.curved {
        return;
    }
    if around.width() > FRAME * page.width() && around.height() > FRAME * page.height() {
        return;
    }
    let ends = trace.points.windows(2).map(|w| (w[0], w[1]));
    let closing = trace.closed.then(|| trace.points.last().copied().zip(trace.points.first().copied())).flatten();
    for (from, to) in ends.chain(closing) {
        let (width, height) = ((from.0 - to.0).abs(), (from.1 - to.1).abs());
        if width.max(height) >= MIN_LENGTH * point && width.min(height) <= SLANT * point {
            push(rules, PageRect::new(from.0, from.1, to.0, to.1), stroke, page);
        }
    }
}

/// Adds the rule around `line`, drawn with a pen of `stroke`, as far as it lies on the page.
fn push(rules: &mut Vec<Rule>, line: PageRect, stroke: f32, page: PageRect) {
    // The pen widens a line, but what it adds at the ends depends on the cap and is no length.
    let half = stroke / 2.0;
    let (x, y) = if line.width() >= line.height() { (0.0, half) } else { (half, 0.0) };
    let rect = PageRect::new(
        (line.left() - x).max(page.left()),
        (line.top() - y).max(page.top()),
        (line.right() + x).min(page.right()),
        (line.bottom() + y).min(page.bottom()),
    );
    let outside = line.left() > page.right()
        || line.right() < page.left()
        || line.top() > page.bottom()
        || line.bottom() < page.top();
    if !outside && rules.len() < MAX_RULES {
        rules.push(Rule { rect });
    }
}

fn around(points: &[(f32, f32)]) -> Option<PageRect> {
    PageRect::around(points.iter().map(|(x, y)| PageRect::new(*x, *y, *x, *y)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const STROKE: Paint = Paint { stroke: Some(2.0), fill: false };
    const FILL: Paint = Paint { stroke: None, fill: true };

    fn rules(points: &[(f32, f32)], closed: bool, paint: Paint) -> Vec<PageRect> {
        let mut rules = Vec::new();
        let page = PageRect::new(0.0, 0.0, 600.0, 800.0);
        add(&mut rules, &Trace { points: points.to_vec(), closed, curved: false }, paint, page, 1.0);
        rules.into_iter().map(|r| r.rect).collect()
    }

    const BOX: [(f32, f32); 4] = [(10.0, 10.0), (110.0, 10.0), (110.0, 60.0), (10.0, 60.0)];

    #[test]
    fn a_line_is_as_thick_as_its_pen() {
        assert_eq!(rules(&[(10.0, 20.0), (110.0, 20.0)], false, STROKE), [PageRect::new(10.0, 19.0, 110.0, 21.0)]);
        assert_eq!(rules(&[(10.0, 20.0), (110.0, 70.0)], false, STROKE), []);
    }

    #[test]
    fn a_stroked_box_has_four_rules_and_a_filled_one_none() {
        let edges = rules(&BOX, true, STROKE);
        assert_eq!(edges.len(), 4);
        assert_eq!(edges[3], PageRect::new(9.0, 10.0, 11.0, 60.0));
        assert_eq!(rules(&BOX, true, FILL), []);
    }

    #[test]
    fn a_thin_filled_box_is_one_rule() {
        let thin = [(10.0, 10.0), (110.0, 10.0), (110.0, 11.0), (10.0, 11.0)];
        assert_eq!(rules(&thin, true, FILL), [PageRect::new(10.0, 10.0, 110.0, 11.0)]);
        let dot = [(10.0, 10.0), (13.0, 10.0), (13.0, 11.0), (10.0, 11.0)];
        assert_eq!(rules(&dot, true, FILL), []);
    }

    #[test]
    fn the_frame_of_the_page_and_what_lies_outside_are_no_rules() {
        assert_eq!(rules(&[(5.0, 5.0), (595.0, 5.0), (595.0, 795.0), (5.0, 795.0)], true, STROKE), []);
        assert_eq!(rules(&[(10.0, -50.0), (110.0, -50.0)], false, STROKE), []);
        assert_eq!(rules(&[(-50.0, 20.0), (110.0, 20.0)], false, STROKE), [PageRect::new(0.0, 19.0, 110.0, 21.0)]);
    }
}
