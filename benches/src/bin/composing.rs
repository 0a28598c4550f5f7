//! A server that asks two others for its answers, beside one that answers by itself:
//! the processor time of all three together. The executables are taken from a folder.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ansar_benches::{
    Contender, Error, Peer, Plan, Program, Running, Service, compare, section, table, targets,
};
use clap::Parser;

/// What the composite is asked for: a product and a quotient.
const TARGET: &str = "/MulDiv?a=1.5&b=2.25&c=3&d=4";
/// Connections that ask at once: enough to keep all three busy.
const CONNECTIONS: u32 = 64;

/// Measure a server that asks two others.
#[derive(Debug, Parser)]
struct Arguments {
    /// The folder of the executables.
    folder: PathBuf,
    /// One short round, to see that it works.
    #[arg(long)]
    quick: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    section::run("composing", composing(arguments))
}

#[expect(clippy::print_stdout, reason = "the table is the result")]
async fn composing(Arguments { folder, quick }: Arguments) -> Result<(), Error> {
    let place = tempfile::tempdir().map_err(|source| Error::Surroundings {
        action: "make a temporary folder",
        source,
    })?;
    let alone = Peer::Crunch.start(&folder, place.path()).await?;
    let together = composite(&folder, place.path()).await?;
    let contenders = [alone, together];
    let figures = compare(&contenders, CONNECTIONS, &Plan::new(quick)).await?;
    let [alone, together] = [figures[0], figures[1]];
    let rows = [(contenders[0].name, alone), (contenders[1].name, together)];
    println!("{}", table::comparison(CONNECTIONS, &rows));
    println!("{}", targets::of_component(&alone, &together));
    Ok(())
}

/// Two crunch servers, and the component that asks them.
async fn composite(folder: &Path, place: &Path) -> Result<Contender, Error> {
    let crunch = Program::new(folder.join("crunch_server"));
    let left = Running::start(&crunch, place).await?;
    let right = Running::start(&crunch, place).await?;
    let component = component(folder, left.address(), right.address());
    let front = Running::start(&component, place).await?;
    let contender = Contender {
        name: "component of three",
        target: TARGET,
        service: Service::Composite {
            front,
            behind: vec![left, right],
        },
    };
    contender.ask().await?;
    Ok(contender)
}

/// The component, and how it is told whom to ask.
fn component(folder: &Path, left: SocketAddr, right: SocketAddr) -> Program {
    Program::new(folder.join("component"))
        .argument(format!("--left={}", host_port(left)))
        .argument(format!("--right={}", host_port(right)))
}

/// An address as a member of settings.
fn host_port(address: SocketAddr) -> String {
    format!(r#"{{"host":"{}","port":{}}}"#, address.ip(), address.port())
}
