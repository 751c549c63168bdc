//! All colours, spacings and text styles of the window. Nothing is drawn here.

mod fonts;
mod label_look;

pub use fonts::{medium, regular, semibold};
pub use label_look::LabelLook;

use egui::{Color32, CornerRadius, Margin, Shadow, Stroke, TextStyle, Vec2, style};

/// Everything stands on multiples of this, in points.
pub const GRID: f32 = 4.0;
/// The space between a panel's edge and what is in it.
pub const PANEL_PADDING: f32 = 14.0;
/// The height of the bar at the top.
pub const TOP_BAR: f32 = 48.0;
/// The height of the line at the bottom.
pub const BOTTOM_LINE: f32 = 30.0;
/// The height of a row of a field.
pub const ROW: f32 = 31.0;
/// The height of a document's row.
pub const DOCUMENT_ROW: f32 = 60.0;
/// The height of a button.
pub const BUTTON: f32 = 30.0;
/// The width of the list of documents until a person changes it.
pub const DOCUMENTS_WIDTH: f32 = 264.0;
/// The width of the inspector until a person changes it.
pub const INSPECTOR_WIDTH: f32 = 344.0;
/// Rounded corners of buttons and rows.
pub const RADIUS: CornerRadius = CornerRadius::same(8);
/// Rounded corners of what is typed into.
pub const FIELD_RADIUS: CornerRadius = CornerRadius::same(7);
/// Rounded corners of cards and windows.
pub const CARD_RADIUS: CornerRadius = CornerRadius::same(10);
/// Rounded corners of tags and key caps.
pub const TAG_RADIUS: CornerRadius = CornerRadius::same(4);

/// Size of running text.
pub const BODY: f32 = 13.0;
/// Size of secondary text.
pub const SMALL: f32 = 12.0;
/// Size of headings.
pub const HEADING: f32 = 14.0;
/// Size of the one line that a page without content shows.
pub const TITLE: f32 = 20.0;

/// How long the view glides, in seconds.
pub const GLIDE_SECS: f32 = 0.12;

/// The colours of one theme.
#[derive(Debug)]
pub struct Palette {
    /// Behind everything.
    pub background: Color32,
    /// Panels, cards and buttons.
    pub pane: Color32,
    /// Separators and edges.
    pub line: Color32,
    /// Edges of what can be pressed or typed into; a little stronger than `line`.
    pub edge: Color32,
    /// Text.
    pub text: Color32,
    /// Text that explains.
    pub secondary: Color32,
    /// Behind the page.
    pub canvas: Color32,
    /// What is selected, and the one main button.
    pub accent: Color32,
    /// The main button under the pointer.
    pub accent_hover: Color32,
    /// Behind what is selected.
    pub accent_soft: Color32,
    /// Text on `accent`.
    pub on_accent: Color32,
    /// What needs a look.
    pub warning: Color32,
    /// Behind what needs a look.
    pub warning_soft: Color32,
    /// What is well.
    pub good: Color32,
    /// What failed.
    pub error: Color32,
    /// Behind what failed.
    pub error_soft: Color32,
    /// Behind a row under the pointer, a quiet chip or a badge.
    pub hover: Color32,
    /// Behind what is pressed.
    pub pressed: Color32,
    /// Behind text that is selected.
    pub text_selection: Color32,
    /// What dims the window behind a dialog.
    pub scrim: Color32,
    /// The shadow below what floats.
    pub shadow: Color32,
}

const fn rgb(hex: u32) -> Color32 {
    Color32::from_rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

/// The light theme.
pub const LIGHT: Palette = Palette {
    background: rgb(0x00f3_f4f6),
    pane: rgb(0x00ff_ffff),
    line: rgb(0x00e2_e5ea),
    edge: rgb(0x00d5_d9e0),
    text: rgb(0x001b_2330),
    secondary: rgb(0x0066_7085),
    canvas: rgb(0x00e6_e8ec),
    accent: rgb(0x0025_63eb),
    accent_hover: rgb(0x001d_55d3),
    accent_soft: rgb(0x00ee_f4ff),
    on_accent: rgb(0x00ff_ffff),
    warning: rgb(0x00b4_5309),
    warning_soft: rgb(0x00fd_f3e3),
    good: rgb(0x000f_7b55),
    error: rgb(0x00c0_2626),
    error_soft: rgb(0x00fd_eeee),
    hover: rgb(0x00f3_f4f6),
    pressed: rgb(0x00e6_e8ec),
    text_selection: rgb(0x00c7_dbff),
    scrim: Color32::from_rgba_premultiplied(8, 10, 14, 84),
    shadow: Color32::from_rgba_premultiplied(3, 4, 6, 38),
};

/// The dark theme.
pub const DARK: Palette = Palette {
    background: rgb(0x0014_171c),
    pane: rgb(0x001b_1f26),
    line: rgb(0x002a_303a),
    edge: rgb(0x0038_3f4b),
    text: rgb(0x00e7_eaf0),
    secondary: rgb(0x0097_a1b0),
    canvas: rgb(0x000f_1216),
    accent: rgb(0x004c_8dff),
    accent_hover: rgb(0x006a_a1ff),
    accent_soft: rgb(0x0020_304d),
    on_accent: rgb(0x000b_1220),
    warning: rgb(0x00f0_a83a),
    warning_soft: rgb(0x0038_2c17),
    good: rgb(0x003e_cf8e),
    error: rgb(0x00ff_6b6b),
    error_soft: rgb(0x003a_2024),
    hover: rgb(0x0024_2932),
    pressed: rgb(0x002d_3440),
    text_selection: rgb(0x002f_4a7a),
    scrim: Color32::from_rgba_premultiplied(0, 0, 0, 140),
    shadow: Color32::from_rgba_premultiplied(0, 0, 0, 120),
};

/// The colour of tables, in both themes.
pub const TABLE: Color32 = rgb(0x005f_6b7d);

/// The colours of the theme that `visuals` belong to: `palette(ui.visuals())`.
pub const fn palette(visuals: &egui::Visuals) -> &'static Palette {
    if visuals.dark_mode { &DARK } else { &LIGHT }
}

/// White or near-black, whichever reads better on `color` (contrast of at least 4.5:1 on every label colour).
pub fn text_on(color: Color32) -> Color32 {
    const NEAR_BLACK: Color32 = rgb(0x000b_0f16);
    let white = contrast(Color32::WHITE, color);
    if white >= 4.5 || white >= contrast(NEAR_BLACK, color) { Color32::WHITE } else { NEAR_BLACK }
}

/// The contrast of two opaque colours, 1 to 21, as WCAG 2 defines it
/// (<https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio>).
pub fn contrast(a: Color32, b: Color32) -> f32 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn luminance(color: Color32) -> f32 {
    let linear = egui::Rgba::from(color);
    0.2126 * linear.r() + 0.7152 * linear.g() + 0.0722 * linear.b()
}

/// `color` with this share of its opacity, 0 to 1.
pub fn faded(color: Color32, share: f32) -> Color32 {
    color.gamma_multiply(share.clamp(0.0, 1.0))
}

/// Installs fonts and both themes.
pub fn install(ctx: &egui::Context) {
    fonts::install(ctx);
    ctx.set_style_of(egui::Theme::Light, style(&LIGHT, egui::Visuals::light()));
    ctx.set_style_of(egui::Theme::Dark, style(&DARK, egui::Visuals::dark()));
    ctx.options_mut(|options| {
        // Ctrl and plus zoom the page, not the window.
        options.zoom_with_keyboard = false;
        options.fallback_theme = egui::Theme::Light;
    });
}

fn style(palette: &Palette, visuals: egui::Visuals) -> egui::Style {
    let text_styles = [
        (TextStyle::Body, regular(BODY)),
        (TextStyle::Button, regular(BODY)),
        (TextStyle::Heading, semibold(HEADING)),
        (TextStyle::Small, regular(SMALL)),
        (TextStyle::Monospace, egui::FontId::monospace(SMALL)),
    ];
    let mut style = egui::Style {
        text_styles: text_styles.into(),
        animation_time: 0.12,
        visuals: self::visuals(palette, visuals),
        ..egui::Style::default()
    };
    let spacing = &mut style.spacing;
    spacing.item_spacing = Vec2::new(8.0, 4.0);
    spacing.button_padding = Vec2::new(10.0, 6.0);
    spacing.interact_size = Vec2::new(28.0, 28.0);
    spacing.menu_margin = Margin::same(6);
    spacing.window_margin = Margin::same(16);
    spacing.menu_width = 260.0;
    spacing.menu_spacing = 4.0;
    spacing.tooltip_width = 320.0;
    spacing.slider_rail_height = 4.0;
    spacing.slider_width = 120.0;
    spacing.scroll = style::ScrollStyle {
        bar_width: 8.0,
        floating_width: 4.0,
        bar_outer_margin: 3.0,
        ..style::ScrollStyle::floating()
    };
    style.interaction.selectable_labels = false;
    // The page keeps its side of a panel's edge; the panel's own side must do.
    style.interaction.resize_grab_radius_side = 5.0;
    style.interaction.tooltip_delay = 0.4;
    style
}

fn visuals(palette: &Palette, base: egui::Visuals) -> egui::Visuals {
    let mut visuals = base;
    visuals.override_text_color = None;
    // A value in hand is mostly being written into: a caret that blinks would have the window drawn for ever.
    visuals.text_cursor.blink = false;
    visuals.weak_text_color = Some(palette.secondary);
    visuals.hyperlink_color = palette.accent;
    visuals.faint_bg_color = palette.hover;
    visuals.extreme_bg_color = palette.pane;
    visuals.text_edit_bg_color = Some(palette.pane);
    visuals.code_bg_color = palette.hover;
    visuals.warn_fg_color = palette.warning;
    visuals.error_fg_color = palette.error;
    visuals.panel_fill = palette.pane;
    visuals.window_fill = palette.pane;
    visuals.window_stroke = Stroke::new(1.0, palette.line);
    visuals.window_corner_radius = CornerRadius::same(12);
    visuals.menu_corner_radius = CARD_RADIUS;
    visuals.window_shadow = Shadow { offset: [0, 12], blur: 40, spread: 0, color: palette.shadow };
    visuals.popup_shadow = Shadow { offset: [0, 6], blur: 20, spread: 0, color: palette.shadow };
    visuals.selection = style::Selection { bg_fill: palette.text_selection, stroke: Stroke::new(1.0, palette.accent) };
    visuals.text_cursor.stroke = Stroke::new(1.5, palette.accent);
    visuals.slider_trailing_fill = true;
    visuals.handle_shape = style::HandleShape::Circle;
    visuals.interact_cursor = Some(egui::CursorIcon::PointingHand);
    visuals.widgets = widgets(palette);
    visuals
}

fn widgets(palette: &Palette) -> style::Widgets {
    let look = |fill: Color32, edge: Color32| style::WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke::new(1.0, edge),
        corner_radius: RADIUS,
        fg_stroke: Stroke::new(1.0, palette.text),
        expansion: 0.0,
    };
    style::Widgets {
        noninteractive: look(palette.pane, palette.line),
        inactive: look(palette.pane, palette.edge),
        hovered: look(palette.hover, palette.edge),
        active: look(palette.pressed, palette.edge),
        open: look(palette.hover, palette.edge),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_reads_on_its_ground_in_both_themes() {
        for (name, p) in [("light", &LIGHT), ("dark", &DARK)] {
            for (what, text, ground) in [
                ("text on a pane", p.text, p.pane),
                ("text on a hovered row", p.text, p.hover),
                ("secondary text on a pane", p.secondary, p.pane),
                ("secondary text on a selected row", p.secondary, p.accent_soft),
                ("secondary text on a chip", p.secondary, p.hover),
                ("a warning on a pane", p.warning, p.pane),
                ("a warning on a card", p.warning, p.accent_soft),
                ("a failure on a pane", p.error, p.pane),
                ("a failure on its own ground", p.error, p.error_soft),
                ("what is well", p.good, p.pane),
                ("a warning on its own ground", p.warning, p.warning_soft),
                ("the accent on a pane", p.accent, p.pane),
                ("text on the main button", p.on_accent, p.accent),
                ("text on the main button under the pointer", p.on_accent, p.accent_hover),
            ] {
                let ratio = contrast(text, ground);
                assert!(ratio >= 4.5, "{what} has a contrast of {ratio:.2} in the {name} theme");
            }
        }
    }

    #[test]
    fn text_on_tables_reads() {
        assert!(contrast(text_on(TABLE), TABLE) >= 4.5);
    }
}
