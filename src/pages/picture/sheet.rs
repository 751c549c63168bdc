//! A page image in the making: takes rows of any size, averages them down to the size of the page.

use crate::document::PageSize;
use image::RgbImage;

/// Takes the rows of a picture from the top and keeps their mean over each pixel of the page.
pub(super) struct Sheet {
    source: PageSize,
    size: PageSize,
    pixels: Vec<u8>,
    /// The source rows of the page row that is being filled, each weighted by its share, added up.
    sums: Vec<f32>,
    /// The next row of the source.
    row: u32,
}

impl Sheet {
    /// A page of `size`, or of `source` where that is smaller.
    pub(super) fn new(source: PageSize, size: PageSize) -> Self {
        let size = PageSize::new(size.width.min(source.width), size.height.min(source.height));
        let bytes = size.width as usize * size.height as usize * 3;
        let sums = if size == source { Vec::new() } else { vec![0.0; source.width as usize * 3] };
        Self { source, size, pixels: Vec::with_capacity(bytes), sums, row: 0 }
    }

    /// Takes the next row: `source.width` RGB pixels. Rows beyond the last are not taken.
    pub(super) fn push(&mut self, row: &[u8]) {
        if self.row >= self.source.height {
            return;
        }
        if self.sums.is_empty() {
            self.pixels.extend_from_slice(&row[..self.size.width as usize * 3]);
            self.row += 1;
            return;
        }
        // In units of a source row: this row reaches from `top` to `top + 1`, a page row over `step` of them.
        let step = f64::from(self.source.height) / f64::from(self.size.height);
        let top = f64::from(self.row);
        let done = (self.pixels.len() / (self.size.width as usize * 3)) as f64;
        let end = (done + 1.0) * step;
        let last = self.row + 1 == self.source.height;
        if end > top + 1.0 && !last {
            self.add(row, 1.0 / step);
        } else {
            self.add(row, (end.min(top + 1.0) - top) / step);
            self.finish_row();
            if !last {
                self.add(row, (top + 1.0 - end) / step);
            }
        }
        self.row += 1;
    }

    /// Adds the row to the sums with this weight.
    fn add(&mut self, row: &[u8], weight: f64) {
        let weight = weight.max(0.0) as f32;
        for (sum, value) in self.sums.iter_mut().zip(row) {
            *sum += f32::from(*value) * weight;
        }
    }

    /// The mean of the sums over each pixel of the page row.
    fn finish_row(&mut self) {
        let step = f64::from(self.source.width) / f64::from(self.size.width);
        let pixels = self.sums.as_chunks::<3>().0;
        for x in 0..self.size.width {
            let (from, to) = (f64::from(x) * step, f64::from(x + 1) * step);
            let (first, last) = (from as usize, (to.ceil() as usize).min(pixels.len()));
            let mut mean = [0.5_f32; 3];
            for (at, pixel) in pixels[first..last].iter().enumerate() {
                let left = (first + at) as f64;
                let share = (((left + 1.0).min(to) - left.max(from)) / step) as f32;
                for channel in 0..3 {
                    mean[channel] += pixel[channel] * share;
                }
            }
            self.pixels.extend(mean.map(|v| v as u8));
        }
        self.sums.fill(0.0);
    }

    /// The page; rows that never came are white. `None` where no row came at all.
    pub(super) fn finish(mut self) -> Option<RgbImage> {
        if self.row == 0 {
            return None;
        }
        let bytes = self.size.width as usize * self.size.height as usize * 3;
        self.pixels.resize(bytes, 255);
        RgbImage::from_raw(self.size.width, self.size.height, self.pixels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reduced(rows: &[&[u8]], size: PageSize) -> Vec<u8> {
        let source = PageSize::new(rows[0].len() as u32, rows.len() as u32);
        let mut sheet = Sheet::new(source, size);
        for row in rows {
            let rgb: Vec<u8> = row.iter().flat_map(|v| [*v; 3]).collect();
            sheet.push(&rgb);
        }
        sheet.finish().unwrap().into_raw().into_iter().step_by(3).collect()
    }

    #[test]
    fn a_page_of_the_same_size_is_the_same() {
        assert_eq!(reduced(&[&[1, 2], &[3, 4]], PageSize::new(2, 2)), [1, 2, 3, 4]);
    }

    #[test]
    fn half_the_size_is_the_mean_of_four() {
        let rows: [&[u8]; 4] = [&[0, 100, 7, 7], &[100, 200, 7, 7], &[0, 0, 255, 255], &[0, 0, 255, 255]];
        assert_eq!(reduced(&rows, PageSize::new(2, 2)), [100, 7, 0, 255]);
    }

    #[test]
    fn a_pixel_between_two_counts_for_both() {
        assert_eq!(reduced(&[&[0, 120, 240]], PageSize::new(2, 1)), [40, 200]);
        assert_eq!(reduced(&[&[0], &[120], &[240]], PageSize::new(1, 2)), [40, 200]);
    }

    #[test]
    fn white_stays_white_at_any_size() {
        for size in 1..=97 {
            let rows = [[255_u8; 97].as_slice(); 97];
            assert!(reduced(&rows, PageSize::new(size, size)).iter().all(|v| *v == 255), "{size}");
        }
    }

    #[test]
    fn rows_that_never_come_are_white_and_none_at_all_is_no_page() {
        let mut sheet = Sheet::new(PageSize::new(1, 3), PageSize::new(1, 3));
        sheet.push(&[9, 9, 9]);
        assert_eq!(sheet.finish().unwrap().into_raw(), [9, 9, 9, 255, 255, 255, 255, 255, 255]);
        assert!(Sheet::new(PageSize::new(1, 3), PageSize::new(1, 3)).finish().is_none());
    }
}
