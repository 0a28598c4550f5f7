//! This executable as a role that is built on the framework.

use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::process::ExitCode;

use ansar_home_layout::mark;
use nix::unistd::pause;

#[used]
#[unsafe(link_section = ".note.ansar")]
#[expect(
    unsafe_code,
    reason = "the only way to place a note; it is read, never run"
)]
static MARK: [u8; 24] = mark::NOTE;

/// Says that it is ready, and waits for a signal.
pub(crate) fn announce() -> ExitCode {
    notify(
        &std::env::var("NOTIFY_SOCKET").unwrap(),
        b"STATUS=All is well\nREADY=1",
    );
    pause();
    ExitCode::FAILURE
}

/// Says where it could say so, and waits for a signal.
pub(crate) fn silent() -> ExitCode {
    std::fs::write("notify_socket", std::env::var("NOTIFY_SOCKET").unwrap()).unwrap();
    pause();
    ExitCode::FAILURE
}

pub(crate) fn notify(address: &str, message: &[u8]) {
    let address = SocketAddr::from_abstract_name(&address[1..]).unwrap();
    let socket = UnixDatagram::unbound().unwrap();
    socket.send_to_addr(message, &address).unwrap();
}
