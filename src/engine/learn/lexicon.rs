//! What is known of words before anything is learnt: concepts that labels and keys share, in several languages.
//!
//! Written by hand; no data was used.

/// A set of concepts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Concepts(u64);

impl Concepts {
    /// None at all.
    pub(super) const NONE: Self = Self(0);

    /// What keys say more than values do.
    pub(super) const KEYS: Self = Self::DATE
        .or(Self::NUMBER)
        .or(Self::INVOICE)
        .or(Self::CONTRACT)
        .or(Self::RECEIPT)
        .or(Self::CUSTOMER)
        .or(Self::ADDRESS)
        .or(Self::NAME)
        .or(Self::AMOUNT)
        .or(Self::TOTAL)
        .or(Self::QUANTITY)
        .or(Self::TITLE)
        .or(Self::CONTACT);

    /// Whether both have a concept in common.
    pub(super) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Those of both.
    #[must_use]
    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Each of them by its number.
    pub(super) fn each(self) -> impl Iterator<Item = u32> {
        (0..u64::BITS).filter(move |n| self.0 & (1 << n) != 0)
    }
}

macro_rules! concepts {
    ($($(#[$doc:meta])* $name:ident = $bit:literal: [$($word:literal),* $(,)?];)*) => {
        impl Concepts {
            $($(#[$doc])* pub(super) const $name: Self = Self(1 << $bit);)*
        }
        const WORDS: &[(Concepts, &[&str])] = &[$((Concepts::$name, &[$($word),*])),*];
    };
}

concepts! {
    /// A sum that is to be paid.
    TOTAL = 0: ["total", "totals", "totale", "totaal", "jumlah", "gesamt", "gesamtbetrag", "summe", "grand", "sum",
        "rechnungsbetrag", "endbetrag", "zahlbetrag", "brutto", "bruttobetrag", "ttc", "importe"];
    /// Money.
    AMOUNT = 1: ["amount", "amt", "price", "betrag", "montant", "bedrag", "cost", "charge", "charges", "payable"];
    /// Before deductions.
    GROSS = 2: ["gross", "brutto", "grand"];
    /// After deductions, or before tax.
    NET = 3: ["net", "netto", "subtotal", "subtotaal", "exclusief", "untaxed", "nett", "ht", "excl", "excluding",
        "zwischensumme", "sub"];
    /// Tax.
    TAX = 4: ["tax", "vat", "gst", "mwst", "ust", "tva", "btw", "iva", "sst", "steuer", "umsatzsteuer"];
    /// What is owed.
    DUE = 5: ["due", "payable", "balance", "fällig", "zahlbar", "payment"];
    /// A day.
    DATE = 6: ["date", "dated", "datum", "tarikh", "fecha", "data", "day", "datetime",
        "rechnungsdatum", "factuurdatum", "belegdatum", "fälligkeitsdatum"];
    /// The beginning of a time.
    FROM = 7: ["from", "start", "starts", "begin", "begins", "beginning", "von", "since", "starting", "du", "ab"];
    /// The end of a time.
    TO = 8: ["to", "end", "ends", "ending", "thru", "through", "until", "till", "bis", "au"];
    /// A stretch of time.
    PERIOD = 9: ["flight", "period", "dates", "duration", "zeitraum", "leistungszeitraum", "range", "schedule"];
    /// A number that names something.
    NUMBER = 10: ["number", "no", "num", "nr", "nummer", "id", "#", "numero", "número", "nbr", "code", "ref",
        "reference", "kode", "nro", "№"];
    /// A bill.
    INVOICE = 11: ["invoice", "rechnung", "rechnungsnummer", "facture", "factuur", "factura", "fattura", "bill",
        "inv", "invois", "billing", "rechnungsnr"];
    /// An agreement.
    CONTRACT = 12: ["contract", "order", "vertrag", "auftrag", "agreement", "po", "bestellung", "bestellnummer",
        "ordernummer", "auftragsnummer", "commande", "proposal"];
    /// A proof of payment.
    RECEIPT = 13: ["receipt", "resit", "beleg", "bon", "quittung", "ticket", "document", "doc", "belegnummer"];
    /// Who buys.
    CUSTOMER = 14: ["customer", "client", "buyer", "kunde", "kunden", "klant", "klantnummer", "kundennummer",
        "advertiser", "cust", "member", "recipient", "käufer", "leistungsempfänger", "partner", "acheteur", "consignee"];
    /// Who sells.
    SELLER = 15: ["seller", "vendor", "supplier", "merchant", "company", "lieferant", "issuer", "store", "shop",
        "verkäufer", "leverancier", "fournisseur", "payee", "business", "firma"];
    /// What somebody or something is called.
    NAME = 16: ["name", "title", "nom", "naam", "nama", "nombre"];
    /// A place that letters reach.
    ADDRESS = 17: ["address", "addr", "anschrift", "adresse", "adres", "alamat", "location", "dirección"];
    /// Words of an address.
    STREET = 18: ["jalan", "jln", "jl", "lorong", "street", "st", "road", "rd", "avenue", "ave", "lot", "taman",
        "strasse", "straße", "str", "blvd", "boulevard", "suite", "box", "drive", "dr", "lane", "floor", "level",
        "unit", "bandar", "persiaran", "kampung", "seksyen", "platz", "weg", "allee", "rue", "via", "calle", "plaza",
        "bangunan", "wilayah", "highway", "hwy", "parkway", "block", "blok", "batu", "desa", "tkt", "kg", "mukim",
        "industri", "perindustrian", "gasse", "straat", "postfach", "court", "square", "sq"];
    /// Words at the end of a company's name.
    LEGAL = 19: ["sdn", "bhd", "ltd", "llc", "inc", "gmbh", "co", "corp", "corporation", "company", "enterprise",
        "enterprises", "trading", "plt", "ag", "kg", "bv", "nv", "sarl", "srl", "plc", "limited", "pty", "pte", "llp",
        "berhad", "ohg", "ug", "sas", "spa", "group", "holdings", "industries", "services", "association", "gbr"];
    /// Words in the names of shops.
    TRADE = 20: ["restaurant", "restoran", "cafe", "kopitiam", "mart", "market", "supermarket", "hypermarket",
        "store", "shop", "hardware", "stationery", "bakery", "pharmacy", "farmasi", "book", "books", "electrical",
        "motor", "auto", "hotel", "bistro", "kitchen", "house", "food", "foods", "station", "petrol", "kedai",
        "pasaraya", "perniagaan", "machinery", "gift", "deco", "home", "centre", "center", "bank"];
    /// Ways to reach somebody.
    CONTACT = 21: ["tel", "telephone", "phone", "fax", "email", "mail", "www", "http", "https", "com", "mobile",
        "hotline", "telefon", "contact", "website", "hp", "@", "whatsapp", "facebook"];
    /// Months.
    MONTH = 22: ["jan", "january", "januar", "feb", "february", "februar", "mar", "march", "märz", "apr", "april",
        "may", "mai", "jun", "june", "juni", "jul", "july", "juli", "aug", "august", "sep", "sept", "september",
        "oct", "october", "okt", "oktober", "nov", "november", "dec", "december", "dez", "dezember"];
    /// Currencies.
    MONEY = 23: ["$", "€", "£", "rm", "myr", "usd", "eur", "gbp", "chf", "sgd", "dollar", "dollars", "euro",
        "ringgit", "inr", "rs", "currency", "währung", "cad", "aud"];
    /// What was handed over and what came back.
    CASH = 24: ["cash", "change", "tunai", "tender", "tendered", "paid", "card", "visa", "mastercard", "rounding",
        "received", "bar", "rückgeld", "baki", "discount", "saving", "savings"];
    /// A time of day.
    TIME = 25: ["time", "hour", "hours", "am", "pm", "uhr", "masa", "uhrzeit"];
    /// How many.
    QUANTITY = 26: ["qty", "quantity", "quantities", "menge", "anzahl", "pcs", "units", "aantal", "kuantiti", "count",
        "spots", "items", "item", "pieces"];
    /// Words of a politician's office: parties of orders for airtime.
    OFFICE = 27: ["president", "senate", "governor", "congress", "mayor", "committee", "pac", "action", "candidate",
        "county", "sheriff", "judge", "friends", "citizens", "council"];
    /// Cities and states that end addresses.
    PLACE = 28: ["kuala", "lumpur", "selangor", "johor", "bahru", "penang", "malaysia", "singapore", "petaling",
        "jaya", "shah", "alam", "perak", "melaka", "kedah", "sabah", "sarawak", "pahang", "negeri", "sembilan",
        "germany", "deutschland", "france", "usa", "united", "states", "kingdom", "berlin", "london", "paris", "city",
        "klang", "cheras", "skudai", "puchong", "subang", "ampang"];
    /// Titles of documents and columns, and what is said to everybody.
    TITLE = 29: ["tax", "invoice", "receipt", "thank", "you", "welcome", "please", "copy", "description", "page",
        "cashier", "counter", "terminal", "goods", "sold", "returnable", "refundable", "again", "printed", "order"];
    /// Numbers that a state gives.
    REGISTER = 30: ["gst", "reg", "registration", "roc", "ust-id", "vat", "ssm", "taxpayer", "ein", "tin", "hrb",
        "register", "siret", "siren", "gstin"];
    /// The last day for something.
    DEADLINE = 31: ["due", "deadline", "valid", "expiry", "expires", "expiration", "fälligkeitsdatum", "fällig",
        "fälligkeit", "payable"];
    /// What is said of an amount to which something is still added.
    BEFORE = 32: ["subtotal", "sub", "subtotaal", "excl", "excluding", "exclusief", "exclusive", "untaxed", "netto", "ohne",
        "ex", "ht", "zwischensumme", "hors"];
}

/// The words that mean one of these concepts, in lower case.
pub(super) fn words_of(concepts: Concepts) -> impl Iterator<Item = &'static str> {
    WORDS.iter().filter(move |(concept, _)| concept.meets(concepts)).flat_map(|(_, words)| words.iter().copied())
}

/// What a word in lower case means; none where it is not known.
pub(super) fn concepts_of(word: &str) -> Concepts {
    use std::collections::HashMap;
    use std::sync::LazyLock;
    static KNOWN: LazyLock<HashMap<&str, Concepts>> = LazyLock::new(|| {
        let mut known: HashMap<&str, Concepts> = HashMap::new();
        for (concept, words) in WORDS {
            for word in *words {
                let entry = known.entry(*word).or_default();
                *entry = entry.or(*concept);
            }
        }
        known
    });
    /// How words end that are put together: what they mean.
    const ENDINGS: &[(&str, Concepts)] =
        &[("nummer", Concepts::NUMBER), ("betrag", Concepts::AMOUNT), ("summe", Concepts::TOTAL)];
    const BEGINNINGS: &[(&str, Concepts)] = &[
        ("rechnungs", Concepts::INVOICE),
        ("factuur", Concepts::INVOICE),
        ("faktura", Concepts::INVOICE),
        ("bestell", Concepts::CONTRACT),
        ("auftrags", Concepts::CONTRACT),
        ("kunden", Concepts::CUSTOMER),
        ("klant", Concepts::CUSTOMER),
        ("netto", Concepts::NET.or(Concepts::BEFORE)),
        ("positions", Concepts::BEFORE),
        ("zwischen", Concepts::BEFORE),
        ("brutto", Concepts::GROSS),
        ("gesamt", Concepts::TOTAL),
        ("steuer", Concepts::TAX),
    ];
    let known = KNOWN.get(word).copied();
    known.unwrap_or_else(|| {
        let ends = ENDINGS.iter().find(|(ending, _)| word.len() > ending.len() && word.ends_with(ending));
        let Some((ending, concepts)) = ends else { return Concepts::NONE };
        let begin = &word[..word.len() - ending.len()];
        let begins = BEGINNINGS.iter().find(|(beginning, _)| begin.starts_with(beginning));
        begins.map_or(*concepts, |(_, more)| concepts.or(*more))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_several_languages_share_a_concept() {
        assert!(concepts_of("datum").meets(concepts_of("date")));
        assert!(concepts_of("rechnung").meets(concepts_of("invoice")));
        assert_eq!(concepts_of("xyzzy"), Concepts::NONE);
    }

    #[test]
    fn concepts_are_counted_one_by_one() {
        assert_eq!(concepts_of("gst").each().count(), 2);
    }
}
