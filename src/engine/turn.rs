//! How the page lies: which way its text runs. Finds it from the shapes of the lines and from how well they read.

use super::quad::Quad;
use crate::document::Turn;

/// Longer than high by this is a line that shows its direction.
const LONG: f32 = 1.5;

/// Which quarter turn the text of a page that `turn` sets upright is read at: 1 is downwards.
pub(super) const fn read_quarters(turn: Turn) -> u8 {
    match turn {
        Turn::None => 0,
        Turn::ThreeQuarters => 1,
        Turn::Half => 2,
        Turn::Quarter => 3,
    }
}

/// Whether most text of the page runs up or down. `quads` as they are detected, read from left to right.
pub(super) fn lies_on_its_side(quads: &[Quad]) -> bool {
    // Long lines are surer than short ones.
    let (mut level, mut upright) = (0.0, 0.0);
    for quad in quads {
        if quad.length() > LONG * quad.height() {
            level += (quad.length() / quad.height()).min(8.0);
        } else if quad.height() > LONG * quad.length() {
            upright += (quad.height() / quad.length()).min(8.0);
        }
    }
    upright > level
}

/// The lines that tell best whether the page is upside down: long ones, but not so long that they cost much. At most `count` places in `quads`, which are read along the page's text.
pub(super) fn probes(quads: &[Quad], count: usize) -> Vec<usize> {
    let shape = |n: usize| quads[n].length() / quads[n].height().max(1e-3);
    let mut probes: Vec<usize> = (0..quads.len()).filter(|&n| shape(n) > LONG).collect();
    // Around eight times as long as high is a few words.
    probes.sort_by(|&a, &b| (shape(a) / 8.0).ln().abs().total_cmp(&(shape(b) / 8.0).ln().abs()));
    probes.truncate(count);
    probes
}
