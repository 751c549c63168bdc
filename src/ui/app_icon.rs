//! The program's icon: a sheet of paper with a tick on a blue ground, drawn by code at any size.

use egui::{ColorImage, IconData, Vec2, vec2};

const TOP: [f32; 3] = [59.0, 126.0, 255.0];
const BOTTOM: [f32; 3] = [29.0, 82.0, 214.0];
const PAPER: [f32; 3] = [255.0, 255.0, 255.0];
const TICK: [f32; 3] = [29.0, 90.0, 226.0];

/// The icon as the window system wants it: `side` × `side` pixels, RGBA, not premultiplied.
pub(super) fn icon_data(side: u32) -> IconData {
    let image = icon_image(side as usize);
    let rgba = image.pixels.iter().flat_map(egui::Color32::to_srgba_unmultiplied).collect();
    IconData { rgba, width: side, height: side }
}

/// The icon as a texture's picture.
pub(super) fn icon_image(side: usize) -> ColorImage {
    let mut pixels = Vec::with_capacity(side * side);
    for y in 0..side {
        for x in 0..side {
            let at = vec2(x as f32 + 0.5, y as f32 + 0.5) / side as f32 - Vec2::splat(0.5);
            pixels.push(pixel(at, 1.0 / side as f32));
        }
    }
    ColorImage::new([side, side], pixels)
}

/// The colour at `at`, both coordinates −0.5 to 0.5; `step` is the width of a pixel.
fn pixel(at: Vec2, step: f32) -> egui::Color32 {
    let cover = |distance: f32| (0.5 - distance / step).clamp(0.0, 1.0);
    let mut color = mix(TOP, BOTTOM, at.y + 0.5);
    color = mix(color, PAPER, cover(sheet(at)));
    color = mix(color, TICK, cover(tick(at) - 0.042));
    let alpha = cover(rounded(at, vec2(0.47, 0.47), 0.21));
    let [r, g, b] = color.map(|v| v.round() as u8);
    egui::Color32::from_rgba_unmultiplied(r, g, b, (alpha * 255.0).round() as u8)
}

fn mix(a: [f32; 3], b: [f32; 3], share: f32) -> [f32; 3] {
    std::array::from_fn(|i| a[i] + (b[i] - a[i]) * share)
}

/// The distance to a rectangle with round corners around the middle; negative inside.
fn rounded(at: Vec2, half: Vec2, radius: f32) -> f32 {
    let q = vec2(at.x.abs(), at.y.abs()) - half + Vec2::splat(radius);
    q.max(Vec2::ZERO).length() + q.x.max(q.y).min(0.0) - radius
}

/// The distance to the sheet: a rectangle whose upper right corner is cut.
fn sheet(at: Vec2) -> f32 {
    let cut = ((at.x - 0.115) - (at.y + 0.185)) * std::f32::consts::FRAC_1_SQRT_2;
    rounded(at, vec2(0.235, 0.305), 0.05).max(cut)
}

/// The distance to the tick's two strokes.
fn tick(at: Vec2) -> f32 {
    let (a, b, c) = (vec2(-0.115, 0.055), vec2(-0.03, 0.14), vec2(0.125, -0.055));
    segment(at, a, b).min(segment(at, b, c))
}

fn segment(at: Vec2, from: Vec2, to: Vec2) -> f32 {
    let along = to - from;
    let share = ((at - from).dot(along) / along.length_sq()).clamp(0.0, 1.0);
    (at - from - along * share).length()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners_are_clear_the_ground_blue_and_the_sheet_white() {
        let image = icon_image(64);
        let at = |x: usize, y: usize| image.pixels[y * 64 + x];
        assert_eq!(at(0, 0).a(), 0);
        assert!(at(8, 32).b() > 200 && at(8, 32).r() < 80);
        assert_eq!(at(22, 50), egui::Color32::WHITE);
        assert_eq!(icon_data(64).rgba.len(), 64 * 64 * 4);
    }
}
