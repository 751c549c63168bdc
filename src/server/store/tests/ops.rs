//! Random operations on a store.

use proptest::prelude::*;

/// An operation; numbers choose among what there is at that moment.
#[derive(Clone, Debug)]
pub(super) enum Op {
    Put { model: usize, contents: Vec<u8>, sync: bool },
    Claim { training: bool },
    Finish { claim: usize, value: u8, pages: u32 },
    Fail { claim: usize, again: bool },
    Release { claim: usize },
    Renew { claim: usize },
    LeasesRunOut,
    Delete { file: usize },
    Correct { file: usize, page: usize, value: u8 },
    Approve { file: usize },
    Unapprove { file: usize },
    Retry { file: usize },
    Annotate { model: usize, content: u8, count: u32 },
    Train { model: usize },
}

pub(super) fn an_op() -> impl Strategy<Value = Op> {
    let which = || 0..1000_usize;
    let few = || 0..6_u8;
    prop_oneof![
        6 => (0..2_usize, prop::collection::vec(few(), 1..3), any::<bool>())
            .prop_map(|(model, contents, sync)| Op::Put { model, contents, sync }),
        12 => prop::bool::weighted(0.2).prop_map(|training| Op::Claim { training }),
        12 => (which(), few(), 0..4_u32).prop_map(|(claim, value, pages)| Op::Finish { claim, value, pages }),
        3 => (which(), any::<bool>()).prop_map(|(claim, again)| Op::Fail { claim, again }),
        1 => which().prop_map(|claim| Op::Release { claim }),
        1 => which().prop_map(|claim| Op::Renew { claim }),
        1 => Just(Op::LeasesRunOut),
        3 => which().prop_map(|file| Op::Delete { file }),
        3 => (which(), which(), few()).prop_map(|(file, page, value)| Op::Correct { file, page, value }),
        2 => which().prop_map(|file| Op::Approve { file }),
        1 => which().prop_map(|file| Op::Unapprove { file }),
        2 => which().prop_map(|file| Op::Retry { file }),
        2 => (0..2_usize, few(), 0..3_u32).prop_map(|(model, content, count)| Op::Annotate { model, content, count }),
        2 => (0..2_usize).prop_map(|model| Op::Train { model }),
    ]
}
