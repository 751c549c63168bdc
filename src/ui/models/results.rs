//! How well a model learnt: the curve over its versions, label by label against the version before, what it got wrong.

use super::super::controls::{PushButton, palette};
use super::super::theme;
use super::row_ui;
use crate::desk::{
    Command, Commands, ConnectionId, DeskDocument, LabelScore, ModelCommand, ModelInfo, State, VersionInfo,
};
use crate::document::counted;
use egui::{RichText, Ui, vec2};
use egui_plot::{Line, MarkerShape, Plot, PlotPoints, Points};
use std::collections::BTreeSet;

/// The height of the curve, in points.
const CURVE: f32 = 132.0;

/// Shows it; answers whether a document was opened.
pub(super) fn results_ui(ui: &mut Ui, state: &State, at: ConnectionId, model: &ModelInfo, commands: &Commands) -> bool {
    let palette = palette(ui);
    let Some(version) = model.current() else {
        let text = match (model.accuracy, model.is_ready()) {
            (Some(accuracy), _) => format!("Its service says an accuracy of {:.0} %, and no more", accuracy * 100.0),
            (None, true) => "Its service says nothing about how well it learnt".to_owned(),
            (None, false) => "It has learnt nothing yet: approve a few documents, then train it".to_owned(),
        };
        ui.add_space(8.0);
        ui.label(RichText::new(text).color(palette.secondary));
        return false;
    };
    let mut is_done = false;
    egui::ScrollArea::vertical().id_salt("results").auto_shrink(false).show(ui, |ui| {
        ui.set_max_width(ui.available_width() - 14.0);
        // What a person can put right comes first.
        let head = "Say the same as another one and are annotated in another way; correct one of them";
        is_done |= files_ui(ui, state, (at, &model.id), head, &version.contradicting, commands);
        if model.versions.len() > 1 {
            curve_ui(ui, model);
        }
        scores_ui(ui, version, model.previous());
        let head = "Wrong or missing a value while it was held out";
        is_done |= files_ui(ui, state, (at, &model.id), head, &version.wrong, commands);
        versions_ui(ui, at, model, commands);
    });
    is_done
}

fn head_ui(ui: &mut Ui, text: &str) {
    ui.add_space(10.0);
    ui.label(RichText::new(text).font(theme::semibold(theme::SMALL)).color(palette(ui).secondary));
}

/// F1 over the versions.
fn curve_ui(ui: &mut Ui, model: &ModelInfo) {
    let palette = palette(ui);
    head_ui(ui, "F1 on documents that were held out, version by version");
    let points: Vec<[f64; 2]> =
        model.versions.iter().filter_map(|version| Some([f64::from(version.number), f64::from(version.f1?)])).collect();
    let first = model.versions.first().map_or(1, |version| version.number);
    let last = model.versions.last().map_or(1, |version| version.number);
    let documents = |number: f64| {
        let version = model.versions.iter().find(|version| (f64::from(version.number) - number).abs() < 0.01)?;
        Some(format!(
            "{} · {}",
            version.number,
            super::count_words(version.documents as usize, "document", "documents")
        ))
    };
    Plot::new("learning curve")
        .height(CURVE)
        .show_axes(true)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .show_x(false)
        .show_y(false)
        .show_grid([false, true])
        .include_y(0.0)
        .include_y(1.0)
        .include_x(f64::from(first) - 0.4)
        .include_x(f64::from(last) + 0.4)
        .y_axis_formatter(|mark, _| format!("{:.2}", mark.value))
        .x_axis_formatter(move |mark, _| documents(mark.value).unwrap_or_default())
        .y_grid_spacer(|_| {
            [0.0, 0.25, 0.5, 0.75, 1.0].map(|value| egui_plot::GridMark { value, step_size: 0.25 }).to_vec()
        })
        .x_grid_spacer(|input| {
            let (from, to) = (input.bounds.0.ceil() as i64, input.bounds.1.floor() as i64);
            (from..=to).map(|n| egui_plot::GridMark { value: n as f64, step_size: 1.0 }).collect()
        })
        .show(ui, |plot| {
            plot.line(Line::new("F1", PlotPoints::from(points.clone())).color(palette.accent).width(2.0));
            let marks = Points::new("F1", PlotPoints::from(points)).shape(MarkerShape::Circle);
            plot.points(marks.radius(3.5).color(palette.accent));
        });
}

/// Precision, recall and F1 of each label, with what changed since the version before.
fn scores_ui(ui: &mut Ui, version: &VersionInfo, before: Option<&VersionInfo>) {
    let palette = palette(ui);
    let head = match before {
        Some(before) => format!("Version {} against version {}", version.number, before.number),
        None => format!("Version {}", version.number),
    };
    head_ui(ui, &head);
    if version.f1.is_none() {
        let text =
            "Too few documents to hold any out: train with three or more to see how well it finds what it has not seen";
        ui.add(egui::Label::new(RichText::new(text).color(palette.secondary)).wrap());
        return;
    }
    let small = |text: &str| RichText::new(text).font(theme::regular(theme::SMALL)).color(palette.secondary);
    let line = |ui: &mut Ui, cells: &[(RichText, f32)]| {
        ui.horizontal(|ui| {
            ui.set_height(26.0);
            for (text, width) in cells {
                let layout = egui::Layout::left_to_right(egui::Align::Center);
                ui.allocate_ui_with_layout(vec2(*width, 24.0), layout, |ui| {
                    ui.set_width(*width);
                    ui.add(egui::Label::new(text.clone()).truncate());
                });
            }
        });
    };
    let widths = [200.0, 78.0, 78.0, 78.0, 78.0, 90.0];
    let heads = ["Label", "Values", "Precision", "Recall", "F1", "Change"].map(small);
    line(ui, &heads.into_iter().zip(widths).collect::<Vec<_>>());
    for label in version.labels.iter().filter(|label| label.truths > 0) {
        let figure = |share: f32| RichText::new(format!("{share:.2}")).color(palette.text);
        let cells = [
            RichText::new(&label.label).color(palette.text),
            RichText::new(truths_words(label)).color(palette.secondary),
            figure(label.precision),
            figure(label.recall),
            figure(label.f1).strong(),
            change_words(label, before, palette),
        ];
        line(ui, &cells.into_iter().zip(widths).collect::<Vec<_>>());
    }
}

/// How many values were there to find.
fn truths_words(label: &LabelScore) -> String {
    if label.cells { counted(label.truths as usize, "cell") } else { label.truths.to_string() }
}

fn change_words(label: &LabelScore, before: Option<&VersionInfo>, palette: &theme::Palette) -> RichText {
    let old = before.and_then(|version| version.labels.iter().find(|old| old.label == label.label && old.truths > 0));
    let Some(old) = old else { return RichText::new("") };
    let by = label.f1 - old.f1;
    let color = match by {
        by if by > 0.005 => palette.good,
        by if by < -0.005 => palette.error,
        _ => palette.secondary,
    };
    RichText::new(format!("{by:+.2}")).color(color)
}

/// Documents that a model was taught, by their names at its service; answers whether one was opened.
fn files_ui(
    ui: &mut Ui,
    state: &State,
    (at, model): (ConnectionId, &str),
    head: &str,
    files: &BTreeSet<String>,
    commands: &Commands,
) -> bool {
    if files.is_empty() {
        return false;
    }
    let palette = palette(ui);
    head_ui(ui, &format!("{head}: {}", files.len()));
    let name_of = |document: &&DeskDocument| {
        let taught = document.taught.iter().find(|taught| taught.connection == at && taught.model == model);
        taught.is_some_and(|taught| files.contains(&taught.file))
    };
    let known: Vec<&DeskDocument> = state.documents.iter().filter(name_of).collect();
    let mut is_done = false;
    for document in &known {
        if row_ui(ui, &document.name, "Look at it", palette.accent, "") {
            commands.push(Command::Open(document.id));
            is_done = true;
        }
    }
    let gone = files.len().saturating_sub(known.len());
    if gone > 0 {
        let text = format!("{} not on the desk any more", super::count_words(gone, "of them is", "of them are"));
        ui.label(RichText::new(text).font(theme::regular(theme::SMALL)).color(palette.secondary));
    }
    is_done
}

/// Every version, and the way back to it.
fn versions_ui(ui: &mut Ui, at: ConnectionId, model: &ModelInfo, commands: &Commands) {
    if model.versions.len() < 2 {
        return;
    }
    let palette = palette(ui);
    head_ui(ui, "Versions");
    for version in model.versions.iter().rev() {
        ui.horizontal(|ui| {
            ui.set_height(34.0);
            let f1 = version.f1.map_or_else(String::new, |f1| format!("F1 {f1:.2} · "));
            let documents = super::count_words(version.documents as usize, "document", "documents");
            let time = super::super::history::time_words(version.made_ms);
            let text = format!("Version {} · {f1}{documents} · {time}", version.number);
            ui.label(RichText::new(text).color(palette.text));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if version.number == model.version {
                    ui.label(RichText::new("Predicts").font(theme::medium(theme::SMALL)).color(palette.good));
                } else if ui
                    .add_enabled(!model.is_busy(), PushButton::new("Go back to it"))
                    .accessible_name(format!("Go back to version {}", version.number))
                    .clicked()
                {
                    let command = ModelCommand::RollBack(model.id.clone(), version.number);
                    commands.push(Command::Model(at, Box::new(command)));
                }
            });
        });
    }
}
