//! The whole way from a page's pixels to its words. Each step lives in its own file.

use super::EngineError;
use super::cores::{Cores, Pool, each};
use super::decode::Alphabet;
use super::detect::quads;
use super::map::Detectors;
use super::model::Model;
use super::on_demand::OnDemand;
use super::onnx::zero_subnormal_weights;
use super::order::order;
use super::quad::Quad;
use super::recognise::{Line, Recognisers};
use super::scripts::keep_to_scripts;
use super::session::{Network, environment};
use super::turn::{lies_on_its_side, probes, read_quarters};
use super::words::words;
use crate::document::{PageSize, PageText, TextSource, Turn};
use crate::parts::Parts;
use image::RgbImage;
use std::path::Path;
use tokio_util::sync::CancellationToken;

/// The page's long side for the detection model, in pixels.
const LONG_SIDE: f32 = 960.0;
/// A line whose letters have a lower mean probability is no text.
const LEGIBLE: f32 = 0.5;
/// Lines that read this well stand the right way up.
const RIGHT_WAY_UP: f32 = 0.9;
/// How many lines are tried to see whether a page is upside down.
const PROBES: usize = 8;
/// A detection network gains little from more threads than this.
const DETECTION_THREADS: usize = 4;

/// Reads pages on this computer: PP-OCRv6 finds the lines and reads them.
///
/// Made once and shared: its networks stay loaded while pages are read, and pages that are read at once share the
/// computer's cores. Two minutes after the last page they are given up, and the next loads them anew; how much of their
/// memory the system gets back is the allocator's (`benches/RESULTS.md`).
pub struct Engine(OnDemand<Reader<Network, Network>>);

impl Engine {
    /// One that loads when it reads its first page.
    pub fn new(parts: Parts) -> Self {
        Self(OnDemand::new(move || Reader::load(&parts)))
    }

    /// Loads ONNX Runtime and both models. Takes some tenths of a second.
    pub fn load(parts: &Parts) -> Result<Self, EngineError> {
        let engine = Self::new(parts.clone());
        engine.0.get()?;
        Ok(engine)
    }

    /// The words of a page image, in reading order. Blocks; call it off the window's thread. Several calls at once
    /// share the cores. Looks at `cancel` between steps and lines.
    pub fn read(&self, page: &RgbImage, cancel: &CancellationToken) -> Result<PageText, EngineError> {
        self.0.get()?.read(page, cancel)
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("is_loaded", &self.0.is_made()).finish_non_exhaustive()
    }
}

impl Reader<Network, Network> {
    fn load(parts: &Parts) -> Result<Self, EngineError> {
        let environment = environment(&parts.onnx_runtime())?;
        let cores = Cores::new(std::thread::available_parallelism().map_or(1, usize::from));
        let threads = cores.count().min(DETECTION_THREADS);
        let detectors = cores.count() / threads;
        let (detection, recognition) = ("the detection model", "the recognition model");
        let find = model_file(detection, &parts.detection())?;
        let read = model_file(recognition, &parts.recognition())?;
        let load = |n: usize| {
            if n < detectors {
                Network::load(&environment, detection, &find, threads)
            } else {
                Network::load(&environment, recognition, &read, 1)
            }
        };
        let mut detection = each(detectors + cores.count(), cores.count(), load)?;
        let recognition = detection.split_off(detectors);
        let Some(alphabet) = recognition.first().and_then(|network| network.note("character")) else {
            return Err(EngineError::Part {
                part: "the recognition model",
                reason: "it does not say its characters".into(),
            });
        };
        Ok(Self {
            detectors: Detectors { pool: Pool::new(detection), threads },
            recognisers: Recognisers { pool: Pool::new(recognition), alphabet: Alphabet::new(&alphabet) },
            cores,
        })
    }
}

/// The bytes of a model's file, without what slows it down.
fn model_file(part: &'static str, path: &Path) -> Result<Vec<u8>, EngineError> {
    let broken = |reason: String| EngineError::Part { part, reason };
    let mut bytes = std::fs::read(path).map_err(|error| broken(error.to_string()))?;
    zero_subnormal_weights(&mut bytes).ok_or_else(|| broken("it is no ONNX file".into()))?;
    Ok(bytes)
}

/// The steps with the networks they need; tests put others in.
struct Reader<D, R> {
    detectors: Detectors<D>,
    recognisers: Recognisers<R>,
    cores: Cores,
}

impl<D: Model, R: Model> Reader<D, R> {
    fn read(&self, page: &RgbImage, cancel: &CancellationToken) -> Result<PageText, EngineError> {
        let size = PageSize::new(page.width(), page.height());
        if size.width == 0 || size.height == 0 {
            return Ok(PageText { size, ..PageText::default() });
        }
        let scale = (LONG_SIDE / size.width.max(size.height) as f32).min(1.0);
        let quads = quads(&self.detectors.map(page, scale, &self.cores, cancel)?);
        let (turn, lines) = self.lines(page, &quads, cancel)?;
        let quads: Vec<Quad> = lines.iter().map(|line| line.quad).collect();
        let mut all = Vec::new();
        for (n, number) in order(&quads, size, turn) {
            let mut words = words(&lines[n]);
            for word in &mut words {
                word.line = number;
            }
            all.append(&mut words);
        }
        Ok(PageText { size, words: all, source: TextSource::Read, turn })
    }

    /// The legible lines in `quads`, and how the page lies.
    fn lines(
        &self,
        page: &RgbImage,
        quads: &[Quad],
        cancel: &CancellationToken,
    ) -> Result<(Turn, Vec<Line>), EngineError> {
        let read = |quads: &[Quad]| self.recognisers.lines(page, quads, &self.cores, cancel);
        let mut turn = if lies_on_its_side(quads) { Turn::ThreeQuarters } else { Turn::None };
        let along =
            |turn: Turn| -> Vec<Quad> { quads.iter().map(|quad| quad.read_turned(read_quarters(turn))).collect() };
        let mut quads = along(turn);
        let tried = probes(&quads, PROBES.max(self.cores.count()));
        let pick = |quads: &[Quad]| -> Vec<Quad> { tried.iter().map(|&n| quads[n]).collect() };
        let mut lines = read(&pick(&quads))?;
        if legibility(&lines) < RIGHT_WAY_UP {
            let over = turn.then(Turn::Half);
            let quads_over = along(over);
            let lines_over = read(&pick(&quads_over))?;
            if legibility(&lines_over) > legibility(&lines) {
                (turn, quads, lines) = (over, quads_over, lines_over);
            }
        }
        let mut is_tried = vec![false; quads.len()];
        for &n in &tried {
            is_tried[n] = true;
        }
        let rest: Vec<Quad> =
            quads.iter().zip(&is_tried).filter(|(_, tried)| !**tried).map(|(quad, _)| *quad).collect();
        lines.extend(read(&rest)?);
        keep_to_scripts(&mut lines);
        lines.retain(|line| line.probability() >= LEGIBLE);
        Ok((turn, lines))
    }
}

/// The mean probability of all letters of `lines`, 0 to 1.
fn legibility(lines: &[Line]) -> f32 {
    let letters: usize = lines.iter().map(|line| line.letters.len()).sum();
    lines.iter().flat_map(|line| &line.letters).map(|l| l.probability).sum::<f32>() / letters.max(1) as f32
}
