//! How a server says that it is ready: a datagram to the socket that `NOTIFY_SOCKET` names.

use std::env;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::net::UnixDatagram;
use tokio::time::timeout;

/// How long a server may take until it is ready.
const READY_LIMIT: Duration = Duration::from_secs(10);

/// Tells whoever started this process that it listens, if anybody wants to know.
pub fn tell() -> io::Result<()> {
    if let Some(socket) = env::var_os("NOTIFY_SOCKET") {
        std::os::unix::net::UnixDatagram::unbound()?.send_to(b"READY=1", socket)?;
    }
    Ok(())
}

/// The other end: where a server that was started is waited for.
#[derive(Debug)]
pub(crate) struct Readiness {
    socket: UnixDatagram,
    path: PathBuf,
}

impl Readiness {
    /// Makes a socket with a name in a folder.
    pub(crate) fn in_folder(folder: &Path, name: &str) -> io::Result<Self> {
        let path = folder.join(format!("{name}.socket"));
        let socket = UnixDatagram::bind(&path)?;
        Ok(Self { socket, path })
    }

    /// What `NOTIFY_SOCKET` has to say.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Waits until the server says that it is ready.
    pub(crate) async fn wait(&self) -> io::Result<()> {
        let mut message = [0; 64];
        match timeout(READY_LIMIT, self.socket.recv(&mut message)).await {
            Ok(received) => received.map(drop),
            Err(_) => Err(io::Error::new(
                io::ErrorKind::TimedOut,
                format!("not ready after {} s", READY_LIMIT.as_secs()),
            )),
        }
    }
}

impl Drop for Readiness {
    fn drop(&mut self) {
        // The folder is temporary: what stays goes with it.
        let _ = std::fs::remove_file(&self.path);
    }
}
