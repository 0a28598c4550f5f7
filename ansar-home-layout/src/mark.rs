//! The mark by which an executable built on the framework is known without running it: an
//! ELF note of name `ansar`.
//!
//! The framework places [`NOTE`] in a section called [`SECTION`]; the linker gives every
//! note a program header, which stripping leaves alone.

use std::fs::File;
use std::io;
use std::path::Path;

use object::elf::{FileHeader32, FileHeader64, PT_NOTE, SHT_NOTE};
use object::read::elf::{FileHeader, NoteIterator, ProgramHeader, SectionHeader};
use object::{Endianness, FileKind, ReadCache, ReadRef};

/// Name of the section that the note is placed in.
pub const SECTION: &str = ".note.ansar";

/// Name of the note, with the zero that ends it.
pub const NAME: &[u8; 6] = b"ansar\0";

/// Type of the note.
pub const TYPE: u32 = 1;

/// What the note says: the version of the conventions between a role and its home.
pub const VERSION: u32 = 1;

/// The whole note, as the framework places it in memory order, aligned to four bytes: sizes
/// of name and description, type, name padded to eight bytes, version.
pub const NOTE: [u8; 24] = note();

/// Largest area of notes that is read, in bytes. Notes are some hundred bytes altogether.
const NOTES_SIZE_MAX: u64 = 64 * 1024;

const fn note() -> [u8; 24] {
    // Sizes of the name and of the description come first.
    let mut note = [0; 24];
    let words = [6, 4, TYPE, 0, 0, VERSION];
    let mut index = 0;
    while index < note.len() {
        note[index] = words[index / 4].to_ne_bytes()[index % 4];
        index += 1;
    }
    let mut index = 0;
    while index < NAME.len() {
        note[12 + index] = NAME[index];
        index += 1;
    }
    note
}

/// Tells whether the file at `path` is an executable built on the framework. Scripts,
/// folders, damaged files and whatever else is no ELF file of ours are a plain no; an error
/// is only that the file cannot be opened.
pub fn is_framework(path: &Path) -> io::Result<bool> {
    // Looked at before it is opened: to open a pipe is to wait.
    if !path.metadata()?.is_file() {
        return Ok(false);
    }
    let file = ReadCache::new(File::open(path)?);
    Ok(match FileKind::parse(&file) {
        Ok(FileKind::Elf64) => has_mark::<FileHeader64<Endianness>, _>(&file),
        Ok(FileKind::Elf32) => has_mark::<FileHeader32<Endianness>, _>(&file),
        _ => None,
    }
    .unwrap_or(false))
}

/// `None` for a file that is not what it says to be.
fn has_mark<'data, Elf, Data>(data: Data) -> Option<bool>
where
    Elf: FileHeader<Endian = Endianness>,
    Data: ReadRef<'data>,
{
    let header = Elf::parse(data).ok()?;
    let endian = header.endian().ok()?;
    for segment in header.program_headers(endian, data).ok()? {
        let is_note = segment.p_type(endian) == PT_NOTE;
        if is_note && segment.p_filesz(endian).into() <= NOTES_SIZE_MAX {
            let notes = segment.notes(endian, data).ok()?;
            if notes.is_some_and(|notes| any_is_mark(endian, notes)) {
                return Some(true);
            }
        }
    }
    // An executable linked by an unusual script may have the section only.
    for section in header.section_headers(endian, data).ok()? {
        let is_note = section.sh_type(endian) == SHT_NOTE;
        if is_note && section.sh_size(endian).into() <= NOTES_SIZE_MAX {
            let notes = section.notes(endian, data).ok()?;
            if notes.is_some_and(|notes| any_is_mark(endian, notes)) {
                return Some(true);
            }
        }
    }
    Some(false)
}

fn any_is_mark<Elf>(endian: Endianness, mut notes: NoteIterator<'_, Elf>) -> bool
where
    Elf: FileHeader<Endian = Endianness>,
{
    while let Ok(Some(note)) = notes.next() {
        let is_ours = note.name_bytes() == NAME && note.n_type(endian).0 == TYPE;
        if is_ours && note.desc().len() == size_of::<u32>() {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::*;

    /// Marks this test program, as the framework marks a server.
    #[used]
    #[expect(unsafe_code, reason = "a section can only be named so")]
    // SAFETY: the section is a note of our own name, aligned and laid out as notes are, and
    // nothing else is placed in it.
    #[unsafe(link_section = ".note.ansar")]
    static MARK: Aligned = Aligned(NOTE);

    #[repr(C, align(4))]
    struct Aligned([u8; 24]);

    fn this_program() -> std::path::PathBuf {
        std::env::current_exe().unwrap()
    }

    #[test]
    fn a_program_with_the_note_is_of_the_framework() {
        assert_eq!(MARK.0[12..18], *NAME);
        assert!(is_framework(&this_program()).unwrap());
    }

    #[test]
    fn other_programs_scripts_and_folders_are_not() {
        let folder = TempDir::new().unwrap();
        let script = folder.path().join("script");
        fs::write(&script, "#!/bin/sh\n# .note.ansar ansar\0\n").unwrap();
        assert!(!is_framework(&script).unwrap());
        assert!(!is_framework("/bin/sh".as_ref()).unwrap());
        assert!(!is_framework(folder.path()).unwrap());
        fs::write(&script, "").unwrap();
        assert!(!is_framework(&script).unwrap());
        assert!(is_framework(&folder.path().join("missing")).is_err());
    }

    #[test]
    fn a_program_cut_short_or_garbled_is_not_and_does_no_harm() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("x");
        let whole = fs::read(this_program()).unwrap();
        for length in [4, 16, 63, 64, 100, 400] {
            fs::write(&path, &whole[..length]).unwrap();
            assert!(!is_framework(&path).unwrap(), "{length}");
        }
        for position in 16..1024 {
            let mut garbled = whole[..64 * 1024].to_vec();
            garbled[position] ^= 0xff;
            fs::write(&path, &garbled).unwrap();
            is_framework(&path).unwrap();
        }
    }

    #[test]
    fn the_note_is_laid_out_as_elf_says() {
        assert_eq!(NOTE[..4], 6_u32.to_ne_bytes());
        assert_eq!(NOTE[4..8], 4_u32.to_ne_bytes());
        assert_eq!(NOTE[8..12], TYPE.to_ne_bytes());
        assert_eq!(&NOTE[12..20], b"ansar\0\0\0");
        assert_eq!(NOTE[20..], VERSION.to_ne_bytes());
    }
}
