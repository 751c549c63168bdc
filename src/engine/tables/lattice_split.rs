//! Cells of a lattice that hold more than one: several columns under a ruled header, several lines in one ruled row.

use super::figures::is_figure;
use super::lattice::Face;
use super::lines::{Chunk, lines_of};
use super::sheet::Piece;
use std::collections::BTreeSet;

/// Splits a one-row face over several columns whose chunks each lie in exactly one of them: a body without verticals
/// under a ruled header.
pub(super) fn split_merged<'a>(faces: Vec<Face<'a>>, xs: &[f32]) -> Vec<Face<'a>> {
    faces
        .into_iter()
        .flat_map(|face| {
            let parts = parts_by_column(&face, xs);
            if parts.is_empty() { vec![face] } else { parts }
        })
        .collect()
}

/// One face for each column that something stands in; none where the face is one cell.
fn parts_by_column<'a>(face: &Face<'a>, xs: &[f32]) -> Vec<Face<'a>> {
    if face.right == face.left || face.top != face.bottom || face.pieces.is_empty() {
        return Vec::new();
    }
    let rows: Vec<Vec<Chunk<'a>>> = lines_of(face.pieces.iter().copied()).iter().map(|l| l.chunks(1.0)).collect();
    let columns = |chunk: &Chunk| -> Vec<usize> {
        let b = chunk.bounds;
        // A lone `1` may be narrower than what a chunk may jut out by.
        let least = (0.5 * b.width()).min(3.0);
        (face.left..=face.right).filter(|&k| b.right.min(xs[k + 1] + 1.0) - b.left.max(xs[k] - 1.0) > least).collect()
    };
    let hits: Vec<(Vec<usize>, &Chunk)> = rows.iter().flatten().map(|chunk| (columns(chunk), chunk)).collect();
    let used: BTreeSet<usize> = hits.iter().flat_map(|(columns, _)| columns.iter().copied()).collect();
    let several = rows.iter().any(|row| row.len() >= 2);
    if !several || used.len() < 2 || hits.iter().any(|(columns, _)| columns.len() != 1) {
        return Vec::new();
    }
    used.into_iter()
        .map(|column| Face {
            left: column,
            right: column,
            pieces: hits
                .iter()
                .filter(|(columns, _)| columns[0] == column)
                .flat_map(|(_, chunk)| chunk.pieces.iter().copied())
                .collect(),
            ..*face
        })
        .collect()
}

/// For each row of the lattice the y at which it splits into rows of one text line each; empty where it stays whole.
///
/// It splits if most lines fill two cells or more, hold a figure, and say something in the first column.
pub(super) fn split_bands(faces: &[Face], rows: usize) -> Vec<Vec<f32>> {
    (0..rows).map(|row| cuts(faces, row)).collect()
}

fn cuts(faces: &[Face], row: usize) -> Vec<f32> {
    let band: Vec<&Face> = faces.iter().filter(|f| f.top == row && f.bottom == row && !f.pieces.is_empty()).collect();
    let lines = lines_of(band.iter().flat_map(|f| f.pieces.iter().copied()));
    let Some(first) = band.iter().min_by_key(|f| f.left) else { return Vec::new() };
    if lines.len() < 2 || band.len() < 2 {
        return Vec::new();
    }
    let (mut full, mut figures, mut started) = (0, 0, 0);
    for line in &lines {
        let of_face = |face: &Face| -> String {
            let own = line.pieces.iter().filter(|p| face.pieces.iter().any(|q| std::ptr::eq::<Piece>(**p, *q)));
            own.map(|p| p.text.as_str()).collect()
        };
        let texts: Vec<String> = band.iter().map(|f| of_face(f)).filter(|t| !t.is_empty()).collect();
        full += usize::from(texts.len() >= 2);
        figures += usize::from(texts.iter().any(|t| is_figure(t)));
        started += usize::from(!of_face(first).is_empty());
    }
    let most = |count: usize, share: f32| count as f32 >= share * lines.len() as f32;
    if most(full, 0.8) && most(figures, 0.6) && most(started, 0.8) {
        lines.windows(2).map(|pair| f32::midpoint(pair[0].bottom, pair[1].top)).collect()
    } else {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::piece;
    use super::*;

    fn face(left: usize, right: usize, pieces: &[Piece]) -> Face<'_> {
        Face { left, right, pieces: pieces.iter().collect(), ..Face::default() }
    }

    #[test]
    fn a_body_without_verticals_splits_at_the_header_columns() {
        let pieces = [piece("Tea", 5.0, 0.0, 40.0, 10.0), piece("2.50", 110.0, 0.0, 140.0, 10.0)];
        let split = split_merged(vec![face(0, 1, &pieces)], &[0.0, 100.0, 200.0]);
        assert_eq!(split.iter().map(|f| (f.left, f.right)).collect::<Vec<_>>(), [(0, 0), (1, 1)]);
    }

    #[test]
    fn a_title_across_columns_stays_whole() {
        let pieces = [piece("All", 60.0, 0.0, 80.0, 10.0), piece("prices", 84.0, 0.0, 140.0, 10.0)];
        assert_eq!(split_merged(vec![face(0, 1, &pieces)], &[0.0, 100.0, 200.0]).len(), 1);
    }

    #[test]
    fn lines_with_figures_in_one_ruled_row_are_rows() {
        let names = [piece("Tea", 5.0, 0.0, 40.0, 10.0), piece("Coffee", 5.0, 14.0, 40.0, 24.0)];
        let prices = [piece("2.50", 110.0, 0.0, 140.0, 10.0), piece("3.20", 110.0, 14.0, 140.0, 24.0)];
        assert_eq!(split_bands(&[face(0, 0, &names), face(1, 1, &prices)], 1), [vec![12.0]]);
    }

    #[test]
    fn a_wrapped_description_stays_one_row() {
        let names = [piece("Tea", 5.0, 0.0, 40.0, 10.0), piece("from India", 5.0, 14.0, 40.0, 24.0)];
        let prices = [piece("2.50", 110.0, 0.0, 140.0, 10.0)];
        assert_eq!(split_bands(&[face(0, 0, &names), face(1, 1, &prices)], 1), [Vec::<f32>::new()]);
    }
}
