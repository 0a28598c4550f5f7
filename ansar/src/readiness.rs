//! Telling whoever started this program how it is getting on, by the convention
//! of `NOTIFY_SOCKET` that systemd introduced.

use std::env;
use std::ffi::OsStr;
use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

/// Where to tell it, if anybody wants to know.
#[derive(Debug)]
pub(crate) struct Readiness(Option<SocketAddr>);

impl Readiness {
    /// As the environment says. An address that makes no sense is as good as none.
    pub(crate) fn from_environment() -> Self {
        let address = env::var_os("NOTIFY_SOCKET");
        Self(address.and_then(|address| socket_address(&address).ok()))
    }

    /// The program does what it is for.
    pub(crate) fn ready(&self) {
        self.tell("READY=1");
    }

    /// The program is about to end.
    pub(crate) fn stopping(&self) {
        self.tell("STOPPING=1");
    }

    /// Nobody has to listen: a supervisor that is gone is no reason to stop serving.
    fn tell(&self, state: &str) {
        if let Some(address) = &self.0 {
            let _ = UnixDatagram::unbound()
                .and_then(|socket| socket.send_to_addr(state.as_bytes(), address));
        }
    }
}

/// A leading `@` stands for the zero byte of a name in the abstract namespace.
fn socket_address(text: &OsStr) -> io::Result<SocketAddr> {
    match text.as_bytes().strip_prefix(b"@") {
        Some(name) => SocketAddr::from_abstract_name(name),
        None => SocketAddr::from_pathname(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_listens_is_told() {
        let name = format!("@ansar-readiness-test-{}", std::process::id());
        let address = socket_address(OsStr::new(&name)).unwrap();
        let supervisor = UnixDatagram::bind_addr(&address).unwrap();
        Readiness(Some(address)).ready();
        let mut told = [0; 32];
        let length = supervisor.recv(&mut told).unwrap();
        assert_eq!(&told[..length], b"READY=1");
    }

    #[test]
    fn nobody_has_to_listen() {
        Readiness(None).ready();
        Readiness(socket_address(OsStr::new("/nonexistent/socket")).ok()).stopping();
    }
}
