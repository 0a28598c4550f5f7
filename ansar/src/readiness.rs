//! Telling whoever started this program how it is getting on, by the convention
//! of `NOTIFY_SOCKET` that systemd introduced.

use std::env;
use std::ffi::OsStr;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{self as unix, UnixDatagram};

/// Is given the addresses where clients can connect.
type Tell = Box<dyn Fn(&[SocketAddr]) + Send>;

/// Whoever wants to know that a program is ready.
pub(crate) enum Readiness {
    /// Nobody.
    Nobody,
    /// A supervisor, at this socket.
    Supervisor(unix::SocketAddr),
    /// Another thread of this process.
    Told(Tell),
}

impl Readiness {
    /// As the environment says. An address that makes no sense is as good as none.
    pub(crate) fn from_environment() -> Self {
        env::var_os("NOTIFY_SOCKET")
            .and_then(|address| socket_address(&address).ok())
            .map_or(Self::Nobody, Self::Supervisor)
    }

    /// The program does what it is for; clients can connect at these addresses.
    pub(crate) fn ready(&self, listening: &[SocketAddr]) {
        match self {
            Self::Nobody => {}
            Self::Supervisor(_) => {
                let addresses: Vec<String> = listening.iter().map(SocketAddr::to_string).collect();
                match addresses.as_slice() {
                    [] => self.tell("READY=1"),
                    _ => self.tell(&format!(
                        "READY=1\nSTATUS=Listening on {}",
                        addresses.join(", ")
                    )),
                }
            }
            Self::Told(tell) => tell(listening),
        }
    }

    /// The program is about to end.
    pub(crate) fn stopping(&self) {
        self.tell("STOPPING=1");
    }

    /// Nobody has to listen: a supervisor that is gone is no reason to stop serving.
    fn tell(&self, state: &str) {
        if let Self::Supervisor(address) = self {
            let _ = UnixDatagram::unbound()
                .and_then(|socket| socket.send_to_addr(state.as_bytes(), address));
        }
    }
}

impl fmt::Debug for Readiness {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Readiness")
    }
}

/// A leading `@` stands for the zero byte of a name in the abstract namespace.
fn socket_address(text: &OsStr) -> io::Result<unix::SocketAddr> {
    match text.as_bytes().strip_prefix(b"@") {
        Some(name) => unix::SocketAddr::from_abstract_name(name),
        None => unix::SocketAddr::from_pathname(text),
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
        let mut told = [0; 64];
        let readiness = Readiness::Supervisor(address);
        readiness.ready(&[]);
        let length = supervisor.recv(&mut told).unwrap();
        assert_eq!(&told[..length], b"READY=1");
        readiness.ready(&[([127, 0, 0, 1], 5051).into()]);
        let length = supervisor.recv(&mut told).unwrap();
        let expected = b"READY=1\nSTATUS=Listening on 127.0.0.1:5051";
        assert_eq!(&told[..length], expected);
    }

    #[test]
    fn nobody_has_to_listen() {
        Readiness::Nobody.ready(&[]);
        let gone = socket_address(OsStr::new("/nonexistent/socket")).unwrap();
        Readiness::Supervisor(gone).stopping();
    }
}
