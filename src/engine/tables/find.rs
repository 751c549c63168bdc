//! All tables of a sheet: lattices first, then regions between rules, then aligned lines; what one took the next leaves.

use super::accept::{Looks, is_axis};
use super::draft::{Draft, Evidence};
use super::sheet::{Bounds, Piece, Sheet};
use super::{lattice, regions, structure};

/// Finds the tables of a sheet, from top to bottom.
pub(super) fn drafts(sheet: &Sheet) -> Vec<Draft<'_>> {
    let mut found = Found { sheet, drafts: Vec::new(), taken: Vec::new() };
    found.add_lattices();
    found.add_between_rules();
    found.add_streams();
    let mut drafts = found.drafts;
    drafts.sort_by(|a, b| a.bounds.top.total_cmp(&b.bounds.top));
    drafts
}

struct Found<'a> {
    sheet: &'a Sheet,
    drafts: Vec<Draft<'a>>,
    taken: Vec<Bounds>,
}

impl<'a> Found<'a> {
    fn is_free(&self, bounds: Bounds) -> bool {
        !self
            .taken
            .iter()
            .any(|t| bounds.overlap_x(*t) > 0.0 && bounds.overlap_y(*t) > 0.3 * bounds.height().min(t.height()))
    }

    fn add(&mut self, draft: Draft<'a>, taken: Bounds) {
        self.drafts.push(draft);
        self.taken.push(taken);
    }

    /// The pieces that no table has taken yet.
    fn left(&self) -> Vec<&'a Piece> {
        let free = |p: &&Piece| {
            let (x, y) = (p.bounds.center_x(), p.bounds.center_y());
            !self
                .taken
                .iter()
                .any(|t| (t.left - 2.0..=t.right + 2.0).contains(&x) && (t.top - 2.0..=t.bottom + 2.0).contains(&y))
        };
        self.sheet.pieces.iter().filter(free).collect()
    }

    fn add_lattices(&mut self) {
        let mut crossings = lattice::crossings(&self.sheet.across, &self.sheet.down);
        crossings.sort_by_key(|c| std::cmp::Reverse(c.extent()));
        for crossing in crossings {
            let Some(lattice) = lattice::read(&crossing, &self.sheet.pieces) else { continue };
            let page_frame = lattice.fullest > 0.75 && lattice.faces > 2;
            if page_frame || !self.is_free(lattice.frame) {
                continue;
            }
            let frame = lattice.frame;
            let draft = self.opened(lattice);
            self.add(draft, frame);
        }
    }

    /// The lattice, or the same words by white space where that parts at least two columns of figures more.
    fn opened(&self, lattice: lattice::Lattice<'a>) -> Draft<'a> {
        let inside = lattice.inside.iter().copied();
        let open = structure::read(inside, &self.sheet.across, lattice.frame, Evidence::OpenLattice);
        match open {
            Some(open) if open.cols() >= lattice.draft.cols() + 2 => {
                let looks = Looks::of(&open);
                if looks.figures > 0.5 && looks.fill > 0.55 { open } else { lattice.draft }
            }
            _ => lattice.draft,
        }
    }

    fn add_between_rules(&mut self) {
        for bounds in regions::between_rules(&self.sheet.across, &self.left()) {
            if !self.is_free(bounds) {
                continue;
            }
            let inside = self.left().into_iter().filter(|p| {
                (bounds.left - 4.0..=bounds.right + 4.0).contains(&p.bounds.center_x())
                    && p.bounds.center_y() > bounds.top - 1.0
                    && p.bounds.center_y() < bounds.bottom + 1.0
            });
            if let Some(draft) = structure::read(inside, &self.sheet.across, bounds, Evidence::Rules)
                && draft.cols() >= 2
                && draft.rows() >= 2
            {
                self.add(draft, bounds);
            }
        }
    }

    fn add_streams(&mut self) {
        for lines in regions::streams(&self.left()) {
            let inside: Vec<&'a Piece> = lines.iter().flat_map(|l| l.pieces.iter().copied()).collect();
            let Some(bounds) = Bounds::around(inside.iter().map(|p| p.bounds)) else { continue };
            if !self.is_free(bounds) {
                continue;
            }
            let Some(draft) = structure::read(inside, &self.sheet.across, bounds, Evidence::Stream) else { continue };
            if Looks::of(&draft).is_table() && !is_axis(&draft) {
                self.add(draft, bounds);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{column_rule, row, row_rule};
    use super::*;

    fn sheet(pieces: Vec<Piece>) -> Sheet {
        Sheet { pieces, unit: 1.0, ..Sheet::default() }
    }

    fn body(from: f32) -> Vec<Piece> {
        (0..5u8)
            .flat_map(|i| row(from + 14.0 * f32::from(i), &[(0.0, "Town"), (100.0, "1.50"), (150.0, "2.5")]))
            .collect()
    }

    #[test]
    fn each_word_is_in_one_table_only() {
        let mut sheet = sheet([body(2.0), body(120.0)].concat());
        sheet.across = (0..6u8).map(|i| row_rule(-5.0, 190.0, 14.0 * f32::from(i))).collect();
        sheet.down = [-5.0, 90.0, 140.0, 190.0].map(|x| column_rule(0.0, 70.0, x)).to_vec();
        let drafts = drafts(&sheet);
        let evidence: Vec<Evidence> = drafts.iter().map(|d| d.evidence).collect();
        assert_eq!(evidence, [Evidence::Lattice, Evidence::Stream]);
        assert_eq!(drafts.iter().map(Draft::rows).collect::<Vec<_>>(), [5, 5]);
    }

    #[test]
    fn a_frame_around_text_is_no_table() {
        let mut sheet = sheet(body(10.0));
        sheet.across = vec![row_rule(-20.0, 300.0, 0.0), row_rule(-20.0, 300.0, 100.0), row_rule(-20.0, 300.0, 120.0)];
        sheet.down =
            vec![column_rule(0.0, 120.0, -20.0), column_rule(0.0, 120.0, 280.0), column_rule(0.0, 120.0, 300.0)];
        assert!(drafts(&sheet).iter().all(|d| d.evidence != Evidence::Lattice));
    }

    #[test]
    fn an_empty_sheet_has_no_tables() {
        assert!(drafts(&Sheet::default()).is_empty());
    }
}
