//! This executable as a role that is built on the framework.

use std::io::Read;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::process::{Command, ExitCode};

use ansar_home_layout::mark;
use nix::unistd::{alarm, pause};

#[used]
#[unsafe(link_section = ".note.ansar")]
#[expect(
    unsafe_code,
    reason = "the only way to place a note; it is read, never run"
)]
static MARK: [u8; 24] = mark::NOTE;

/// Seconds after which a role ends whatever went wrong with its test.
const LIFE_MAX: u32 = 60;

/// Says that it is ready, and waits for a signal.
pub(crate) fn announce() -> ExitCode {
    ready();
    wait()
}

/// Says where it could say so, and waits for a signal.
pub(crate) fn silent() -> ExitCode {
    std::fs::write("notify_socket", variable("NOTIFY_SOCKET")).unwrap();
    wait()
}

/// Starts a process that does not hold the lock, as those do not that close what they inherit;
/// says that it is ready when that has come so far.
pub(crate) fn parent() -> ExitCode {
    let (mut reader, writer) = std::io::pipe().unwrap();
    let this = std::env::current_exe().unwrap();
    let mut child = Command::new(this)
        .arg("unlocked")
        .stdout(writer)
        .spawn()
        .unwrap();
    // The end of what the child holds open.
    assert_eq!(reader.read(&mut [0]).unwrap(), 0);
    alarm::set(LIFE_MAX);
    ready();
    child.wait().unwrap();
    ExitCode::FAILURE
}

/// Closes what it inherited, and waits for a signal.
pub(crate) fn unlocked() -> ExitCode {
    let opened = std::fs::read_dir("/proc/self/fd").unwrap();
    let numbers: Vec<i32> = opened
        .filter_map(|file| file.unwrap().file_name().to_str()?.parse().ok())
        .collect();
    for number in numbers.into_iter().filter(|&number| number > 2) {
        // One of them was the folder, which is closed already.
        let _ = nix::unistd::close(number);
    }
    std::fs::write("unlocked", format!("{}\n", std::process::id())).unwrap();
    nix::unistd::close(1).unwrap();
    wait()
}

fn ready() {
    notify(&variable("NOTIFY_SOCKET"), b"STATUS=All is well\nREADY=1");
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap()
}

fn wait() -> ExitCode {
    alarm::set(LIFE_MAX);
    pause();
    ExitCode::FAILURE
}

pub(crate) fn notify(address: &str, message: &[u8]) {
    let address = SocketAddr::from_abstract_name(&address[1..]).unwrap();
    let socket = UnixDatagram::unbound().unwrap();
    socket.send_to_addr(message, &address).unwrap();
}
