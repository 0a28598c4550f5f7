//! A listening socket of a peer.

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener};

use rustix::net::sockopt::{set_socket_reuseaddr, set_socket_reuseport};
use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, listen, socket_with};

/// Connections that the system keeps for the peer until it takes them: more than
/// the load opens at once, and what the framework has.
const BACKLOG: i32 = 1024;

/// Listens at a port of the loopback interface, without ever waiting for a
/// connection. Several sockets may listen at one port: the system shares the
/// connections among them.
pub fn listen_at(port: u16) -> io::Result<TcpListener> {
    let socket = socket_with(
        AddressFamily::INET,
        SocketType::STREAM,
        SocketFlags::CLOEXEC | SocketFlags::NONBLOCK,
        None,
    )?;
    set_socket_reuseaddr(&socket, true)?;
    set_socket_reuseport(&socket, true)?;
    bind(&socket, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, port))?;
    listen(&socket, BACKLOG)?;
    Ok(TcpListener::from(socket))
}
