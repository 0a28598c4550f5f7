//! Small JSON documents, replaced as a whole.
//!
//! A document is written to a temporary file in the same folder (hidden, of a random name),
//! synced, and renamed over the old one: a reader sees the old document or the new one,
//! never a part of either, also after a loss of power.

use std::fs::{File, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::ser::PrettyFormatter;
use tempfile::NamedTempFile;

use crate::error::{Error, file};
use crate::folder;

/// Largest document that is read, in bytes. Settings are the largest that people write;
/// more than this is a wrong file, which must not fill the memory of whoever looks at it.
const SIZE_MAX: u64 = 16 * 1024 * 1024;

/// Only the owner reads a document.
const MODE: u32 = 0o600;

/// People read documents too: four spaces, as the programs print them.
const INDENT: &[u8] = b"    ";

/// Reads a document; `None` when there is none. One that is not a whole `T` is an
/// [`Error::Damaged`], which names the path.
pub fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, Error> {
    let document = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(file("open", path))?,
    };
    let mut bytes = Vec::new();
    document
        .take(SIZE_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(file("read", path))?;
    if bytes.len() as u64 > SIZE_MAX {
        return Err(Error::DocumentTooLarge {
            path: path.to_path_buf(),
            limit: SIZE_MAX,
        });
    }
    serde_json::from_slice(&bytes)
        .map(Some)
        .map_err(|source| Error::Damaged {
            path: path.to_path_buf(),
            source,
        })
}

/// Writes a document, in the place of the one that may be there; mode 0600.
pub fn replace<T: Serialize>(path: &Path, value: &T) -> Result<(), Error> {
    let temporary = written(path, value)?;
    temporary
        .persist(path)
        .map_err(|error| file("replace", path)(error.error))?;
    folder::sync(folder_of(path))
}

/// Writes a document where there is none; returns false, and writes nothing, when there is
/// one.
pub fn create<T: Serialize>(path: &Path, value: &T) -> Result<bool, Error> {
    let temporary = written(path, value)?;
    match temporary.persist_noclobber(path) {
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => return Ok(false),
        persisted => persisted.map_err(|error| file("create", path)(error.error))?,
    };
    folder::sync(folder_of(path))?;
    Ok(true)
}

fn written<T: Serialize>(path: &Path, value: &T) -> Result<NamedTempFile, Error> {
    let bytes = to_bytes(value).map_err(|source| Error::File {
        action: "write",
        path: path.to_path_buf(),
        source: source.into(),
    })?;
    write_temporary(path, &bytes).map_err(file("write", path))
}

fn write_temporary(path: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut temporary = tempfile::Builder::new()
        .prefix(&format!(".{name}."))
        .tempfile_in(folder_of(path))?;
    temporary.write_all(bytes)?;
    let document = temporary.as_file();
    document.set_permissions(Permissions::from_mode(MODE))?;
    document.sync_all()?;
    Ok(temporary)
}

fn to_bytes<T: Serialize>(value: &T) -> serde_json::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let formatter = PrettyFormatter::with_indent(INDENT);
    value.serialize(&mut serde_json::Serializer::with_formatter(
        &mut bytes, formatter,
    ))?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::{Value, json};
    use tempfile::TempDir;

    use super::*;

    fn names(folder: &TempDir) -> Vec<String> {
        let entries = fs::read_dir(folder.path()).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    #[test]
    fn a_document_is_read_back_and_private() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("x.json");
        replace(&path, &json!({"port": 5051})).unwrap();
        replace(&path, &json!({"port": 5052})).unwrap();
        assert_eq!(read::<Value>(&path).unwrap(), Some(json!({"port": 5052})));
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            "{\n    \"port\": 5052\n}\n"
        );
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(names(&folder), ["x.json"]);
    }

    #[test]
    fn no_document_is_none() {
        let folder = TempDir::new().unwrap();
        assert_eq!(read::<Value>(&folder.path().join("x")).unwrap(), None);
    }

    #[test]
    fn a_torn_document_is_an_error_that_names_the_path() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("x.json");
        for torn in ["", "{\"port\": 50", "{}x"] {
            fs::write(&path, torn).unwrap();
            let error = read::<Value>(&path).unwrap_err();
            assert!(matches!(error, Error::Damaged { .. }));
            assert!(error.to_string().contains("x.json"), "{error}");
        }
    }

    #[test]
    fn a_document_that_cannot_be_written_leaves_the_old_one_and_no_trace() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("x.json");
        fs::create_dir(&path).unwrap();
        assert!(replace(&path, &1).is_err());
        assert_eq!(names(&folder), ["x.json"]);
    }

    #[test]
    fn creating_keeps_the_document_that_is_there() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("x.json");
        assert!(create(&path, &1).unwrap());
        assert!(!create(&path, &2).unwrap());
        assert_eq!(read::<u32>(&path).unwrap(), Some(1));
        assert_eq!(names(&folder), ["x.json"]);
    }
}
