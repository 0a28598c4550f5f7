//! A server of textures: tables of numbers that take a while to compute.
//!
//! The server object only checks what is asked for. Eight workers compute, on threads of their
//! own, and some requests may wait for a worker; one more is told to try again later.
//!
//! Run it, and ask: `curl "http://127.0.0.1:5054/Xy?x=4&y=2"`.

use std::process::ExitCode;

use ansar::prelude::*;
use ansar::{Forwarded, blocking};

/// How many textures are computed at once.
const WORKERS: usize = 8;

/// The most columns, and the most rows: a reply of some megabytes.
const SIDE_MOST: u32 = 500;

/// Asks for a texture of `x` columns and `y` rows.
#[message]
struct Xy {
    x: u32,
    y: u32,
}

/// A texture, row by row.
#[message]
struct Table {
    rows: Vec<Vec<f64>>,
}

/// The server object: it passes on what makes sense.
struct Server {
    settings: Settings,
    pool: Option<Pool<Worker>>,
}

impl Program for Server {
    type Settings = Settings;
    type Api = (Xy,);

    fn create(settings: Settings) -> Self {
        Self {
            settings,
            pool: None,
        }
    }
}

#[handlers]
impl Server {
    fn start(&mut self, _: Start, context: &mut Context<Self>) {
        let Settings {
            host,
            port,
            waiting_limit,
        } = self.settings.clone();
        self.pool = Some(context.create_pool(WORKERS, waiting_limit, || Worker));
        context.listen::<<Self as Program>::Api>(HostPort::new(host, port));
    }

    fn xy(&mut self, request: Xy) -> Result<Later<Forwarded<Worker, Xy>>, Faulted> {
        check(&request)?;
        let pool = self.pool.as_ref().expect("it is made at the start");
        Ok(pool.forward(request))
    }
}

/// Refuses a size that makes no sense, or that would take too long.
fn check(Xy { x, y }: &Xy) -> Result<(), Faulted> {
    let sides = 1..=SIDE_MOST;
    if sides.contains(x) && sides.contains(y) {
        return Ok(());
    }
    let condition = format!("cannot make a texture of {x} by {y}");
    let reason = format!("a side is 1 to {SIDE_MOST}");
    Err(Faulted::rejected(condition, reason))
}

/// Makes one texture at a time, while the server object does other things.
struct Worker;

#[handlers]
impl Worker {
    fn xy(&mut self, Xy { x, y }: Xy) -> Later<Result<Table, Faulted>> {
        Later::new(blocking(move || texture(x, y)))
    }
}

/// Waves that cross each other, from -1 to 1.
fn texture(columns: u32, rows: u32) -> Table {
    let value = |column: u32, row: u32| {
        let (x, y) = (f64::from(column), f64::from(row));
        f64::midpoint((x / 7.0).sin(), (x.hypot(y) / 5.0).cos())
    };
    let row = |row| (0..columns).map(|column| value(column, row)).collect();
    Table {
        rows: (0..rows).map(row).collect(),
    }
}

/// Where to listen, and how many may wait.
#[settings]
struct Settings {
    /// Name or address of the interface to listen at
    #[default("127.0.0.1")]
    host: String,
    /// Port to listen at
    #[default(5054)]
    port: u16,
    /// How many requests may wait for a worker
    #[default(100)]
    waiting_limit: usize,
}

fn main() -> ExitCode {
    ansar::run::<Server>(Settings::default())
}

#[cfg(test)]
#[path = "../tests/textures.rs"]
mod tests;
