//! The em box of a word whose box hugs its letters: what lines are told from. `on` and `Type` stand on one line though
//! their letters' boxes hardly overlap.

/// How far below the baseline the em box ends, in font sizes; above it the rest of one font size.
const BELOW: f32 = 0.22;

/// The top and bottom of the em box around letters that reach from `top` to `bottom`, `size` being the font size.
pub(super) fn em_box(text: &str, top: f32, bottom: f32, size: f32) -> (f32, f32) {
    let baseline = if text.chars().all(is_dash) {
        f32::midpoint(top, bottom) + 0.26 * size
    } else if text.chars().all(is_raised) {
        top + 0.72 * size
    } else if text.chars().all(|c| (c as u32) < 0x250 || is_dash(c) || is_raised(c)) {
        bottom - text.chars().map(depth).fold(0.0, f32::max) * size
    } else {
        f32::midpoint(top, bottom) + (0.5 - BELOW) * size
    };
    (baseline - (1.0 - BELOW) * size, baseline + BELOW * size)
}

/// How far a Latin letter reaches below the baseline, in font sizes.
fn depth(letter: char) -> f32 {
    match letter {
        'g' | 'j' | 'p' | 'q' | 'y' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | 'ç' | 'þ' | 'ÿ' | 'ý' => 0.21,
        ',' | ';' | 'Q' | '_' | '$' | '@' | '§' => 0.13,
        _ => 0.0,
    }
}

fn is_dash(letter: char) -> bool {
    matches!(letter, '-' | '–' | '—' | '−' | '=' | '~' | '+' | '·' | '•' | '<' | '>')
}

fn is_raised(letter: char) -> bool {
    matches!(letter, '\'' | '"' | '’' | '‘' | '”' | '“' | '*' | '^' | '°' | '´' | '`' | '¹' | '²' | '³' | '®' | '™')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Letters of size 10 on a baseline at 100: where their ink reaches, as common fonts draw it.
    #[test]
    fn letters_on_one_baseline_have_one_em_box() {
        let drawn = [
            ("on", 94.8, 100.1),
            ("Type", 92.8, 102.1),
            ("100.0", 92.9, 100.1),
            ("–", 97.0, 97.6),
            ("“", 92.8, 95.4),
            ("1,5", 92.9, 101.3),
        ];
        for (text, top, bottom) in drawn {
            let (em_top, em_bottom) = em_box(text, top, bottom, 10.0);
            assert!((em_top - 92.2).abs() < 0.6 && (em_bottom - 102.2).abs() < 0.6, "{text}: {em_top} {em_bottom}");
        }
    }

    #[test]
    fn other_scripts_keep_their_middle() {
        let (top, bottom) = em_box("発行日", 90.0, 100.0, 10.0);
        assert!((top - 90.0).abs() < 0.1 && (bottom - 100.0).abs() < 0.1);
    }
}
