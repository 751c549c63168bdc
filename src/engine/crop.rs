//! One text line cut out of the page, upright and as high as the recognition model wants it.

use super::quad::Quad;
use image::RgbImage;

/// The height of a line for the recognition model.
pub(super) const HEIGHT: usize = 48;
/// Widths are rounded up to a multiple of this: the model reads in steps of 8, and few widths keep its memory small.
const STEP: usize = 32;
/// A line is not read wider than this at once.
const WIDEST: usize = 3200;

/// The pixels of one line.
pub(super) struct Crop {
    /// Blue, green and red planes of [`HEIGHT`] × `padded`, −1 to 1; 0 beyond `width`.
    pub(super) planes: Vec<f32>,
    /// The width of the text.
    pub(super) width: usize,
    /// The width of the planes.
    pub(super) padded: usize,
}

/// How wide the line in `quad` is when it is [`HEIGHT`] high.
pub(super) fn width(quad: Quad) -> usize {
    ((HEIGHT as f32 * quad.length() / quad.height().max(1e-3)).ceil() as usize).clamp(8, WIDEST)
}

/// The line in `quad`, sampled with as many points a pixel as it is shrunk by (at most 4 × 4).
pub(super) fn crop(image: &RgbImage, quad: Quad) -> Crop {
    let width = width(quad);
    let padded = width.next_multiple_of(STEP);
    let plane = HEIGHT * padded;
    let mut planes = vec![0.0; 3 * plane];
    let [start, end, _, below] = quad.corners();
    let right = ((end.x - start.x) / width as f32, (end.y - start.y) / width as f32);
    let down = ((below.x - start.x) / HEIGHT as f32, (below.y - start.y) / HEIGHT as f32);
    let points = (quad.height() / HEIGHT as f32).ceil().clamp(1.0, 4.0) as usize;
    let share = 1.0 / (points * points) as f32;
    for y in 0..HEIGHT {
        for x in 0..width {
            let mut color = [0f32; 3];
            for n in 0..points * points {
                let u = x as f32 + ((n % points) as f32 + 0.5) / points as f32;
                let v = y as f32 + ((n / points) as f32 + 0.5) / points as f32;
                let (px, py) = (start.x + right.0 * u + down.0 * v, start.y + right.1 * u + down.1 * v);
                add_pixel(image, px - 0.5, py - 0.5, &mut color);
            }
            let at = y * padded + x;
            for (channel, value) in color.into_iter().enumerate() {
                planes[(2 - channel) * plane + at] = value * share / 127.5 - 1.0;
            }
        }
    }
    Crop { planes, width, padded }
}

/// Adds the color at a point between four pixels; beyond the edge the edge's pixel goes on.
fn add_pixel(image: &RgbImage, x: f32, y: f32, color: &mut [f32; 3]) {
    let (last_x, last_y) = (image.width() as usize - 1, image.height() as usize - 1);
    let (x, y) = (x.clamp(0.0, last_x as f32), y.clamp(0.0, last_y as f32));
    let (left, top) = (x as usize, y as usize);
    let (right, bottom) = ((left + 1).min(last_x), (top + 1).min(last_y));
    let (ax, ay) = (x - left as f32, y - top as f32);
    let pixels = image.as_raw();
    let stride = (last_x + 1) * 3;
    let weights = [
        (top * stride + left * 3, (1.0 - ax) * (1.0 - ay)),
        (top * stride + right * 3, ax * (1.0 - ay)),
        (bottom * stride + left * 3, (1.0 - ax) * ay),
        (bottom * stride + right * 3, ax * ay),
    ];
    for (at, weight) in weights {
        for (c, &value) in color.iter_mut().zip(&pixels[at..at + 3]) {
            *c += weight * f32::from(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{PagePoint, PageRect};
    use image::Rgb;
    use proptest::prelude::*;

    fn red(crop: &Crop, x: usize, y: usize) -> f32 {
        (crop.planes[2 * HEIGHT * crop.padded + y * crop.padded + x] + 1.0) * 127.5
    }

    #[test]
    fn an_upright_line_of_the_right_height_is_copied() {
        let image = RgbImage::from_fn(200, 100, |x, y| Rgb([x as u8, y as u8, 7]));
        let crop = crop(&image, Quad::upright(PageRect::new(20.0, 10.0, 120.0, 58.0)));
        assert_eq!((crop.width, crop.padded), (100, 128));
        assert!((red(&crop, 0, 0) - 20.0).abs() < 0.01 && (red(&crop, 99, 47) - 119.0).abs() < 0.01);
        assert!(crop.planes[2 * HEIGHT * 128 + 100].abs() < 1e-6);
    }

    #[test]
    fn a_line_read_downwards_is_set_upright() {
        let image = RgbImage::from_fn(100, 200, |_, y| Rgb([y as u8, 0, 0]));
        let crop = crop(&image, Quad::upright(PageRect::new(20.0, 50.0, 68.0, 150.0)).read_turned(1));
        assert!(red(&crop, 0, 20) < red(&crop, 99, 20));
        assert!((red(&crop, 10, 0) - red(&crop, 10, 47)).abs() < 0.01);
    }

    proptest! {
        #[test]
        fn any_place_can_be_cut_out(x in -500.0..500f32, y in -500.0..500f32, angle in 0.0..6.3f32, along in 0.0..2000f32, across in 0.0..300f32) {
            let image = RgbImage::from_pixel(13, 7, Rgb([200; 3]));
            let (sin, cos) = angle.sin_cos();
            let crop = crop(&image, Quad::new(PagePoint::new(x, y), PagePoint::new(cos, sin), along, across));
            prop_assert!(crop.width <= crop.padded && crop.padded.is_multiple_of(STEP));
            prop_assert_eq!(crop.planes.len(), 3 * HEIGHT * crop.padded);
            prop_assert!((red(&crop, 0, 0) - 200.0).abs() < 0.1);
        }
    }
}
