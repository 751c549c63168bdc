//! What headings of columns mean: `Menge`, `Qty` and `quantity` are headings of the same column.
//!
//! Written by hand, as the lexicon is; no data was used.

use serde::{Deserialize, Serialize};

/// What a column of a list of goods, services or days holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Role {
    /// The number of the line.
    Position,
    /// What the thing is called in a catalogue.
    Code,
    /// What it is.
    Description,
    /// How many.
    Quantity,
    /// Of what: pieces, hours.
    Unit,
    /// Money for one.
    UnitPrice,
    /// What is taken off.
    Discount,
    /// Tax, or its rate.
    Tax,
    /// Money for all of the line.
    Amount,
    /// When.
    Date,
}

/// What a word of a heading says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hint {
    Position,
    Number,
    Code,
    Thing,
    Description,
    Quantity,
    Unit,
    Price,
    One,
    Discount,
    Tax,
    Money,
    All,
    /// Tax is spoken of, and is not what stands there: `ohne USt.`
    Without,
    Date,
}

const WORDS: &[(Hint, &[&str])] = &[
    (Hint::Position, &["pos", "position", "line", "lfd", "sl", "row", "zeile", "rang", "regel", "ligne"]),
    (Hint::Number, &["no", "nr", "number", "nummer", "num", "id", "#", "№", "nro", "numero", "número", "numéro", "n°"]),
    (Hint::Code, &["code", "sku", "ref", "reference", "référence", "kode", "ean", "gtin", "artnr", "art"]),
    (
        Hint::Thing,
        &[
            "item",
            "items",
            "article",
            "artikel",
            "product",
            "produkt",
            "produit",
            "produkte",
            "products",
            "goods",
            "ware",
            "service",
            "services",
            "material",
            "leistung",
            "articulo",
            "artículo",
            "prodotto",
            "dienst",
        ],
    ),
    (
        Hint::Description,
        &[
            "description",
            "bezeichnung",
            "beschreibung",
            "désignation",
            "designation",
            "libellé",
            "omschrijving",
            "details",
            "detail",
            "particulars",
            "text",
            "name",
            "title",
            "descripción",
            "concepto",
            "descrizione",
            "benennung",
            "activity",
            "naam",
            "butiran",
            "remarks",
        ],
    ),
    (
        Hint::Quantity,
        &[
            "qty",
            "quantity",
            "quantities",
            "menge",
            "anzahl",
            "quantité",
            "qté",
            "qte",
            "aantal",
            "pieces",
            "pcs",
            "spots",
            "count",
            "kuantiti",
            "cantidad",
            "quantità",
            "stück",
            "stk",
            "hours",
            "stunden",
            "hrs",
            "units",
            "anz",
            "days",
            "tage",
        ],
    ),
    (Hint::Unit, &["unit", "einheit", "uom", "unité", "eenheid", "unidad", "me", "eh"]),
    (
        Hint::Price,
        &["price", "preis", "prix", "prijs", "precio", "prezzo", "rate", "cost", "tarif", "tarief", "harga", "rates"],
    ),
    (Hint::One, &["each", "einzel", "ep", "pu", "u", "unitaire", "unitario", "per", "pro", "je", "e"]),
    (Hint::Discount, &["discount", "rabatt", "remise", "korting", "disc", "descuento", "sconto", "diskaun"]),
    (
        Hint::Tax,
        &["tax", "vat", "gst", "mwst", "ust", "tva", "btw", "iva", "sst", "steuer", "umsatzsteuer", "steuersatz"],
    ),
    (
        Hint::Money,
        &["amount", "amt", "betrag", "montant", "bedrag", "importe", "amaun", "eur", "usd", "gbp", "rm", "€", "$", "£"],
    ),
    (
        Hint::All,
        &[
            "total", "gesamt", "summe", "totaal", "totale", "sum", "jumlah", "gp", "ttc", "subtotal", "extended",
            "netto", "net", "gross", "brutto", "ht",
        ],
    ),
    (
        Hint::Without,
        &["ohne", "excl", "exkl", "excluding", "incl", "inkl", "including", "hors", "before", "after", "w/o", "zzgl"],
    ),
    (Hint::Date, &["date", "datum", "day", "tag", "tarikh", "fecha", "data", "zeitraum", "period", "jour"]),
];

/// What words end in that are put together, as in `Artikelbezeichnung`.
const ENDINGS: &[(Hint, &[&str])] = &[
    (Hint::Price, &["preis", "prijs", "pris"]),
    (Hint::Money, &["betrag", "bedrag", "wert"]),
    (Hint::All, &["summe"]),
    (Hint::Quantity, &["menge", "anzahl", "aantal"]),
    (Hint::Number, &["nummer", "nr"]),
    (Hint::Description, &["bezeichnung", "beschreibung", "omschrijving", "text"]),
    (Hint::Tax, &["steuer", "steuersatz"]),
    (Hint::Unit, &["einheit"]),
    (Hint::Date, &["datum"]),
];

/// What words begin with that are put together, as in `Gesamtpreis`.
const BEGINNINGS: &[(Hint, &[&str])] = &[
    (Hint::All, &["gesamt", "total"]),
    (Hint::One, &["einzel", "stück"]),
    (Hint::Thing, &["artikel", "produkt", "material", "waren"]),
    (Hint::Position, &["positions", "zeilen"]),
    (Hint::Tax, &["steuer", "mehrwertsteuer", "umsatzsteuer"]),
    (Hint::Date, &["leistungs"]),
];

impl Role {
    /// What a heading, or the name of a column, says; `None` where no word of it is known.
    pub(super) fn of(heading: &str) -> Option<Self> {
        let small = heading.to_lowercase();
        let words =
            small.split(|c: char| !c.is_alphanumeric() && !"#%€$£№°".contains(c)).filter(|word| !word.is_empty());
        let hints: Vec<Hint> = words.flat_map(hints).collect();
        let has = |hint: Hint| hints.contains(&hint);
        let is_only = |wanted: &[Hint]| !hints.is_empty() && hints.iter().all(|hint| wanted.contains(hint));
        // From what tells most to what tells least: the price of a unit is no unit, the number of an article no article.
        Some(match () {
            () if has(Hint::Discount) => Self::Discount,
            () if has(Hint::Tax) && !has(Hint::All) && !has(Hint::Price) && !has(Hint::Without) => Self::Tax,
            () if has(Hint::Price) && (has(Hint::One) || has(Hint::Unit)) => Self::UnitPrice,
            () if has(Hint::Price) && (has(Hint::All) && !has(Hint::Quantity)) => Self::Amount,
            () if has(Hint::Price) || is_only(&[Hint::One]) => Self::UnitPrice,
            () if is_only(&[Hint::Position, Hint::Number]) => Self::Position,
            () if has(Hint::Date) => Self::Date,
            () if has(Hint::Description) => Self::Description,
            () if has(Hint::Code) || (has(Hint::Number) && has(Hint::Thing)) => Self::Code,
            () if has(Hint::Quantity) => Self::Quantity,
            () if has(Hint::All) || has(Hint::Money) => Self::Amount,
            () if has(Hint::Unit) => Self::Unit,
            () if has(Hint::Thing) => Self::Description,
            () => return None,
        })
    }

    /// The shares of days, money, other figures and words among the cells of such a column, roughly.
    pub(super) const fn holds(self) -> [f32; 4] {
        match self {
            Self::Date => [1.0, 0.0, 0.0, 0.0],
            Self::UnitPrice | Self::Amount => [0.0, 0.9, 0.1, 0.0],
            Self::Tax | Self::Discount => [0.0, 0.5, 0.5, 0.0],
            Self::Quantity => [0.0, 0.1, 0.8, 0.1],
            Self::Position => [0.0, 0.0, 0.9, 0.1],
            Self::Code => [0.0, 0.0, 0.5, 0.5],
            Self::Description | Self::Unit => [0.0, 0.0, 0.1, 0.9],
        }
    }
}

/// What a word in small letters says; a word that is put together may say two things.
fn hints(word: &str) -> Vec<Hint> {
    let known = WORDS.iter().filter(|(_, words)| words.contains(&word)).map(|(hint, _)| *hint);
    let known: Vec<Hint> = known.collect();
    if !known.is_empty() {
        return known;
    }
    let ending = ENDINGS.iter().find(|(_, endings)| endings.iter().any(|end| word.ends_with(end)));
    let beginning = BEGINNINGS.iter().find(|(_, beginnings)| beginnings.iter().any(|begin| word.starts_with(begin)));
    ending.into_iter().chain(beginning).map(|(hint, _)| *hint).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_of_several_languages_mean_the_same_columns() {
        for (role, headings) in [
            (Role::Position, &["Pos.", "Line", "#", "Nr.", "line_id", "Lfd. Nr."][..]),
            (Role::Code, &["Art.-Nr.", "Item No", "Artikelnummer", "SKU", "Product code"]),
            (Role::Description, &["Bezeichnung", "Description", "Artikel", "product", "Artikelbezeichnung", "Item"]),
            (Role::Quantity, &["Menge", "Qty", "quantity", "Anzahl", "Quantité", "Liefermenge", "Stunden"]),
            (Role::Unit, &["Einheit", "Unit", "UOM"]),
            (
                Role::UnitPrice,
                &[
                    "Einzelpreis",
                    "Unit price",
                    "net_unit_price",
                    "E-Preis",
                    "Price",
                    "U/Price",
                    "Prix unitaire",
                    "Rate",
                ],
            ),
            (Role::Tax, &["USt. %", "VAT", "MwSt", "Steuersatz"]),
            (
                Role::Amount,
                &["Gesamtpreis", "Amount", "line_total", "Betrag €", "Total price", "Nettobetrag", "Total (EUR)"],
            ),
            (Role::Discount, &["Rabatt", "Disc. %"]),
            (Role::Date, &["Datum", "Leistungsdatum", "Air date"]),
        ] {
            for heading in headings {
                assert_eq!(Role::of(heading), Some(role), "{heading}");
            }
        }
        assert_eq!((Role::of("Xyzzy"), Role::of("")), (None, None));
    }
}
