//! What the engine asks of a neural network: numbers in, numbers out. ONNX Runtime stays in `session`.

use super::EngineError;

/// A tensor that somebody else owns.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tensor<'a> {
    /// The length of each dimension.
    pub(super) shape: &'a [usize],
    /// Row-major, as many as the product of `shape`.
    pub(super) values: &'a [f32],
}

/// A neural network with one input and one output.
pub(super) trait Model: Send {
    /// Runs the network and hands its output to `answer`, once.
    fn run(&mut self, input: Tensor<'_>, answer: &mut dyn FnMut(Tensor<'_>)) -> Result<(), EngineError>;

    /// The text that the model's file keeps under `key`.
    fn note(&self, key: &str) -> Option<String>;
}

/// A network that is a function, for tests.
#[cfg(test)]
pub(super) struct Fake<F> {
    /// From the input to the output's shape and values.
    pub(super) answer: F,
}

#[cfg(test)]
impl<F: FnMut(Tensor<'_>) -> (Vec<usize>, Vec<f32>) + Send> Model for Fake<F> {
    fn run(&mut self, input: Tensor<'_>, answer: &mut dyn FnMut(Tensor<'_>)) -> Result<(), EngineError> {
        assert_eq!(input.shape.iter().product::<usize>(), input.values.len());
        let (shape, values) = (self.answer)(input);
        answer(Tensor { shape: &shape, values: &values });
        Ok(())
    }

    fn note(&self, _: &str) -> Option<String> {
        None
    }
}
