//! Small signs, drawn as strokes in a box of 16 × 16 so that they are sharp at every scale.

use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, Vec2, pos2};
use std::f32::consts::TAU;

/// A sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Icon {
    /// Add.
    Plus,
    /// Close or remove.
    Close,
    /// Done.
    Check,
    /// A menu opens beside, or the next one.
    Right,
    /// The one before.
    Left,
    /// A choice opens below.
    Down,
    /// The menu of everything.
    Menu,
    /// Again.
    Retry,
    /// A file.
    File,
    /// Drop here.
    Tray,
    /// Something is wrong.
    Warning,
    /// Copy.
    Copy,
    /// Encrypted.
    Lock,
    /// A part is missing.
    Part,
    /// Only some of them.
    Filter,
    /// The list of documents.
    PanelLeft,
    /// The inspector.
    PanelRight,
}

type Line = &'static [(f32, f32)];

impl Icon {
    /// The lines it is made of; a line whose ends meet is closed.
    const fn lines(self) -> &'static [Line] {
        match self {
            Self::Plus => &[&[(8.0, 3.0), (8.0, 13.0)], &[(3.0, 8.0), (13.0, 8.0)]],
            Self::Close => &[&[(4.0, 4.0), (12.0, 12.0)], &[(12.0, 4.0), (4.0, 12.0)]],
            Self::Check => &[&[(3.0, 8.5), (6.5, 12.0), (13.0, 4.5)]],
            Self::Right => &[&[(6.0, 4.0), (10.0, 8.0), (6.0, 12.0)]],
            Self::Left => &[&[(10.0, 4.0), (6.0, 8.0), (10.0, 12.0)]],
            Self::Down => &[&[(3.0, 6.0), (8.0, 11.0), (13.0, 6.0)]],
            Self::Menu => &[&[(2.5, 4.5), (13.5, 4.5)], &[(2.5, 8.0), (13.5, 8.0)], &[(2.5, 11.5), (13.5, 11.5)]],
            Self::Retry => &[&[(13.0, 2.5), (13.0, 6.0), (9.5, 6.0)]],
            Self::File => &[
                &[(3.5, 1.5), (9.5, 1.5), (12.5, 4.5), (12.5, 14.5), (3.5, 14.5), (3.5, 1.5)],
                &[(9.5, 1.5), (9.5, 4.5), (12.5, 4.5)],
                &[(6.0, 8.0), (10.0, 8.0)],
                &[(6.0, 11.0), (10.0, 11.0)],
            ],
            Self::Tray => &[
                &[(8.0, 1.5), (8.0, 9.0)],
                &[(5.0, 6.0), (8.0, 9.0), (11.0, 6.0)],
                &[(2.0, 9.5), (2.0, 13.5), (14.0, 13.5), (14.0, 9.5)],
            ],
            Self::Warning => &[
                &[(8.0, 2.0), (14.5, 13.5), (1.5, 13.5), (8.0, 2.0)],
                &[(8.0, 6.5), (8.0, 9.5)],
                &[(8.0, 11.4), (8.0, 11.6)],
            ],
            Self::Copy => &[
                &[(5.5, 5.5), (13.5, 5.5), (13.5, 13.5), (5.5, 13.5), (5.5, 5.5)],
                &[(10.5, 5.5), (10.5, 2.5), (2.5, 2.5), (2.5, 10.5), (5.5, 10.5)],
            ],
            Self::Lock => &[
                &[(3.0, 7.0), (13.0, 7.0), (13.0, 14.0), (3.0, 14.0), (3.0, 7.0)],
                &[(5.0, 7.0), (5.0, 4.6), (5.9, 2.9), (8.0, 2.0), (10.1, 2.9), (11.0, 4.6), (11.0, 7.0)],
                &[(8.0, 9.8), (8.0, 11.2)],
            ],
            Self::Part => &[
                &[(8.0, 1.5), (14.0, 4.8), (14.0, 11.2), (8.0, 14.5), (2.0, 11.2), (2.0, 4.8), (8.0, 1.5)],
                &[(2.0, 4.8), (8.0, 8.0), (14.0, 4.8)],
                &[(8.0, 8.0), (8.0, 14.5)],
            ],
            Self::Filter => &[&[(2.0, 3.0), (14.0, 3.0), (9.5, 8.5), (9.5, 13.0), (6.5, 11.5), (6.5, 8.5), (2.0, 3.0)]],
            Self::PanelLeft => {
                &[&[(1.5, 2.5), (14.5, 2.5), (14.5, 13.5), (1.5, 13.5), (1.5, 2.5)], &[(6.0, 2.5), (6.0, 13.5)]]
            }
            Self::PanelRight => {
                &[&[(1.5, 2.5), (14.5, 2.5), (14.5, 13.5), (1.5, 13.5), (1.5, 2.5)], &[(10.0, 2.5), (10.0, 13.5)]]
            }
        }
    }

    /// Paints it in the middle of `rect`, `side` points wide.
    pub(super) fn paint(self, painter: &Painter, rect: Rect, side: f32, color: Color32) {
        let area = Rect::from_center_size(rect.center(), Vec2::splat(side));
        let scale = side / 16.0;
        let stroke = Stroke::new((1.4 * scale.sqrt()).max(1.2), color);
        let at = |&(x, y): &(f32, f32)| pos2(area.left() + x * scale, area.top() + y * scale);
        for line in self.lines() {
            let points: Vec<Pos2> = line.iter().map(at).collect();
            if line.len() > 2 && line.first() == line.last() {
                painter.add(Shape::closed_line(points[..points.len() - 1].to_vec(), stroke));
            } else {
                painter.line(points, stroke);
            }
        }
        if self == Self::Retry {
            painter.line(arc(area.center(), 5.6 * scale, 0.08, 0.92), stroke);
        }
    }
}

/// A part of a circle, from and to shares of the whole turn, clockwise from three o'clock.
fn arc(center: Pos2, radius: f32, from: f32, to: f32) -> Vec<Pos2> {
    let steps = (radius.mul_add(2.0, 8.0) as usize).max(12);
    (0..=steps)
        .map(|step| {
            let turn = from + (to - from) * step as f32 / steps as f32;
            center + radius * Vec2::angled((turn - 0.12) * TAU)
        })
        .collect()
}

/// A ring that turns while something runs; asks for the next frame itself.
pub(super) fn spinner(ui: &egui::Ui, rect: Rect, color: Color32) {
    let radius = rect.size().min_elem() / 2.0 - 1.0;
    let time = ui.input(|i| i.time) as f32;
    let start = (time * 0.9).fract();
    ui.painter().circle_stroke(rect.center(), radius, Stroke::new(1.6, color.gamma_multiply(0.22)));
    ui.painter().line(arc(rect.center(), radius, start, start + 0.3), Stroke::new(1.6, color));
    // Thirty pictures a second are smooth for a ring of this size and leave the processor to the reader.
    ui.ctx().request_repaint_after_secs(1.0 / 30.0);
}
