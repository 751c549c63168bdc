//! What is changed in a model's file before ONNX Runtime gets it. Knows as much of the format as that takes.
//!
//! An ONNX file is one Protocol Buffers message: <https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3>.

use std::ops::Range;

/// Field numbers of the messages that are walked through.
const MODEL_GRAPH: u64 = 7;
const GRAPH_INITIALIZER: u64 = 5;
const TENSOR_DATA_TYPE: u64 = 2;
const TENSOR_RAW_DATA: u64 = 9;
/// `TensorProto.DataType.FLOAT`.
const FLOAT: u64 = 1;

/// A field of a message: its number, its value where that is a whole number, and the bytes of its content where it has
/// any.
#[derive(Debug)]
struct Field {
    number: u64,
    value: u64,
    content: Range<usize>,
}

/// Sets every weight to zero that is too small for a normal number, and returns how many there were; `None` where the
/// file is no ONNX model.
///
/// Training leaves such weights behind in channels that died: two thirds of some layers of the detection model. They
/// change no result, but a processor takes a hundred times as long for each: without them detection takes a quarter of
/// the time.
pub(super) fn zero_subnormal_weights(model: &mut [u8]) -> Option<usize> {
    let mut weights = Vec::new();
    for graph in fields(model, 0..model.len())?.iter().filter(|f| f.number == MODEL_GRAPH) {
        for tensor in fields(model, graph.content.clone())?.iter().filter(|f| f.number == GRAPH_INITIALIZER) {
            let tensor = fields(model, tensor.content.clone())?;
            if tensor.iter().any(|f| f.number == TENSOR_DATA_TYPE && f.value == FLOAT) {
                weights.extend(tensor.into_iter().filter(|f| f.number == TENSOR_RAW_DATA).map(|f| f.content));
            }
        }
    }
    let mut zeroed = 0;
    for bytes in weights {
        let (numbers, _) = model.get_mut(bytes)?.as_chunks_mut::<4>();
        for number in numbers {
            if f32::from_le_bytes(*number).is_subnormal() {
                *number = [0; 4];
                zeroed += 1;
            }
        }
    }
    Some(zeroed)
}

/// The fields of the message in `range` of `bytes`; `None` where it is none.
fn fields(bytes: &[u8], range: Range<usize>) -> Option<Vec<Field>> {
    let mut fields = Vec::new();
    let mut at = range.start;
    while at < range.end {
        let key = varint(bytes, &mut at)?;
        let mut field = Field { number: key >> 3, value: 0, content: at..at };
        match key & 7 {
            0 => field.value = varint(bytes, &mut at)?,
            1 => at = at.checked_add(8)?,
            2 => {
                let length = usize::try_from(varint(bytes, &mut at)?).ok()?;
                field.content = at..at.checked_add(length)?;
                at = field.content.end;
            }
            5 => at = at.checked_add(4)?,
            _ => return None,
        }
        if at > range.end {
            return None;
        }
        fields.push(field);
    }
    Some(fields)
}

/// A whole number at `at`, which moves on: seven bits a byte, the lowest first.
fn varint(bytes: &[u8], at: &mut usize) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = *bytes.get(*at)?;
        *at += 1;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn message(number: u8, content: &[u8]) -> Vec<u8> {
        let mut bytes = vec![number << 3 | 2, content.len() as u8];
        bytes.extend_from_slice(content);
        bytes
    }

    fn model(data_type: u8, weights: &[f32]) -> Vec<u8> {
        let raw: Vec<u8> = weights.iter().flat_map(|w| w.to_le_bytes()).collect();
        let mut tensor = vec![TENSOR_DATA_TYPE as u8 * 8, data_type];
        tensor.extend(message(TENSOR_RAW_DATA as u8, &raw));
        message(MODEL_GRAPH as u8, &message(GRAPH_INITIALIZER as u8, &tensor))
    }

    #[test]
    fn only_subnormal_weights_become_zero() {
        let mut file = model(1, &[1.5, 1e-40, -3e-42, 0.0, f32::MIN_POSITIVE, -2.0]);
        assert_eq!(zero_subnormal_weights(&mut file), Some(2));
        assert_eq!(file, model(1, &[1.5, 0.0, 0.0, 0.0, f32::MIN_POSITIVE, -2.0]));
    }

    #[test]
    fn whole_numbers_stay() {
        let before = model(7, &[1e-40, 1e-41]);
        let mut file = before.clone();
        assert_eq!(zero_subnormal_weights(&mut file), Some(0));
        assert_eq!(file, before);
    }

    proptest! {
        #[test]
        fn any_bytes_are_looked_at_without_harm(mut bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let length = bytes.len();
            zero_subnormal_weights(&mut bytes);
            prop_assert_eq!(bytes.len(), length);
        }
    }
}
