//! How wide the columns of a table are: as wide as their texts need, narrower
//! where there is no room for that, and left out only where even that is too much.

use crate::inventory::columns::{Column, Shown};

/// A column and the width that its texts need.
#[derive(Clone, Copy)]
pub struct Wish {
    /// The column.
    pub column: &'static Column,
    /// The width that its texts need, in cells.
    pub width: u16,
    /// Whether the responder chose it: it is left out after those that nobody chose.
    pub chosen: bool,
}

impl Wish {
    /// How narrow it becomes before columns are left out.
    fn floor(&self) -> u16 {
        self.column.shrinks.map_or(self.width, |to| to.min(self.width))
    }

    /// How narrow it becomes where nothing is left to be left out.
    fn narrowest(&self) -> u16 {
        self.column.width.0.min(self.width)
    }

    /// What gives way first: what nobody asked for.
    const fn gives_way(&self) -> bool {
        !self.chosen && matches!(self.column.shown, Shown::Roomy | Shown::Wide)
    }
}

/// The columns that fit into so many cells, with their widths. A cell stands between two columns.
pub fn fit(mut wishes: Vec<Wish>, room: u16) -> Vec<(&'static Column, u16)> {
    // The last column needs no cell after it.
    let room = room.saturating_add(1);
    while total(&wishes, Wish::floor) > room {
        let Some(last) = wishes.iter().rposition(Wish::gives_way) else { break };
        wishes.remove(last);
    }
    while total(&wishes, Wish::narrowest) > room {
        let Some(last) = wishes.iter().rposition(|wish| wish.chosen) else { break };
        wishes.remove(last);
    }
    narrow(&mut wishes, room, Wish::floor);
    narrow(&mut wishes, room, Wish::narrowest);
    wishes.into_iter().map(|wish| (wish.column, wish.width)).collect()
}

fn total(wishes: &[Wish], width: impl Fn(&Wish) -> u16) -> u16 {
    wishes.iter().map(|wish| width(wish) + 1).sum()
}

/// Takes cells from those that have most to spare, until they fit or none has any.
fn narrow(wishes: &mut [Wish], room: u16, floor: fn(&Wish) -> u16) {
    let mut over = total(wishes, |wish| wish.width).saturating_sub(room);
    let spare = |wish: &Wish| wish.width.saturating_sub(floor(wish));
    while over > 0 {
        let Some(wish) = wishes.iter_mut().max_by_key(|wish| spare(wish)).filter(|wish| spare(wish) > 0) else { break };
        wish.width -= 1;
        over -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::columns;
    use crate::model::Kind;
    use proptest::prelude::*;

    fn wishes(widths: &[u16]) -> Vec<Wish> {
        let columns = columns::of(Kind::Pod).iter().zip(widths);
        columns
            .map(|(column, width)| Wish {
                column,
                width: (*width).clamp(column.width.0, column.width.1),
                chosen: false,
            })
            .collect()
    }

    fn titles(fitted: &[(&'static Column, u16)]) -> Vec<&'static str> {
        fitted.iter().map(|(column, _)| column.title).collect()
    }

    #[test]
    fn nothing_is_left_out_while_something_can_shrink() {
        let all = wishes(&[24, 24, 60, 5, 20, 5, 40, 8, 24, 60, 30, 15]);
        let fitted = fit(all.clone(), 200);
        assert_eq!(titles(&fitted).len(), 12);
        assert_eq!(fitted.iter().map(|(_, width)| width + 1).sum::<u16>(), 201);
        // A status that is cut says nothing, an image says most of it at its end.
        let width = |title: &str| fitted.iter().find(|(column, _)| column.title == title).unwrap().1;
        assert_eq!((width("STATUS"), width("IP")), (20, 15));
        assert!(width("IMAGE") < 60 && width("NAME") < 60);
        assert!(titles(&fit(all, 150)).len() < 12);
    }

    #[test]
    fn what_nobody_asked_for_gives_way_first() {
        let all = wishes(&[24, 24, 60, 5, 20, 5, 40, 8, 24, 60, 30, 39]);
        let fitted = fit(all.clone(), 78);
        assert_eq!(titles(&fitted)[..6], ["CLUSTER", "NAMESPACE", "NAME", "READY", "STATUS", "AGE"]);
        let mut chosen = all;
        chosen[9].chosen = true;
        assert!(titles(&fit(chosen, 78)).contains(&"IMAGE"));
    }

    proptest! {
        #[test]
        fn a_table_fits_where_its_narrowest_does(widths in proptest::collection::vec(4u16..80, 12), room in 60u16..300) {
            let fitted = fit(wishes(&widths), room);
            prop_assert!(fitted.iter().map(|(_, width)| width + 1).sum::<u16>() <= room + 1);
            prop_assert!(titles(&fitted).contains(&"NAME"));
            for (column, width) in &fitted {
                prop_assert!(*width >= column.width.0 && *width <= column.width.1);
            }
        }
    }
}
