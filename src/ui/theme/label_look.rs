//! How labels are told apart: by colour, and beyond as many labels as there are colours by bars too.

use super::rgb;
use egui::Color32;

/// The colours, in the order in which labels get them. Any two are told apart by colour-blind eyes too, those that follow
/// each other best; each stands out from a white page and from the panes of both themes.
const COLORS: [Color32; 8] = [
    rgb(0x0039_87e5),
    rgb(0x00e3_7511),
    rgb(0x0016_855b),
    rgb(0x0099_5d00),
    rgb(0x00f8_507d),
    rgb(0x0065_55eb),
    rgb(0x007f_954c),
    rgb(0x00bc_4182),
];

/// A label has at most so many bars.
const MOST_BARS: usize = 3;

/// How a label looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LabelLook {
    /// Its colour.
    pub color: Color32,
    /// So many bars stand before its boxes, and part its sign in lists: 0 to 3.
    pub bars: u8,
}

impl LabelLook {
    /// The colour alone.
    pub const fn plain(color: Color32) -> Self {
        Self { color, bars: 0 }
    }

    /// The look of the label with this place in its document's list of labels: 32 are unlike each other.
    pub const fn of(place: usize) -> Self {
        let bars = (place / COLORS.len() % (MOST_BARS + 1)) as u8;
        Self { color: COLORS[place % COLORS.len()], bars }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::theme::{DARK, LIGHT, contrast, text_on};
    use egui::Rgba;
    use std::collections::HashSet;

    /// What eyes see, as matrices on linear RGB: all colours, and without the long, middle and short cones. From Machado,
    /// Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency" (2009), severity
    /// 1.0: <https://www.inf.ufrgs.br/~oliveira/pubs_files/CVD_Simulation/CVD_Simulation.html>.
    const EYES: [(&str, [[f32; 3]; 3]); 4] = [
        ("all", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
        (
            "protanopia",
            [
                [0.152_286, 1.052_583, -0.204_868],
                [0.114_503, 0.786_281, 0.099_216],
                [-0.003_882, -0.048_116, 1.051_998],
            ],
        ),
        (
            "deuteranopia",
            [[0.367_322, 0.860_646, -0.227_968], [0.280_085, 0.672_501, 0.047_413], [-0.011_820, 0.042_940, 0.968_881]],
        ),
        (
            "tritanopia",
            [
                [1.255_528, -0.076_749, -0.178_779],
                [-0.078_411, 0.930_809, 0.147_602],
                [0.004_733, 0.691_367, 0.303_900],
            ],
        ),
    ];

    fn seen(color: Color32, eye: &[[f32; 3]; 3]) -> [f32; 3] {
        let color = Rgba::from(color);
        eye.map(|row| (row[0] * color.r() + row[1] * color.g() + row[2] * color.b()).clamp(0.0, 1.0))
    }

    /// CIE L*a*b* of linear RGB, white D65.
    fn lab([r, g, b]: [f32; 3]) -> [f32; 3] {
        let f = |t: f32| if t > 0.008_856 { t.cbrt() } else { 7.787 * t + 16.0 / 116.0 };
        let x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.950_47);
        let y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
        let z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.088_83);
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }

    /// How far two colours are apart for these eyes (CIE 1976); about 2 is just seen where they touch.
    fn apart(a: Color32, b: Color32, eye: &[[f32; 3]; 3]) -> f32 {
        let (a, b) = (lab(seen(a, eye)), lab(seen(b, eye)));
        a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f32>().sqrt()
    }

    #[test]
    fn colours_are_told_apart_by_colour_blind_eyes() {
        for (eyes, eye) in &EYES {
            for (at, a) in COLORS.iter().enumerate() {
                let next = COLORS[(at + 1) % COLORS.len()];
                let distance = apart(*a, next, eye);
                assert!(distance >= 25.0, "{eyes}: {at} and the next are only {distance:.1} apart");
                for (other, b) in COLORS.iter().enumerate().skip(at + 1) {
                    let distance = apart(*a, *b, eye);
                    assert!(distance >= 14.0, "{eyes}: {at} and {other} are only {distance:.1} apart");
                }
            }
        }
    }

    #[test]
    fn colours_stand_out_from_the_page_and_the_panes_of_both_themes() {
        for (at, color) in COLORS.iter().enumerate() {
            for (what, ground) in [("page", Color32::WHITE), ("light pane", LIGHT.pane), ("dark pane", DARK.pane)] {
                // WCAG 2 asks 3:1 of what is not text.
                let ratio = contrast(*color, ground);
                assert!(ratio >= 3.0, "{at} on the {what} has only {ratio:.2}");
            }
            assert!(contrast(text_on(*color), *color) >= 4.5, "text on {at}");
        }
    }

    #[test]
    fn thirty_two_labels_are_unlike_each_other() {
        let looks: HashSet<LabelLook> = (0..32).map(LabelLook::of).collect();
        assert_eq!(looks.len(), 32);
        assert_eq!((LabelLook::of(7).bars, LabelLook::of(8).bars, LabelLook::of(31).bars), (0, 1, 3));
    }
}
