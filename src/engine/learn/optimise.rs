//! L-BFGS: the minimum of a smooth function of many variables, for functions that are cheap to try.
//!
//! Nocedal and Wright, Numerical Optimization, algorithms 7.4 and 3.1.

use std::collections::VecDeque;

/// How many past steps describe the curvature.
const MEMORY: usize = 8;
/// The first step goes no farther than this.
const FIRST: f64 = 1.0;

/// Moves `x` to where `loss` is least, in at most `most` steps; `loss` writes the gradient.
///
/// Stops early where a step gains less than a ten-thousandth of a per cent, or where `go_on` says no.
pub(super) fn minimise(
    x: &mut [f64],
    most: usize,
    mut loss: impl FnMut(&[f64], &mut [f64]) -> f64,
    go_on: impl Fn() -> bool,
) {
    let n = x.len();
    let mut gradient = vec![0.0; n];
    let mut value = loss(x, &mut gradient);
    let mut past: VecDeque<(Vec<f64>, Vec<f64>, f64)> = VecDeque::new();
    for _ in 0..most {
        if !go_on() {
            return;
        }
        let mut direction = descent(&gradient, &past);
        let mut slope = dot(&direction, &gradient);
        if slope >= 0.0 {
            past.clear();
            direction = gradient.iter().map(|g| -g).collect();
            slope = dot(&direction, &gradient);
        }
        let length = dot(&direction, &direction).sqrt();
        if length < 1e-9 || !length.is_finite() {
            return;
        }
        let mut step = if past.is_empty() { (FIRST / length).min(1.0) } else { 1.0 };
        let (mut next, mut next_gradient, mut next_value) = (vec![0.0; n], vec![0.0; n], f64::INFINITY);
        for _ in 0..20 {
            for ((next, x), d) in next.iter_mut().zip(x.iter()).zip(&direction) {
                *next = x + step * d;
            }
            next_value = loss(&next, &mut next_gradient);
            if next_value <= value + 1e-4 * step * slope {
                break;
            }
            step *= 0.5;
        }
        if next_value.is_nan() || next_value >= value {
            return;
        }
        let s: Vec<f64> = next.iter().zip(x.iter()).map(|(a, b)| a - b).collect();
        let y: Vec<f64> = next_gradient.iter().zip(&gradient).map(|(a, b)| a - b).collect();
        let curvature = dot(&s, &y);
        if curvature > 1e-10 {
            if past.len() == MEMORY {
                past.pop_front();
            }
            past.push_back((s, y, 1.0 / curvature));
        }
        x.copy_from_slice(&next);
        gradient.copy_from_slice(&next_gradient);
        let gain = value - next_value;
        value = next_value;
        if gain < 1e-6 * value.abs().max(1e-3) {
            return;
        }
    }
}

/// The direction that the past steps say leads down.
fn descent(gradient: &[f64], past: &VecDeque<(Vec<f64>, Vec<f64>, f64)>) -> Vec<f64> {
    let mut q: Vec<f64> = gradient.iter().map(|g| -g).collect();
    let mut shares = Vec::with_capacity(past.len());
    for (s, y, rho) in past.iter().rev() {
        let share = rho * dot(s, &q);
        add(&mut q, -share, y);
        shares.push(share);
    }
    if let Some((s, y, _)) = past.back() {
        let scale = dot(s, y) / dot(y, y).max(1e-30);
        for v in &mut q {
            *v *= scale;
        }
    }
    for ((s, y, rho), share) in past.iter().zip(shares.iter().rev()) {
        let back = rho * dot(y, &q);
        add(&mut q, share - back, s);
    }
    q
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn add(to: &mut [f64], times: f64, what: &[f64]) {
    to.iter_mut().zip(what).for_each(|(to, what)| *to += times * what);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bottom_of_a_bent_valley_is_found() {
        let mut x = [-1.2, 1.0];
        minimise(
            &mut x,
            200,
            |x, g| {
                let (a, b) = (1.0 - x[0], x[1] - x[0] * x[0]);
                g[0] = -2.0 * a - 400.0 * x[0] * b;
                g[1] = 200.0 * b;
                a * a + 100.0 * b * b
            },
            || true,
        );
        assert!((x[0] - 1.0).abs() < 1e-2 && (x[1] - 1.0).abs() < 1e-2, "{x:?}");
    }

    #[test]
    fn nothing_moves_when_told_not_to() {
        let mut x = [3.0];
        minimise(
            &mut x,
            9,
            |x, g| {
                g[0] = 2.0 * x[0];
                x[0] * x[0]
            },
            || false,
        );
        assert!((x[0] - 3.0).abs() < 1e-12);
    }
}
