//! Where roles say that they are ready.

use std::fs::File;
use std::io::{self, IoSliceMut, Read};
use std::os::fd::AsRawFd;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{self, SocketAddr};

use nix::sys::socket::{
    ControlMessageOwned, MsgFlags, UnixCredentials, recvmsg, setsockopt, sockopt::PassCred,
};
use rustix::process::Pid;
use tokio::io::Interest;
use tokio::net::UnixDatagram;

use crate::error::{Error, file, system};
use crate::notification::Notification;

/// Longest message, in bytes: a few words for people. What is beyond is not read.
const MESSAGE_BYTES_MAX: usize = 4096;

/// Random bytes in the name, which nobody else is to have taken.
const NAME_BYTES: usize = 16;

/// A message, and the process that sent it, as the kernel says.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) sender: Pid,
    pub(crate) notification: Notification,
}

/// An abstract socket: it leaves no file behind and needs no path short enough for one. That
/// anybody may send to it does no harm, as a message counts by its sender.
#[derive(Debug)]
pub(crate) struct NotifySocket {
    socket: UnixDatagram,
    address: String,
}

impl NotifySocket {
    /// Opens a socket of a random name, within a runtime.
    pub(crate) fn open() -> Result<Self, Error> {
        let name = format!("ansar.{}", random_name()?);
        let address =
            SocketAddr::from_abstract_name(&name).map_err(system("name the notify socket"))?;
        let socket =
            net::UnixDatagram::bind_addr(&address).map_err(system("open the notify socket"))?;
        socket
            .set_nonblocking(true)
            .map_err(system("open the notify socket"))?;
        setsockopt(&socket, PassCred, &true).map_err(system("open the notify socket"))?;
        let socket =
            UnixDatagram::from_std(socket).map_err(system("listen to the notify socket"))?;
        Ok(Self {
            socket,
            address: format!("@{name}"),
        })
    }

    /// What `NOTIFY_SOCKET` is to be.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Waits until there may be a message.
    pub(crate) async fn readable(&self) -> io::Result<()> {
        self.socket.readable().await
    }

    /// The next message that is there, if any.
    pub(crate) fn receive(&self) -> Option<Received> {
        loop {
            let received = self
                .socket
                .try_io(Interest::READABLE, || receive_one(&self.socket));
            match received {
                Ok(Some(received)) => return Some(received),
                Ok(None) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return None,
            }
        }
    }
}

/// Receives a message; `None` for one of nobody.
fn receive_one(socket: &UnixDatagram) -> io::Result<Option<Received>> {
    let mut bytes = [0; MESSAGE_BYTES_MAX];
    // Room for the credentials, which come first, and for nothing else: what descriptors
    // somebody sends along, the kernel closes.
    let mut control = nix::cmsg_space!(UnixCredentials);
    let mut slices = [IoSliceMut::new(&mut bytes)];
    let flags = MsgFlags::MSG_DONTWAIT | MsgFlags::MSG_CMSG_CLOEXEC;
    let message = recvmsg::<()>(socket.as_raw_fd(), &mut slices, Some(&mut control), flags)?;
    let length = message.bytes;
    let sender = message.cmsgs()?.find_map(|part| match part {
        ControlMessageOwned::ScmCredentials(credentials) => Pid::from_raw(credentials.pid()),
        _ => None,
    });
    let notification = Notification::parse(&bytes[..length]);
    Ok(sender.map(|sender| Received {
        sender,
        notification,
    }))
}

fn random_name() -> Result<String, Error> {
    let path = "/dev/urandom";
    let mut bytes = [0; NAME_BYTES];
    File::open(path)
        .and_then(|mut source| source.read_exact(&mut bytes))
        .map_err(file("read", path.as_ref()))?;
    Ok(format!("{:032x}", u128::from_ne_bytes(bytes)))
}
