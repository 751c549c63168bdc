//! Documents as a spreadsheet: a sheet of values and one of table lines, amounts and days as real ones, doubtful values
//! on a coloured ground.

use super::table::{Entry, Rows, lines, values};
use super::{ExportColumns, ExportDocument, Known};
use crate::document::dates::Day;
use crate::document::{Meaning, Value};
use rust_xlsxwriter::{Color, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

/// The ground of values that need a look.
const DOUBTFUL: Color = Color::RGB(0x00FF_F1DC);
/// The most letters that a cell can hold, as Excel limits it.
const MOST_LETTERS: usize = 32_767;

/// The bytes of the file.
pub(super) fn workbook(
    documents: &[ExportDocument],
    columns: ExportColumns,
    known: &Known,
) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    sheet(workbook.add_worksheet(), "Values", &values(documents, columns, known))?;
    sheet(workbook.add_worksheet(), "Table lines", &lines(documents, columns, known))?;
    workbook.save_to_buffer()
}

fn sheet(sheet: &mut Worksheet, name: &str, rows: &Rows) -> Result<(), XlsxError> {
    sheet.set_name(name)?;
    let head = Format::new().set_bold();
    for (column, name) in (0_u16..).zip(&rows.names) {
        sheet.write_string_with_format(0, column, cut(name), &head)?;
    }
    for (row, entries) in (1_u32..).zip(&rows.rows) {
        for (column, entry) in (0_u16..).zip(entries) {
            write(sheet, row, column, entry)?;
        }
    }
    sheet.set_freeze_panes(1, 1)?;
    sheet.autofit();
    Ok(())
}

fn write(sheet: &mut Worksheet, row: u32, column: u16, entry: &Entry) -> Result<(), XlsxError> {
    if entry.text.is_empty() {
        return Ok(());
    }
    let mut format = Format::new().set_align(FormatAlign::Top);
    if entry.is_doubtful {
        format = format.set_background_color(DOUBTFUL);
    }
    match entry.value {
        Some((Value::Figure(figure), meaning)) => {
            let shown = if meaning == Meaning::Amount { "#,##0.00" } else { "General" };
            sheet.write_number_with_format(row, column, figure, &format.set_num_format(shown))?;
        }
        // A day that a spreadsheet does not know is what was read, and costs nobody the file.
        Some((Value::Day(Day { year, month, of_month }), _)) => match ExcelDateTime::from_ymd(year, month, of_month) {
            Ok(date) => {
                sheet.write_datetime_with_format(row, column, &date, &format.set_num_format("yyyy-mm-dd"))?;
            }
            Err(_) => text_as_read(sheet, row, column, entry, &format)?,
        },
        Some((Value::DayOfYear(..), _)) | None => text_as_read(sheet, row, column, entry, &format)?,
    }
    Ok(())
}

fn text_as_read(sheet: &mut Worksheet, row: u32, column: u16, entry: &Entry, format: &Format) -> Result<(), XlsxError> {
    sheet.write_string_with_format(row, column, cut(&entry.text), format).map(drop)
}

fn cut(text: &str) -> String {
    text.chars().take(MOST_LETTERS).collect()
}
