//! How the amounts of a document explain each other: one that others add up to, one that is left of two others, one
//! that is another rounded.

use std::collections::HashSet;

/// More different amounts than this are not added up.
const MOST: usize = 150;
/// Amounts are rounded to this many hundredths where the smallest coins are gone.
const COIN: i64 = 5;

/// What the other amounts of a document say of one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Explained {
    /// Two others add up to it.
    pub(super) sum: bool,
    /// It is what one other leaves of another: paid less change, or a part of a sum.
    pub(super) difference: bool,
    /// It is another one rounded to whole coins …
    pub(super) rounded: bool,
    /// … or one that another is the rounded of.
    pub(super) unrounded: bool,
}

/// What is to be said of each of the different `amounts`, in hundredths.
pub(super) fn explained(amounts: &[i64]) -> Vec<Explained> {
    let mut positive: Vec<i64> = amounts.iter().copied().filter(|amount| *amount > 0).collect();
    positive.sort_unstable_by_key(|amount| std::cmp::Reverse(*amount));
    positive.truncate(MOST);
    let there: HashSet<i64> = positive.iter().copied().collect();
    let is_there = |amount: i64, but: i64| amount != but && there.contains(&amount);
    let one = |amount: i64| {
        if amount <= 0 {
            return Explained::default();
        }
        let others = || positive.iter().copied().filter(|other| *other != amount);
        let close = |other: i64| (1..COIN).contains(&(other - amount).abs());
        let whole = |amount: i64| amount % COIN == 0;
        Explained {
            sum: others().any(|other| other * 2 > amount && is_there(amount - other, other)),
            difference: others().any(|other| other > amount && is_there(other - amount, amount)),
            rounded: whole(amount) && others().any(|other| close(other) && !whole(other)),
            unrounded: !whole(amount) && others().any(|other| close(other) && whole(other)),
        }
    };
    amounts.iter().map(|amount| one(*amount)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_that_add_up_explain_each_other() {
        // Net, tax, total, paid, change.
        let said = explained(&[5_00, 30, 5_30, 20_00, 14_70]);
        let sums: Vec<bool> = said.iter().map(|e| e.sum).collect();
        assert_eq!(sums, [false, false, true, true, false], "5.30 = 5.00 + 0.30, 20.00 = 5.30 + 14.70");
        assert!(said[2].difference && said[4].difference && !said[3].difference);
    }

    #[test]
    fn what_is_rounded_is_told_from_what_it_was() {
        let said = explained(&[19_99, 20_00, 0, -20_00]);
        assert!(said[0].unrounded && !said[0].rounded && said[1].rounded && !said[1].unrounded);
        assert_eq!(said[2..], [Explained::default(); 2]);
    }

    #[test]
    fn an_amount_does_not_explain_itself() {
        assert_eq!(explained(&[5_00, 10_00]), [Explained::default(); 2]);
        assert!(explained(&[]).is_empty());
    }
}
