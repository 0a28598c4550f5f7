//! A folder of segments on a real file system.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::fs::{FallocateFlags, fallocate};
use rustix::io::Errno;

use crate::error::Error;
use crate::name::SegmentName;
use crate::ofd;
use crate::storage::{Entry, Listing, Storage};
use crate::tail::Tail;

/// The file that is locked while a segment is begun.
const LOCK: &str = "lock";

/// How long a writer waits for another that is beginning a segment, which takes about a
/// millisecond: a writer that was stopped in the middle of it must not stop the others.
const LOCK_WAIT: Duration = Duration::from_secs(1);

/// Between two looks at the lock, which the system cannot announce within a time limit.
const LOCK_LOOK: Duration = Duration::from_millis(1);

/// The unit of `st_blocks`.
const STATUS_BLOCK_BYTES: u64 = 512;

#[derive(Debug)]
pub(crate) struct Disk {
    folder: PathBuf,
    lock: File,
    opened: Instant,
}

impl Disk {
    /// Opens a folder for writing, and makes it when it is missing.
    pub(crate) fn open(folder: &Path) -> Result<Self, Error> {
        let failed = |source| Error::Io {
            action: "open the log store in",
            path: folder.to_owned(),
            source,
        };
        // The program may change its working folder later.
        let folder = std::path::absolute(folder).map_err(failed)?;
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)
            .map_err(failed)?;
        let lock = OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(folder.join(LOCK))
            .map_err(failed)?;
        Ok(Self {
            folder,
            lock,
            opened: monotonic_now(),
        })
    }

    fn path(&self, name: SegmentName) -> PathBuf {
        self.folder.join(name.to_string())
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the edge")]
fn monotonic_now() -> Instant {
    Instant::now()
}

#[expect(
    clippy::disallowed_methods,
    reason = "no event tells that a lock is free within a time limit"
)]
fn wait_for_another_look() {
    std::thread::sleep(LOCK_LOOK);
}

impl Storage for Disk {
    type Segment = File;
    type Guard<'a> = Guard<'a>;

    fn lock(&self) -> io::Result<Guard<'_>> {
        let limit = monotonic_now() + LOCK_WAIT;
        while !ofd::try_lock(&self.lock)? {
            if monotonic_now() >= limit {
                return Err(io::Error::other(
                    "another writer does not release the store",
                ));
            }
            wait_for_another_look();
        }
        Ok(Guard(&self.lock))
    }

    fn list(&self) -> io::Result<Listing> {
        let mut listing = Listing {
            allocated: allocated(&fs::metadata(&self.folder)?),
            ..Listing::default()
        };
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let metadata = match entry.metadata() {
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                metadata => metadata?,
            };
            listing.allocated += allocated(&metadata);
            if let Some(name) = entry.file_name().to_str().and_then(SegmentName::parse) {
                listing.segments.push(Entry {
                    name,
                    length: metadata.len(),
                    allocated: allocated(&metadata),
                });
            }
        }
        listing.segments.sort_unstable_by_key(|entry| entry.name);
        Ok(listing)
    }

    fn create(&self, name: SegmentName) -> io::Result<File> {
        let file = OpenOptions::new()
            .append(true)
            .create_new(true)
            .mode(0o600)
            .read(true)
            .open(self.path(name))?;
        if ofd::try_lock(&file)? {
            Ok(file)
        } else {
            Err(io::Error::other(
                "somebody holds a segment that was just made",
            ))
        }
    }

    fn take(&self, name: SegmentName) -> io::Result<Option<File>> {
        let opened = OpenOptions::new()
            .append(true)
            .read(true)
            .open(self.path(name));
        let file = match opened {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            file => file?,
        };
        Ok(ofd::try_lock(&file)?.then_some(file))
    }

    fn tail(&self, segment: &File) -> io::Result<Tail> {
        Tail::read(segment)
    }

    fn reserve(&self, segment: &File, bytes: u64) -> io::Result<()> {
        match fallocate(segment, FallocateFlags::KEEP_SIZE, 0, bytes) {
            Ok(()) | Err(Errno::OPNOTSUPP) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn append(&self, mut segment: &File, bytes: &[u8]) -> io::Result<usize> {
        segment.write(bytes)
    }

    fn cut(&self, segment: &File, length: u64) -> io::Result<()> {
        segment.set_len(length)
    }

    fn remove(&self, name: SegmentName) -> io::Result<()> {
        fs::remove_file(self.path(name))
    }

    fn elapsed(&self) -> Duration {
        monotonic_now().duration_since(self.opened)
    }
}

/// Holds the store's lock.
#[derive(Debug)]
pub(crate) struct Guard<'a>(&'a File);

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        // Unlocking an open file cannot fail; were it so, the end of the process would do it.
        drop(ofd::unlock(self.0));
    }
}

fn allocated(metadata: &fs::Metadata) -> u64 {
    metadata.blocks() * STATUS_BLOCK_BYTES
}
