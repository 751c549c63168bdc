//! The program's window as eframe runs it: the desk's news in, the window drawn, what was asked for out.

use super::app_icon::icon_data;
use super::shell::Shell;
use super::theme;
use crate::desk::instance::{self, Claim, Listener};
use crate::desk::{Commands, Desk, DeskOptions, Effect};
use crate::parts::{MissingPart, Parts};
use eframe::WgpuConfiguration;
use eframe::egui_wgpu::WgpuSetupCreateNew;
use eframe::wgpu::{DeviceDescriptor, MemoryHints};
use egui::{Context, Ui, ViewportCommand};
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// The longest that news of the desk may take of one frame.
const NEWS: Duration = Duration::from_millis(8);

/// How the window is started.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// Files, folders and addresses to put on the desk, as they stand on the command line.
    pub documents: Vec<OsString>,
    /// The folder that everything is kept in; made if it is not there.
    pub data: PathBuf,
}

/// Why there is no window.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The window system or the graphics driver said no.
    #[error("the window could not be opened; start it in a desktop session that has a Vulkan or OpenGL driver")]
    Window(#[from] eframe::Error),
}

/// Opens the window and stays until it is closed. Where one is open already, hands it the documents and comes back.
pub fn run(options: RunOptions) -> Result<(), RunError> {
    let listener = match instance::claim(&options.data, &options.documents) {
        Claim::Handed => return Ok(()),
        Claim::First(listener) => Some(listener),
        Claim::Alone(error) => {
            tracing::warn!("no other start can hand over documents: {error}");
            None
        }
    };
    let native = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title("Proofdesk")
            .with_app_id("proofdesk")
            .with_icon(icon_data(256))
            .with_inner_size([1440.0, 900.0])
            .with_min_inner_size([600.0, 380.0])
            .with_clamp_size_to_monitor_size(true)
            .with_drag_and_drop(true),
        persistence_path: Some(options.data.join("window.ron")),
        wgpu_options: frugal_graphics(),
        ..eframe::NativeOptions::default()
    };
    let created = move |cc: &eframe::CreationContext<'_>| {
        let parts = Parts::find();
        let mut app = App::new(
            &cc.egui_ctx,
            AppOptions { data: options.data, parts, pages_worker: None, keyring: true, exports: None },
        );
        app.open(&options.documents, listener);
        Ok(Box::new(app) as Box<dyn eframe::App>)
    };
    eframe::run_native("proofdesk", native, Box::new(created))
        .inspect_err(|error| tracing::error!(%error, "no window"))?;
    Ok(())
}

/// Takes memory for textures in small blocks and gives it back, where the default takes 128 MB and 64 MB at a time: a page
/// view needs no speed of allocation, and a driver that draws in software has its blocks in the program's own memory.
fn frugal_graphics() -> WgpuConfiguration {
    let mut setup = WgpuSetupCreateNew::without_display_handle();
    let usual = setup.device_descriptor;
    setup.device_descriptor =
        Arc::new(move |adapter| DeviceDescriptor { memory_hints: MemoryHints::MemoryUsage, ..(*usual)(adapter) });
    WgpuConfiguration { wgpu_setup: setup.into(), ..WgpuConfiguration::default() }
}

/// How the window's desk is started.
#[derive(Debug)]
pub struct AppOptions {
    /// The folder that everything is kept in.
    pub data: PathBuf,
    /// The run-time parts.
    pub parts: Result<Parts, MissingPart>,
    /// The program whose `pages-worker` reads pages; `None` is this one. For tests.
    pub pages_worker: Option<PathBuf>,
    /// Keys of accounts are kept in the system's keyring. Not in tests.
    pub keyring: bool,
    /// Where exports go without asking, under the names that the dialog would offer; `None` asks. For tests.
    pub exports: Option<PathBuf>,
}

/// The desk and the window around it.
pub struct App {
    desk: Desk,
    shell: Shell,
    commands: Commands,
    missing: Option<MissingPart>,
}

impl App {
    /// A window on a desk that starts in the background.
    pub fn new(ctx: &Context, options: AppOptions) -> Self {
        let mut shell = Shell::new(ctx);
        let missing = options.parts.as_ref().err().cloned();
        let repaint = ctx.clone();
        let desk = Desk::start(DeskOptions {
            data: options.data,
            parts: options.parts,
            wake: Arc::new(move || repaint.request_repaint()),
            pages_worker: options.pages_worker,
            keyring: options.keyring,
            exports: options.exports,
        });
        shell.images().set_pages(desk.pages());
        Self { desk, shell, commands: Commands::default(), missing }
    }

    /// The desk.
    pub const fn desk(&self) -> &Desk {
        &self.desk
    }

    /// Screen pixels a page pixel, in percent.
    pub fn zoom_percent(&self) -> f32 {
        self.shell.zoom_percent()
    }

    /// Puts what the command line names on the desk, and listens for what later starts hand over.
    fn open(&mut self, documents: &[OsString], listener: Option<Listener>) {
        for command in instance::commands(documents) {
            self.desk.command(command);
        }
        if let Some(listener) = listener {
            self.desk.listen(listener);
        }
    }

    fn effects(&mut self, ctx: &Context) {
        for effect in self.desk.take_effects() {
            match effect {
                Effect::CopyText(text) => ctx.copy_text(text),
                Effect::Raise => {
                    ctx.send_viewport_cmd(ViewportCommand::Minimized(false));
                    ctx.send_viewport_cmd(ViewportCommand::Focus);
                }
                Effect::ShowProblems => self.shell.show_problems(),
                Effect::Quit => ctx.send_viewport_cmd(ViewportCommand::Close),
            }
        }
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &Context, _: &mut eframe::Frame) {
        if self.desk.drain(NEWS) {
            self.shell.desk_changed();
            // More may wait than one frame has time for.
            ctx.request_repaint();
        }
        self.shell.input(ctx, self.desk.state(), &self.commands);
        self.effects(ctx);
    }

    fn ui(&mut self, ui: &mut Ui, _: &mut eframe::Frame) {
        self.shell.ui(ui, self.desk.state(), self.missing.as_ref(), &self.commands);
        let asked = self.commands.take();
        if asked.is_empty() {
            return;
        }
        for command in asked {
            if let Some(command) = self.shell.route(ui.ctx(), self.desk.state(), command) {
                self.desk.command(command);
            }
        }
        self.shell.desk_changed();
        self.effects(ui.ctx());
        ui.ctx().request_repaint();
    }

    fn on_exit(&mut self) {
        self.desk.shut_down();
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        theme::palette(visuals).background.to_normalized_gamma_f32()
    }
}
