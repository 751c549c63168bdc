//! The typeface: three weights of Inter with tabular digits; every other script comes from the system's fonts.

use egui::{FontData, FontDefinitions, FontFamily, FontId};
use std::sync::Arc;

const REGULAR: &str = "Inter";
const MEDIUM: &str = "Inter Medium";
const SEMIBOLD: &str = "Inter SemiBold";

/// Inter at `size` points.
pub fn regular(size: f32) -> FontId {
    FontId::new(size, FontFamily::Proportional)
}

/// Inter Medium at `size` points: names and what can be pressed.
pub fn medium(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(MEDIUM.into()))
}

/// Inter `SemiBold` at `size` points: headings.
pub fn semibold(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(SEMIBOLD.into()))
}

/// Puts Inter before egui's own fonts, which stay for signs that Inter lacks.
pub(super) fn install(ctx: &egui::Context) {
    let mut fonts = FontDefinitions::default();
    for (name, file) in [
        (REGULAR, include_bytes!("../../../assets/fonts/Inter-Regular.otf").as_slice()),
        (MEDIUM, include_bytes!("../../../assets/fonts/Inter-Medium.otf").as_slice()),
        (SEMIBOLD, include_bytes!("../../../assets/fonts/Inter-SemiBold.otf").as_slice()),
    ] {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(file)));
    }
    let fallbacks = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    for (family, name) in [
        (FontFamily::Proportional, REGULAR),
        (FontFamily::Name(MEDIUM.into()), MEDIUM),
        (FontFamily::Name(SEMIBOLD.into()), SEMIBOLD),
    ] {
        let names = std::iter::once(name.to_owned()).chain(fallbacks.iter().cloned()).collect();
        fonts.families.insert(family, names);
    }
    ctx.set_fonts(fonts);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_equally_wide_in_every_weight() {
        let ctx = egui::Context::default();
        super::super::install(&ctx);
        let mut output = ctx.run_ui(egui::RawInput::default(), |ui| {
            ui.fonts_mut(|fonts| {
                for font in [regular(13.0), medium(13.0), semibold(13.0)] {
                    let widths: Vec<f32> = ('0'..='9').map(|digit| fonts.glyph_width(&font, digit)).collect();
                    assert!(widths.iter().all(|w| (w - widths[0]).abs() < 0.02), "{font:?}: {widths:?}");
                    assert!(fonts.has_glyphs(&font, "Überweisung Ελλάδα Привет … ✓ × − ‹ › ⌫"), "{font:?}");
                }
            });
        });
        output.textures_delta.clear();
    }
}
