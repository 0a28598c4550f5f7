//! The crunch server beside its peers, all doing the same work, in turn: requests per
//! second, times of answers, processor time of a request, memory, and how long they
//! take to begin and to end. The executables are taken from a folder.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ansar_benches::targets::{self, CONNECTIONS, Measured};
use ansar_benches::{Contender, Error, Lifetime, Peer, Plan, Verdict, compare, section, table};
use clap::Parser;

const FOOTNOTES: &str = "\
Ratios are to raw_loop, except where a line says otherwise. All peers run at the same
time and only one is loaded. Processor time is that of the server, user and system, for
one request. Memory is the proportional set (PSS), measured while the connections are
busy. The role counts together with its supervisor. \"elsewhere\" is how many processors
other programs kept busy: beyond 0.1, no verdict is worth much. wrk tells times below a
millisecond in whole microseconds: for one connection, one of them is some percent of
the p50. axum and actix have a thread for every core, and bare_hyper once has two, while
wrk needs a core itself: on a machine of two cores they get no more than one, and their
threads contend with wrk for the other.";

/// Measure the crunch server beside its peers.
#[derive(Debug, Parser)]
struct Arguments {
    /// The folder of the executables.
    folder: PathBuf,
    /// One short round of everything, to see that it works.
    #[arg(long)]
    quick: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    section::run("serving", serving(arguments))
}

#[expect(clippy::print_stdout, reason = "the table is the result")]
async fn serving(Arguments { folder, quick }: Arguments) -> Result<(), Error> {
    let plan = Plan::new(quick);
    let place = tempfile::tempdir().map_err(|source| Error::Surroundings {
        action: "make a temporary folder",
        source,
    })?;
    let mut verdicts = lifetimes(&plan, &folder, place.path()).await?;
    let contenders = start(&folder, place.path()).await?;
    verdicts.push(idle(&contenders)?);
    for connections in CONNECTIONS {
        verdicts.extend(under_load(&contenders, connections, &plan).await?);
    }
    println!("{FOOTNOTES}\n\ncrunch_server");
    for verdict in verdicts {
        println!("{verdict}");
    }
    Ok(())
}

/// Prints how long every peer takes that is one process.
#[expect(clippy::print_stdout, reason = "the table is the result")]
async fn lifetimes(plan: &Plan, folder: &Path, place: &Path) -> Result<Vec<Verdict>, Error> {
    let (mut rows, mut verdicts) = (Vec::new(), Vec::new());
    for peer in Peer::ALL {
        let Some(program) = peer.program(folder) else {
            continue;
        };
        let life = Lifetime::median(&program, plan.lives, place).await?;
        rows.push((peer.name(), life));
        if peer == Peer::Crunch {
            verdicts.extend(targets::of_lifetime(&life));
        }
    }
    println!("{}", table::lifetimes(&rows));
    Ok(verdicts)
}

async fn start(folder: &Path, place: &Path) -> Result<Vec<Contender>, Error> {
    let mut contenders = Vec::new();
    for peer in Peer::ALL {
        contenders.push(peer.start(folder, place).await?);
    }
    Ok(contenders)
}

/// Prints what every peer takes before it is loaded.
#[expect(clippy::print_stdout, reason = "the table is the result")]
fn idle(contenders: &[Contender]) -> Result<Verdict, Error> {
    let rows = contenders
        .iter()
        .map(|contender| Ok((contender.name, contender.megabytes()?)))
        .collect::<Result<Vec<_>, Error>>()?;
    println!("{}", table::memory(&rows));
    Ok(targets::of_idle(rows[Peer::Crunch as usize].1))
}

/// Prints what every peer does under one load.
#[expect(clippy::print_stdout, reason = "the table is the result")]
async fn under_load(
    contenders: &[Contender],
    connections: u32,
    plan: &Plan,
) -> Result<Vec<Verdict>, Error> {
    let figures = compare(contenders, connections, plan).await?;
    let rows: Vec<_> = contenders
        .iter()
        .map(|contender| contender.name)
        .zip(figures.iter().copied())
        .collect();
    println!("{}", table::comparison(connections, &rows));
    Ok(targets::of_load(&Measured {
        connections,
        figures: figures
            .try_into()
            .expect("every peer is a contender, and each has its figures"),
    }))
}
