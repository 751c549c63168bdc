//! Rows as CSV (RFC 4180). Nothing in it can be run: a spreadsheet takes a cell that begins like a formula for text.

use super::table::{Rows, amount};

/// Spreadsheets know by it that the text is UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The text of the file.
pub(super) fn text(rows: &Rows) -> Result<Vec<u8>, csv::Error> {
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(BYTE_ORDER_MARK.as_bytes().to_vec());
    writer.write_record(rows.names.iter().map(|name| harmless(name)))?;
    for row in &rows.rows {
        writer.write_record(row.iter().map(|entry| harmless(&entry.text)))?;
    }
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}

/// Text that no spreadsheet runs: what begins like a formula gets an apostrophe before it, but for plain amounts
/// (OWASP, CSV injection).
fn harmless(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if is_formula && amount(text).is_none() && text.parse::<f64>().is_err() {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_like_a_formula_is_text_and_amounts_stay_amounts() {
        for dangerous in ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "＝1+1"] {
            assert_eq!(harmless(dangerous), format!("'{dangerous}"));
        }
        for harmless_text in ["-12.50", "+7", "-1.234,50", "a=b", "", "12"] {
            assert_eq!(harmless(harmless_text), harmless_text);
        }
    }
}
