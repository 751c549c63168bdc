//! Documents as a spreadsheet: a sheet of values and one of table lines, amounts and days as real ones, doubtful values
//! on a coloured ground.

use super::table::{Entry, Rows, amount, day, lines, values};
use super::{ExportColumns, ExportDocument};
use rust_xlsxwriter::{Color, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

/// The ground of values that need a look.
const DOUBTFUL: Color = Color::RGB(0x00FF_F1DC);
/// The most letters that a cell can hold, as Excel limits it.
const MOST_LETTERS: usize = 32_767;

/// The bytes of the file.
pub(super) fn workbook(
    documents: &[ExportDocument],
    columns: ExportColumns,
    threshold: f32,
) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    sheet(workbook.add_worksheet(), "Values", &values(documents, columns), threshold)?;
    sheet(workbook.add_worksheet(), "Table lines", &lines(documents, columns), threshold)?;
    workbook.save_to_buffer()
}

fn sheet(sheet: &mut Worksheet, name: &str, rows: &Rows, threshold: f32) -> Result<(), XlsxError> {
    sheet.set_name(name)?;
    let head = Format::new().set_bold();
    for (column, name) in (0_u16..).zip(&rows.names) {
        sheet.write_string_with_format(0, column, cut(name), &head)?;
    }
    for (row, entries) in (1_u32..).zip(&rows.rows) {
        for (column, entry) in (0_u16..).zip(entries) {
            write(sheet, row, column, entry, threshold)?;
        }
    }
    sheet.set_freeze_panes(1, 1)?;
    sheet.autofit();
    Ok(())
}

fn write(sheet: &mut Worksheet, row: u32, column: u16, entry: &Entry, threshold: f32) -> Result<(), XlsxError> {
    if entry.text.is_empty() {
        return Ok(());
    }
    let mut format = Format::new().set_align(FormatAlign::Top);
    if entry.score.is_some_and(|score| score.get() < threshold) {
        format = format.set_background_color(DOUBTFUL);
    }
    // Only what was read on a page is a number or a day; names of files are not.
    let read = entry.score.map(|_| entry.text.as_str()).unwrap_or_default();
    if let Some(number) = amount(read) {
        sheet.write_number_with_format(row, column, number, &format.set_num_format("#,##0.00"))?;
    } else if let Some((year, month, day)) = day(read)
        && let Ok(date) = ExcelDateTime::from_ymd(year, month, day)
    {
        sheet.write_datetime_with_format(row, column, &date, &format.set_num_format("yyyy-mm-dd"))?;
    } else {
        sheet.write_string_with_format(row, column, cut(&entry.text), &format)?;
    }
    Ok(())
}

fn cut(text: &str) -> String {
    text.chars().take(MOST_LETTERS).collect()
}
