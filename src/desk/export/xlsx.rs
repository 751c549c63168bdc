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
            let (figure, shown) = shown(&entry.text, figure, meaning);
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

/// A figure and the format that shows it as it was read: with what stands before and behind it, as a share where it is in
/// percent.
fn shown(text: &str, figure: f64, meaning: Meaning) -> (f64, String) {
    const MOST_DECIMALS: usize = 6;
    const MOST_AROUND: usize = 12;
    let is_whole = |decimals: &usize| {
        let moved = figure * 10_f64.powi(*decimals as i32);
        (moved - moved.round()).abs() < 1e-6 * moved.abs().max(1.0)
    };
    let decimals = (0..=MOST_DECIMALS).find(is_whole).unwrap_or(MOST_DECIMALS);
    let is_sign = |c: char| "+-−()".contains(c);
    let is_digit = |c: char| c.is_ascii_digit();
    let start = text.find(is_digit).unwrap_or(0);
    let end = text.rfind(is_digit).map_or(text.len(), |at| at + 1);
    let (before, behind) = (text[..start].trim_matches(is_sign), text[end..].trim_end_matches(is_sign));
    let digits = |least: usize| match decimals.max(least) {
        0 => String::new(),
        decimals => format!(".{}", "0".repeat(decimals)),
    };
    if before.trim().is_empty() && behind.trim() == "%" {
        return (figure / 100.0, format!("0{}%", digits(0)));
    }
    let is_bare = before.trim().is_empty() && behind.trim().is_empty();
    let number = match meaning {
        Meaning::Amount => format!("#,##0{}", digits(2)),
        _ if is_bare => "General".to_owned(),
        _ => format!("0{}", digits(0)),
    };
    // Within quotes all signs mean themselves. What is long or no text is none of a format.
    let literal = |text: &str| match text.replace('"', "") {
        text if text.trim().is_empty() => String::new(),
        text if text.chars().count() > MOST_AROUND || text.contains(char::is_control) => String::new(),
        text => format!("\"{text}\""),
    };
    (figure, format!("{}{number}{}", literal(before), literal(behind)))
}

fn text_as_read(sheet: &mut Worksheet, row: u32, column: u16, entry: &Entry, format: &Format) -> Result<(), XlsxError> {
    sheet.write_string_with_format(row, column, cut(&entry.text), format).map(drop)
}

fn cut(text: &str) -> String {
    text.chars().take(MOST_LETTERS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_around_a_figure_is_shown_with_it() {
        let amount = |text: &str, figure: f64| shown(text, figure, Meaning::Amount);
        assert_eq!(amount("31.00", 31.0), (31.0, "#,##0.00".to_owned()));
        assert_eq!(amount("3.30 *", 3.3), (3.3, "#,##0.00\" *\"".to_owned()));
        assert_eq!(amount("RM 1,234.50", 1234.5), (1234.5, "\"RM \"#,##0.00".to_owned()));
        assert_eq!(amount("4,50 €/Std.", 4.5), (4.5, "#,##0.00\" €/Std.\"".to_owned()));
        assert_eq!(amount("0,0520", 0.052), (0.052, "#,##0.000".to_owned()), "no digit is lost to the eye");
        assert_eq!(amount("(12.00)", -12.0), (-12.0, "#,##0.00".to_owned()));
        assert_eq!(amount("30,00%", 30.0), (0.3, "0%".to_owned()));
        assert_eq!(shown("20 Stk", 20.0, Meaning::Number), (20.0, "0\" Stk\"".to_owned()));
        assert_eq!(shown("7", 7.0, Meaning::Number), (7.0, "General".to_owned()));
    }
}
