//! Being told that a file was written: the settings, or a certificate.

use std::fs::File;
use std::future::pending;
use std::io::{self, Read};
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::time::Duration;

use rustix::fs::inotify::{self, CreateFlags, Reader, WatchFlags};
use rustix::io::Errno;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::time::{Sleep, sleep, timeout};

/// How long nothing must be written before the file is read: whoever writes several times, or
/// several files, is given the time to finish.
const QUIET_TIME: Duration = Duration::from_millis(50);

/// How long reading may be put off by writing that does not end.
const BURST_TIME: Duration = Duration::from_secs(2);

/// The largest file that is looked at, in bytes; neither settings nor a certificate is larger.
const SIZE_MAX: u64 = 16 * 1024 * 1024;

/// Room for the events that are taken at once: some sixteen with names of the longest.
const EVENT_BYTES: usize = 4096;

/// A file that was written completely, or put there under its name. That one is removed is not
/// looked for: editors do it for a moment, and a server must not fall back to its factory
/// settings for that long.
const WRITTEN: WatchFlags = WatchFlags::CLOSE_WRITE.union(WatchFlags::MOVED_TO);

/// Tells when the content of a file has become another one.
///
/// The folder is watched, since a file that is replaced is another file. Any file of the folder
/// may be what has changed the content: the name may be a link to another one, as that of a file
/// mounted into a container is. A link to a file in another folder is not followed there.
#[derive(Debug)]
pub(crate) struct FileWatch {
    path: PathBuf,
    folder: Folder,
    /// The content that the caller knows of.
    known: Content,
    /// Something was written that has not been looked at; it will be when this ends, at latest.
    burst: Option<Pin<Box<Sleep>>>,
}

/// What is in the file, if anything, or why it cannot be read.
type Content = Result<Option<Vec<u8>>, io::ErrorKind>;

impl FileWatch {
    /// Watches a file that may or may not exist. Without its folder, nothing is watched.
    ///
    /// What is written from now on is a change. Settings that were read before are to be read
    /// once more, so that no change falls between the two. To be called within a runtime.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self {
            folder: Folder::watch(folder_of(path))?,
            known: content(path),
            path: path.to_path_buf(),
            burst: None,
        })
    }

    /// Waits until the content is another one than when this was opened, or when this last
    /// returned. Writes that follow one another shortly are one change. Never returns when
    /// nothing is watched, which is so after an error too. No change is missed when the future
    /// is dropped, and this called again.
    pub(crate) async fn changed(&mut self) -> io::Result<()> {
        loop {
            let burst = match &mut self.burst {
                Some(burst) => burst,
                none => {
                    self.folder.written().await?;
                    none.insert(Box::pin(sleep(BURST_TIME)))
                }
            };
            self.folder.quiet(burst).await?;
            self.burst = None;
            let content = content(&self.path);
            // A file that is gone, perhaps for a moment, has not got another content.
            if content != Ok(None) && content != self.known {
                self.known = content;
                return Ok(());
            }
        }
    }
}

/// What the kernel tells of a folder.
#[derive(Debug)]
struct Folder {
    /// None when there is nothing to watch.
    events: Option<AsyncFd<OwnedFd>>,
}

impl Folder {
    fn watch(path: &Path) -> io::Result<Self> {
        let events = match watched(path) {
            Err(Errno::NOENT) => None,
            Err(Errno::NOSPC) => return Err(io::Error::other(TOO_MANY_WATCHES)),
            watched => Some(registered(watched?)?),
        };
        Ok(Self { events })
    }

    /// Waits until something in the folder has been written.
    async fn written(&mut self) -> io::Result<()> {
        let Some(events) = &self.events else {
            return pending().await;
        };
        let taken = loop {
            let mut ready = events.readable().await?;
            if let Ok(taken) = ready.try_io(|events| take(events.get_ref())) {
                break taken;
            }
        };
        if taken.is_err() {
            self.events = None;
        }
        taken
    }

    /// Waits until nothing has been written for a while, or the burst has lasted too long.
    async fn quiet(&mut self, burst: &mut Pin<Box<Sleep>>) -> io::Result<()> {
        loop {
            tokio::select! {
                () = &mut *burst => return Ok(()),
                written = timeout(QUIET_TIME, self.written()) => match written {
                    Ok(written) => written?,
                    Err(_quiet) => return Ok(()),
                },
            }
        }
    }
}

/// What the system means when it says that no space is left on a device.
const TOO_MANY_WATCHES: &str =
    "the system watches as many files as it may: see the limit fs.inotify.max_user_watches";

/// A descriptor that can be read when something in the folder has been written.
fn watched(folder: &Path) -> Result<OwnedFd, Errno> {
    let events = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?;
    inotify::add_watch(&events, folder, WRITTEN | WatchFlags::ONLYDIR)?;
    Ok(events)
}

#[expect(
    deprecated,
    reason = "its successor is unsafe, for descriptors that may be closed while they are watched; \
              one that is owned is not"
)]
fn registered(events: OwnedFd) -> io::Result<AsyncFd<OwnedFd>> {
    AsyncFd::with_interest(events, Interest::READABLE)
}

/// Takes the events that are there, as many as are read at once. What they say is not asked:
/// the content will tell.
fn take(events: &OwnedFd) -> io::Result<()> {
    let mut buffer = [MaybeUninit::uninit(); EVENT_BYTES];
    let mut reader = Reader::new(events, &mut buffer);
    reader.next()?;
    while !reader.is_buffer_empty() {
        reader.next()?;
    }
    Ok(())
}

fn content(path: &Path) -> Content {
    match read(path) {
        Ok(content) => Ok(Some(content)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.kind()),
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    File::open(path)?.take(SIZE_MAX).read_to_end(&mut content)?;
    Ok(content)
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
    use std::os::unix::fs::symlink;

    use ansar_home_layout::document;
    use serde_json::json;
    use tempfile::TempDir;
    use tokio::task::spawn;

    use super::*;

    /// Longer than any change takes to be told. The clock of these tests goes on by itself
    /// when there is nothing left to do, so nobody waits that long.
    const LONG: Duration = Duration::from_mins(1);

    struct Fixture {
        folder: TempDir,
        watch: FileWatch,
    }

    impl Fixture {
        fn new() -> Self {
            let folder = TempDir::new().unwrap();
            fs::write(folder.path().join("x.json"), "1").unwrap();
            let watch = FileWatch::open(&folder.path().join("x.json")).unwrap();
            Self { folder, watch }
        }

        fn write(&self, content: &str) {
            fs::write(self.path("x.json"), content).unwrap();
        }

        fn path(&self, name: &str) -> PathBuf {
            self.folder.path().join(name)
        }

        async fn is_changed(&mut self) -> bool {
            match timeout(LONG, self.watch.changed()).await {
                Ok(changed) => changed.is_ok(),
                Err(_nothing_is_left_to_do) => false,
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_file_that_is_written_or_replaced_is_changed() {
        let mut fixture = Fixture::new();
        assert!(!fixture.is_changed().await);
        fixture.write("2");
        assert!(fixture.is_changed().await);
        document::replace(&fixture.path("x.json"), &json!({"value": 3})).unwrap();
        assert!(fixture.is_changed().await);
        assert!(!fixture.is_changed().await);
    }

    #[tokio::test(start_paused = true)]
    async fn several_writes_are_one_change() {
        let mut fixture = Fixture::new();
        for content in ["2", "3", "4"] {
            fixture.write(content);
        }
        assert!(fixture.is_changed().await);
        assert!(!fixture.is_changed().await);
    }

    #[tokio::test(start_paused = true)]
    async fn the_same_content_again_is_no_change() {
        let mut fixture = Fixture::new();
        fixture.write("1");
        assert!(!fixture.is_changed().await);
        fixture.write("2");
        fixture.write("1");
        assert!(!fixture.is_changed().await);
    }

    #[tokio::test(start_paused = true)]
    async fn other_files_of_the_folder_are_no_change() {
        let mut fixture = Fixture::new();
        fs::write(fixture.path("y.json"), "2").unwrap();
        assert!(!fixture.is_changed().await);
    }

    #[tokio::test(start_paused = true)]
    async fn a_file_that_is_gone_has_changed_when_it_is_back_with_other_content() {
        let mut fixture = Fixture::new();
        fs::remove_file(fixture.path("x.json")).unwrap();
        fs::write(fixture.path("y.json"), "2").unwrap();
        assert!(!fixture.is_changed().await);
        fixture.write("1");
        assert!(!fixture.is_changed().await);
        fs::remove_file(fixture.path("x.json")).unwrap();
        fixture.write("2");
        assert!(fixture.is_changed().await);
    }

    #[tokio::test(start_paused = true)]
    async fn a_file_that_comes_to_be_is_changed() {
        let mut fixture = Fixture::new();
        fixture.watch = FileWatch::open(&fixture.path("new.json")).unwrap();
        fs::write(fixture.path("new.json"), "1").unwrap();
        assert!(fixture.is_changed().await);
    }

    #[tokio::test(start_paused = true)]
    async fn a_link_that_leads_to_another_file_is_a_change() {
        let mut fixture = Fixture::new();
        fs::write(fixture.path("1"), "1").unwrap();
        fs::write(fixture.path("2"), "2").unwrap();
        symlink("1", fixture.path("current")).unwrap();
        symlink("current", fixture.path("linked.json")).unwrap();
        fixture.watch = FileWatch::open(&fixture.path("linked.json")).unwrap();
        symlink("2", fixture.path("next")).unwrap();
        fs::rename(fixture.path("next"), fixture.path("current")).unwrap();
        assert!(fixture.is_changed().await);
    }

    #[tokio::test(start_paused = true)]
    async fn a_change_is_not_missed_by_who_stops_to_wait_for_it() {
        let mut fixture = Fixture::new();
        fixture.write("2");
        let shortly = timeout(QUIET_TIME / 2, fixture.watch.changed()).await;
        assert!(shortly.is_err(), "it is told before the writing has ended");
        assert!(fixture.is_changed().await);
    }

    #[tokio::test(start_paused = true)]
    async fn writing_that_does_not_end_is_told_of_all_the_same() {
        let mut fixture = Fixture::new();
        let path = fixture.path("x.json");
        let writing = spawn(async move {
            for number in 0.. {
                fs::write(&path, format!("2{number}")).unwrap();
                sleep(QUIET_TIME / 2).await;
            }
        });
        let told = timeout(BURST_TIME + QUIET_TIME, fixture.watch.changed()).await;
        assert!(told.is_ok_and(|changed| changed.is_ok()));
        writing.abort();
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_folder_nothing_is_watched() {
        let mut fixture = Fixture::new();
        fixture.watch = FileWatch::open(&fixture.path("none/x.json")).unwrap();
        fs::create_dir(fixture.path("none")).unwrap();
        fs::write(fixture.path("none/x.json"), "2").unwrap();
        assert!(!fixture.is_changed().await);
    }

    #[tokio::test(start_paused = true)]
    async fn a_folder_that_goes_away_ends_the_watch_quietly() {
        let mut fixture = Fixture::new();
        fs::remove_dir_all(fixture.folder.path()).unwrap();
        assert!(!fixture.is_changed().await);
    }
}
