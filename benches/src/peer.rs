//! Who is measured.

use std::net::SocketAddr;
use std::path::Path;

use crate::exchange::ask;
use crate::{Contender, Error, Program, Role, Running, Service};

/// What every peer is asked for.
const TARGET: &str = "/Multiply?x=1.5&y=2.25";
/// What every peer answers.
const ANSWER: &str = r#"{"value":["crunch_api.Output",{"value":3.375},[]]}"#;

/// A server that does the same work as the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peer {
    /// A raw loop around epoll that sends the same bytes to everybody.
    RawLoop,
    /// The same loop with the work in it.
    RawJson,
    /// Hyper on one thread.
    BareHyper,
    /// Hyper on two threads.
    BareHyperTwice,
    /// Axum with its defaults.
    Axum,
    /// Actix with its defaults.
    Actix,
    /// The crunch server by itself.
    Crunch,
    /// The crunch server as a role, with its records stored.
    CrunchRole,
}

impl Peer {
    /// All of them. The first one is the limit, which the others are compared to.
    pub const ALL: [Self; 8] = [
        Self::RawLoop,
        Self::RawJson,
        Self::BareHyper,
        Self::BareHyperTwice,
        Self::Axum,
        Self::Actix,
        Self::Crunch,
        Self::CrunchRole,
    ];

    /// What it is called in a table.
    pub fn name(self) -> &'static str {
        match self {
            Self::RawLoop => "raw_loop",
            Self::RawJson => "raw_json",
            Self::BareHyper => "bare_hyper",
            Self::BareHyperTwice => "bare_hyper, 2 threads",
            Self::Axum => "axum_server",
            Self::Actix => "actix_server",
            Self::Crunch => "crunch_server",
            Self::CrunchRole => "crunch_server, role",
        }
    }

    /// The program to run, unless it is not one alone.
    pub fn program(self, executables: &Path) -> Option<Program> {
        let program = |name| Program::new(executables.join(name));
        match self {
            Self::RawLoop => Some(program("raw_loop")),
            Self::RawJson => Some(program("raw_json")),
            Self::BareHyper => Some(program("bare_hyper")),
            Self::BareHyperTwice => Some(program("bare_hyper").argument("--threads=2".to_owned())),
            Self::Axum => Some(program("axum_server")),
            Self::Actix => Some(program("actix_server")),
            Self::Crunch => Some(program("crunch_server")),
            Self::CrunchRole => None,
        }
    }

    /// Starts it, and makes sure that it does the work. The executables are taken from
    /// one folder; the other one is for what it may want to write.
    pub async fn start(self, executables: &Path, folder: &Path) -> Result<Contender, Error> {
        let service = match self.program(executables) {
            Some(program) => Service::Process(Running::start(&program, folder).await?),
            None => Service::Role(Role::start(executables)?),
        };
        verify(service.address()).await?;
        Ok(Contender {
            name: self.name(),
            target: TARGET,
            service,
        })
    }
}

/// Asks a peer once, and makes sure that it answers what all of them have to.
pub(crate) async fn verify(address: SocketAddr) -> Result<(), Error> {
    let answer = ask(address, TARGET).await?;
    if answer == ANSWER {
        return Ok(());
    }
    let answer = String::from_utf8_lossy(&answer);
    Err(Error::Ask {
        url: format!("http://{address}{TARGET}"),
        problem: format!("it answers {answer} in place of {ANSWER}"),
    })
}
