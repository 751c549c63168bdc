//! Notices that come up over the page for a moment. The list of problems keeps what went wrong.

use super::controls::{elided, paint_line, palette, sized_icon_button_ui};
use super::icons::Icon;
use super::theme;
use crate::desk::{Command, Commands, FileState, Notice, NoticeKind, State};
use egui::{Align2, Rect, Sense, Stroke, StrokeKind, Ui, UiBuilder, Vec2, pos2, vec2};
use std::collections::VecDeque;

/// The toasts that are up.
#[derive(Debug, Default)]
pub(super) struct Toasts {
    /// The number of the newest notice that was shown.
    seen: u64,
    /// Notice numbers and when they go, in seconds of egui's clock.
    up: VecDeque<(u64, f64)>,
}

const WIDTH: f32 = 360.0;
/// Where the page has no room they stand over what is beside it.
const LEAST: f32 = 160.0;
const MOST: usize = 3;
const INFO_SECS: f64 = 4.0;
const PROBLEM_SECS: f64 = 9.0;

impl Toasts {
    /// Takes up notices that are new; not those of the open document where the middle of the window says the same.
    fn update(&mut self, state: &State, now: f64) {
        let open = state.open_document().filter(|document| matches!(document.file, FileState::Failed(_)));
        let said_already = |n: &Notice| open.is_some_and(|document| n.document == Some(document.id));
        for notice in state.notices.iter().filter(|n| n.number > self.seen && !said_already(n)) {
            // What is said again stands there once.
            let text = |number: u64| state.notices.iter().find(|n| n.number == number).map(|n| &n.problem.message);
            self.up.retain(|(number, _)| text(*number) != Some(&notice.problem.message));
            let secs = if notice.kind == NoticeKind::Problem { PROBLEM_SECS } else { INFO_SECS };
            self.up.push_back((notice.number, now + secs));
        }
        self.seen = state.notices.iter().map(|n| n.number).max().unwrap_or(self.seen).max(self.seen);
        while self.up.len() > MOST {
            self.up.pop_front();
        }
        self.up.retain(|(number, until)| *until > now && state.notices.iter().any(|n| n.number == *number));
    }

    /// Shows them at the lower right of `place`; a click on one about a document opens it.
    pub(super) fn show(&mut self, ui: &mut Ui, place: Rect, state: &State, commands: &Commands) {
        let now = ui.input(|i| i.time);
        self.update(state, now);
        let Some(next) = self.up.iter().map(|(_, until)| *until).min_by(f64::total_cmp) else { return };
        ui.ctx().request_repaint_after_secs((next - now).max(0.05) as f32);
        let mut bottom = place.bottom() - 16.0;
        let mut gone = None;
        for (number, _) in self.up.iter().rev() {
            let Some(notice) = state.notices.iter().find(|n| n.number == *number) else { continue };
            let width = WIDTH.min(place.width() - 32.0).max(LEAST);
            let id = egui::Id::unique(("toast", notice.number));
            let area = egui::Area::new(id)
                .order(egui::Order::Foreground)
                .pivot(Align2::RIGHT_BOTTOM)
                .fixed_pos(pos2(place.right() - 16.0, bottom));
            let shown = area.show(ui.ctx(), |ui| toast_ui(ui, width, state, notice, commands));
            bottom -= shown.response.rect.height() + 8.0;
            if shown.inner {
                gone = Some(*number);
            }
        }
        if let Some(gone) = gone {
            self.up.retain(|(number, _)| *number != gone);
        }
    }
}

/// One toast; answers whether it is to go.
fn toast_ui(ui: &mut Ui, width: f32, state: &State, notice: &Notice, commands: &Commands) -> bool {
    let palette = palette(ui);
    let is_problem = notice.kind == NoticeKind::Problem;
    let document = notice.document.and_then(|id| state.document(id));
    let mut job = egui::text::LayoutJob::simple(
        notice.problem.message.clone(),
        theme::regular(theme::BODY),
        palette.text,
        width - 80.0,
    );
    job.wrap.max_rows = 3;
    let text = ui.painter().layout_job(job);
    let head = document.map(|d| elided(ui, &d.name, theme::semibold(theme::SMALL), width - 80.0));
    let head_height = if head.is_some() { 18.0 } else { 0.0 };
    let (rect, response) = ui.allocate_exact_size(vec2(width, text.size().y + head_height + 24.0), Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Alert, true, &notice.problem.message));
    let shadow = ui.visuals().popup_shadow;
    ui.painter().add(shadow.as_shape(rect, theme::CARD_RADIUS));
    ui.painter().rect(rect, theme::CARD_RADIUS, palette.pane, Stroke::new(1.0, palette.line), StrokeKind::Inside);
    let sign = Rect::from_min_size(rect.min + vec2(12.0, 12.0), Vec2::splat(18.0));
    let (icon, color) = match notice.kind {
        NoticeKind::Problem => (Icon::Warning, palette.error),
        NoticeKind::Refusal => (Icon::Warning, palette.warning),
        NoticeKind::Info => (Icon::Check, palette.good),
    };
    icon.paint(ui.painter(), sign, 16.0, color);
    let left = rect.left() + 40.0;
    if let Some(head) = head {
        paint_line(ui, pos2(left, rect.top() + 20.0), head, palette.text);
    }
    ui.painter().galley(pos2(left, rect.top() + 12.0 + head_height), text, palette.text);
    let close = Rect::from_min_size(pos2(rect.right() - 32.0, rect.top() + 9.0), Vec2::splat(24.0));
    let closed = ui
        .scope_builder(UiBuilder::new().max_rect(close), |ui| {
            sized_icon_button_ui(ui, Icon::Close, "Close", 24.0).clicked()
        })
        .inner;
    if response.clicked()
        && let Some(document) = document
    {
        commands.push(Command::Open(document.id));
        return true;
    }
    if closed && !is_problem {
        commands.push(Command::Dismiss(notice.number));
    }
    closed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Problem;

    fn notice(number: u64, kind: NoticeKind) -> Notice {
        Notice { number, kind, problem: Problem::new("x"), document: None }
    }

    #[test]
    fn a_notice_comes_up_once_and_goes_by_itself() {
        let mut toasts = Toasts::default();
        let mut state = State::default();
        state.notices.push(notice(1, NoticeKind::Info));
        toasts.update(&state, 0.0);
        assert_eq!(toasts.up.len(), 1);
        toasts.update(&state, INFO_SECS + 0.1);
        assert_eq!(toasts.up.len(), 0);
        toasts.update(&state, INFO_SECS + 0.2);
        assert_eq!(toasts.up.len(), 0, "it was seen");
    }

    #[test]
    fn what_is_said_again_stands_there_once() {
        let mut toasts = Toasts::default();
        let mut state = State::default();
        state.notices.extend([notice(1, NoticeKind::Info), notice(2, NoticeKind::Info)]);
        toasts.update(&state, 0.0);
        state.notices.push(notice(3, NoticeKind::Info));
        toasts.update(&state, 1.0);
        let numbers: Vec<u64> = toasts.up.iter().map(|(number, _)| *number).collect();
        assert_eq!(numbers, [3]);
    }

    #[test]
    fn what_the_middle_of_the_window_says_does_not_come_up_as_well() {
        let mut toasts = Toasts::default();
        let mut state = crate::ui::samples::busy_desk();
        let broken = state.documents[7].id;
        state.notices.push(Notice { document: Some(broken), ..notice(1, NoticeKind::Problem) });
        state.open = Some(crate::desk::Open { document: broken, page: 0 });
        toasts.update(&state, 0.0);
        assert_eq!(toasts.up.len(), 0);
        state.notices.push(notice(2, NoticeKind::Problem));
        toasts.update(&state, 0.1);
        assert_eq!(toasts.up.len(), 1);
    }

    #[test]
    fn many_failures_at_once_do_not_cover_the_page() {
        let mut toasts = Toasts::default();
        let mut state = State::default();
        let failure = |n: u64| Notice { problem: Problem::new(n.to_string()), ..notice(n, NoticeKind::Problem) };
        state.notices.extend((1..50).map(failure));
        toasts.update(&state, 0.0);
        assert_eq!(toasts.up.iter().map(|t| t.0).collect::<Vec<_>>(), [47, 48, 49]);
    }

    #[test]
    fn a_dismissed_notice_goes_at_once() {
        let mut toasts = Toasts::default();
        let mut state = State::default();
        state.notices.push(notice(1, NoticeKind::Problem));
        toasts.update(&state, 0.0);
        state.notices.clear();
        toasts.update(&state, 0.1);
        assert_eq!(toasts.up.len(), 0);
    }
}
