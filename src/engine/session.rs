//! Networks run by ONNX Runtime. The only file that knows `ort`.

use super::EngineError;
use super::model::{Model, Tensor};
use ort::environment::Environment;
use ort::session::Session;
use ort::session::builder::GraphOptimizationLevel;
use ort::value::TensorRef;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// A process has one environment; the first library that loads stays.
static ENVIRONMENT: Mutex<Option<Environment>> = Mutex::new(None);

/// Loads ONNX Runtime from `library`; loads it once, whoever asks again gets the same.
pub(super) fn environment(library: &Path) -> Result<Environment, EngineError> {
    let mut current = ENVIRONMENT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(environment) = &*current {
        return Ok(environment.clone());
    }
    let broken = |reason: String| EngineError::Part { part: "ONNX Runtime", reason };
    let made = ort::init_from(library)
        .map_err(|error| broken(error.to_string()))?
        .with_telemetry(false)
        .build()
        .map_err(|error| broken(error.to_string()))?;
    Ok(current.insert(made).clone())
}

/// A network held by ONNX Runtime.
pub(super) struct Network(Session);

impl Network {
    /// Makes the network of a `model` file's bytes; one call of it uses up to `threads` threads.
    pub(super) fn load(
        environment: &Environment,
        part: &'static str,
        model: &[u8],
        threads: usize,
    ) -> Result<Self, EngineError> {
        let build = || -> ort::Result<Session> {
            // Pages and lines have all sizes: memory patterns never repeat. Threads that spin for work while another
            // session computes cost a tenth.
            Session::builder(environment)?
                .with_optimization_level(GraphOptimizationLevel::All)?
                .with_intra_threads(threads)?
                .with_intra_op_spinning(false)?
                .with_memory_pattern(false)?
                .commit_from_memory(model)
        };
        build().map(Self).map_err(|error| EngineError::Part { part, reason: error.to_string() })
    }
}

impl Model for Network {
    fn run(&mut self, input: Tensor<'_>, answer: &mut dyn FnMut(Tensor<'_>)) -> Result<(), EngineError> {
        let failed = |error: ort::Error| EngineError::Failed(error.to_string());
        let input = TensorRef::from_array_view((input.shape, input.values)).map_err(failed)?;
        let outputs = self.0.run(ort::inputs![input]).map_err(failed)?;
        let (shape, values) = outputs[0].try_extract_tensor::<f32>().map_err(failed)?;
        let shape: Vec<usize> = shape.iter().map(|&n| usize::try_from(n).unwrap_or(0)).collect();
        answer(Tensor { shape: &shape, values });
        Ok(())
    }

    fn note(&self, key: &str) -> Option<String> {
        self.0.metadata().ok()?.custom(key)
    }
}
