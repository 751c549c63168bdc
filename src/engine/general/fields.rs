//! Keys with their values → fields: which pairs stand, how they are labelled, how sure they are.

use super::label::label_of;
use super::pairs::{Evidence, Pair, candidates};
use super::spans::spans;
use super::tokens::tokens;
use super::unkeyed::typed;
use crate::document::{Field, FieldId, Score};
use crate::engine::sheet::lines::joined;
use crate::engine::sheet::{Bounds, Piece, Sheet};
use std::collections::HashSet;

/// The fields of a page, from top to bottom.
pub(super) fn find(sheet: &Sheet) -> Vec<Field> {
    let tokens = tokens(&sheet.pieces);
    let spans = spans(&tokens, sheet);
    let mut pairs = candidates(&spans);
    pairs.extend(typed(&spans));
    let mut fields: Vec<Field> = settled(pairs).iter().filter_map(|pair| field(pair, sheet)).collect();
    fields.sort_by(|a, b| {
        let place = |f: &Field| f.rect.map_or((0.0, 0.0), |r| (r.top(), r.left()));
        let (a, b) = (place(a), place(b));
        a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
    });
    for (n, field) in fields.iter_mut().enumerate() {
        field.id.0 = format!("{}_{n}", field.id.0);
    }
    fields
}

/// The pairs that do not share words with a surer one.
fn settled(mut pairs: Vec<Pair>) -> Vec<Pair> {
    // What has a name goes before what has only a kind.
    let nameless = |pair: &Pair| matches!(pair.evidence, Evidence::Typed(_));
    pairs.sort_by(|a, b| {
        let order = nameless(a).cmp(&nameless(b)).then(b.certainty.total_cmp(&a.certainty));
        order.then(b.value.len().cmp(&a.value.len()))
    });
    let mut values: HashSet<*const Piece> = HashSet::new();
    let mut keys: HashSet<*const Piece> = HashSet::new();
    pairs.retain(|pair| {
        let free = pair
            .value
            .iter()
            .all(|p| !values.contains(&std::ptr::from_ref(*p)) && !keys.contains(&std::ptr::from_ref(*p)))
            && pair
                .key
                .iter()
                .all(|p| !values.contains(&std::ptr::from_ref(*p)) && !keys.contains(&std::ptr::from_ref(*p)));
        if free {
            values.extend(pair.value.iter().map(|p| std::ptr::from_ref(*p)));
            keys.extend(pair.key.iter().map(|p| std::ptr::from_ref(*p)));
        }
        free
    });
    pairs
}

fn field(pair: &Pair, sheet: &Sheet) -> Option<Field> {
    let label = match pair.evidence {
        Evidence::Typed(kind) => kind.name().to_owned(),
        _ => label_of(&joined(&pair.key)),
    };
    let text = joined(&pair.value);
    let text = without_separator(&text).to_string();
    let bounds = Bounds::around(pair.value.iter().map(|p| p.shown))?;
    let read = pair.value.iter().fold(Score::CERTAIN, |score, piece| score.and(Score::new(piece.score)));
    (!label.is_empty() && text.contains(char::is_alphanumeric)).then(|| Field {
        id: FieldId(pair.evidence.name().into()),
        label,
        text,
        rect: Some(sheet.page_from_shown(bounds)),
        score: read.and(Score::new(pair.certainty)),
        objection: None,
        reread: None,
        confirmed: false,
    })
}

/// The text without a separator at its end that parts it from what follows: `BREDFRPP -`.
fn without_separator(text: &str) -> &str {
    let mut text = text.trim_end();
    while let Some(rest) = text
        .strip_suffix([',', ';', '|'])
        .or_else(|| text.strip_suffix(['-', '–', '—', '·', '•', '/']).filter(|rest| rest.ends_with(' ')))
    {
        text = rest.trim_end();
    }
    text
}
