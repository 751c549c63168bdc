//! A key as it is printed → the label of its field.

/// Longer labels are cut at a word.
const LONGEST: usize = 60;

/// The key's words in lower snake case, in any script: `Invoice No.:` → `invoice_no`, `Kunden-Nr.` → `kunden_nr`.
///
/// A number sign says `no`. Empty where the key has neither letters nor digits.
pub(super) fn label_of(key: &str) -> String {
    let mut label = String::new();
    let spelled: String = key.chars().flat_map(spelled).collect();
    for word in spelled.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()) {
        if !label.is_empty() {
            if label.len() + word.len() >= LONGEST {
                break;
            }
            label.push('_');
        }
        label.extend(word.chars().flat_map(char::to_lowercase).take(LONGEST));
    }
    label
}

/// Signs that stand for words; an apostrophe goes without a trace.
fn spelled(letter: char) -> Vec<char> {
    match letter {
        '#' | '№' => vec![' ', 'n', 'o', ' '],
        '\'' | '’' | '´' | '`' => vec![],
        '°' | 'º' => vec!['o'],
        other => vec![other],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_become_snake_case_in_any_script() {
        for (key, label) in [
            ("Invoice No.:", "invoice_no"),
            ("Kunden-Nr. :", "kunden_nr"),
            ("Überweisung bis", "überweisung_bis"),
            ("Project #", "project_no"),
            ("Facture n°", "facture_no"),
            ("Invitees' Comments:", "invitees_comments"),
            ("発行日:", "発行日"),
            ("***", ""),
        ] {
            assert_eq!(label_of(key), label);
        }
    }

    #[test]
    fn a_sentence_is_cut_at_a_word() {
        let label = label_of(&"a long question that goes on and on ".repeat(5));
        assert!(label.len() <= 60 && label.ends_with("_that"), "{label}");
    }
}
