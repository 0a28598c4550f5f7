//! Being told that the settings file was written.

use std::fs::File;
use std::io::{self, Read};
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::time::Duration;

use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
use rustix::io::Errno;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::time::{sleep, timeout};

/// How long nothing must be written before the file is read: whoever writes several times, or
/// several files, is given the time to finish.
const QUIET_TIME: Duration = Duration::from_millis(50);

/// How long reading may be put off by writing that does not end.
const BURST_TIME: Duration = Duration::from_secs(2);

/// The largest file that is looked at, in bytes; settings that are larger cannot be read anyway.
const SIZE_MAX: u64 = 16 * 1024 * 1024;

/// Room for the events that are taken at once: some sixteen with names of the longest.
const EVENT_BYTES: usize = 4096;

/// A file that was written completely, or put there under its name. That one is removed is not
/// looked for: editors do it for a moment, and a server must not fall back to its factory
/// settings for that long.
const WRITTEN: WatchFlags = WatchFlags::CLOSE_WRITE.union(WatchFlags::MOVED_TO);

/// Tells when the content of a settings file has become another one.
///
/// The folder is watched, since a file that is replaced is another file. Any file of the folder
/// may be what has changed the content: the name may be a link to another one, as that of a file
/// mounted into a container is. A link to a file in another folder is not followed there.
#[derive(Debug)]
pub(crate) struct SettingsWatch {
    path: PathBuf,
    /// None when there is no folder to watch.
    events: Option<AsyncFd<OwnedFd>>,
    /// The content that is known to the caller.
    content: Option<Vec<u8>>,
}

impl SettingsWatch {
    /// Watches a file that may or may not exist. Without its folder, nothing is watched.
    ///
    /// What is written from now on is a change: open the watch before the settings are read,
    /// so that no change falls between the two.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let events = match watched(folder_of(path)) {
            Err(Errno::NOENT) => None,
            watched => Some(AsyncFd::with_interest(watched?, Interest::READABLE)?),
        };
        Ok(Self {
            events,
            content: content(path)?,
            path: path.to_path_buf(),
        })
    }

    /// Waits until the content is another one than when this was opened, or when this last
    /// returned. Writes that follow one another shortly are one change. Never returns when
    /// nothing is watched. May be dropped at any time, and called again, without missing a change.
    pub(crate) async fn changed(&mut self) -> io::Result<()> {
        loop {
            self.written().await?;
            self.quiet().await?;
            let content = content(&self.path)?;
            // A file that is gone for a moment has not got another content.
            if content.is_some() && content != self.content {
                self.content = content;
                return Ok(());
            }
        }
    }

    /// Waits until something in the folder has been written.
    async fn written(&mut self) -> io::Result<()> {
        let Some(events) = &self.events else {
            return std::future::pending().await;
        };
        loop {
            let mut ready = events.readable().await?;
            match ready.try_io(|events| take(events.get_ref())) {
                Ok(Ok(Taken::Written)) => return Ok(()),
                Ok(Ok(Taken::FolderGone)) => break,
                Ok(Err(error)) => return Err(error),
                Err(_would_block) => {}
            }
        }
        self.events = None;
        std::future::pending().await
    }

    /// Waits until nothing has been written for a while.
    async fn quiet(&mut self) -> io::Result<()> {
        let mut longest = pin!(sleep(BURST_TIME));
        loop {
            tokio::select! {
                () = &mut longest => return Ok(()),
                written = timeout(QUIET_TIME, self.written()) => match written {
                    Ok(written) => written?,
                    Err(_quiet) => return Ok(()),
                },
            }
        }
    }
}
