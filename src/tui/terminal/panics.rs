//! Panics while the screen is up.

use std::panic;
use std::sync::{Mutex, Once, PoisonError};

use super::guard::{self, Holder};
use crate::model::Clean;

/// Messages of threads that do not draw, until somebody shows them.
static HEARD: Mutex<Vec<Clean>> = Mutex::new(Vec::new());

/// Kept at most: a task that panics in a loop must not fill the memory.
const KEPT: usize = 64;

/// Panics of background threads since the last call. They are failed jobs, not
/// the end of the program, and nothing of them is written over the screen.
pub fn take() -> Vec<Clean> {
    std::mem::take(&mut *HEARD.lock().unwrap_or_else(PoisonError::into_inner))
}

/// From now on, a panic of the drawing thread gives the terminal back before it
/// is reported, and one of another thread is kept for [`take`].
pub(super) fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let report = panic::take_hook();
        panic::set_hook(Box::new(move |about| match guard::holder() {
            Holder::Nobody => report(about),
            Holder::ThisThread => {
                guard::give_back();
                report(about);
            }
            Holder::AnotherThread => {
                let mut heard = HEARD.lock().unwrap_or_else(PoisonError::into_inner);
                if heard.len() < KEPT {
                    heard.push(Clean::from(about.to_string()));
                }
            }
        }));
    });
}
