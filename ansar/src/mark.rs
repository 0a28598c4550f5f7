//! The mark in every executable built on the framework, by which the `ansar`
//! command line knows it without running it.

use ansar_home_layout::mark::NOTE;

/// A note is aligned to four bytes.
#[repr(C, align(4))]
struct Note([u8; NOTE.len()]);

#[expect(
    unsafe_code,
    reason = "a section must be named, and the note is plain constant bytes in it"
)]
// SAFETY: the section is of our own name, and holds nothing but this note in the note's own form.
#[unsafe(link_section = ".note.ansar")]
#[used]
static MARK: Note = Note(NOTE);

/// Keeps the mark in the executable: what is never looked at, the linker leaves out.
pub(crate) fn keep() {
    std::hint::black_box(&MARK.0);
}
