//! What is measured beside others: an address that answers, and the processes that
//! work for the answers.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::sleep;

use crate::exchange::ask;
use crate::load::Load;
use crate::{Error, Figures, Role, Running, accounting};

/// A service under a name, and what it is asked for.
#[derive(Debug)]
pub struct Contender {
    /// What it is called in the table.
    pub name: &'static str,
    /// The path and the query that it is asked for.
    pub target: &'static str,
    /// What answers.
    pub service: Service,
}

/// What answers, and lives as long as this does.
#[derive(Debug)]
pub enum Service {
    /// One process.
    Process(Running),
    /// A role and its supervisor.
    Role(Role),
    /// One process that asks others.
    Composite {
        /// The one that is asked.
        front: Running,
        /// Those that it asks.
        behind: Vec<Running>,
    },
}

/// Who has used the processors.
#[derive(Clone, Copy, Debug)]
struct Times {
    own: Duration,
    loads: Duration,
    machine: Duration,
}

impl Times {
    fn since(self, before: Self) -> Self {
        Self {
            own: self.own.saturating_sub(before.own),
            loads: self.loads.saturating_sub(before.loads),
            machine: self.machine.saturating_sub(before.machine),
        }
    }

    /// What neither the contender nor the load has used.
    fn elsewhere(self) -> Duration {
        self.machine.saturating_sub(self.own + self.loads)
    }
}

impl Service {
    /// Where it is asked.
    pub fn address(&self) -> SocketAddr {
        match self {
            Self::Process(running) | Self::Composite { front: running, .. } => running.address(),
            Self::Role(role) => role.address(),
        }
    }

    /// All processes that work for its answers.
    fn processes(&self) -> Vec<u32> {
        match self {
            Self::Process(running) => vec![running.process()],
            Self::Role(role) => role.processes().to_vec(),
            Self::Composite { front, behind } => [front]
                .into_iter()
                .chain(behind)
                .map(Running::process)
                .collect(),
        }
    }
}

impl Contender {
    /// Memory of all its processes, in megabytes.
    pub fn megabytes(&self) -> Result<f64, Error> {
        self.sum(accounting::megabytes)
    }

    /// Asks it once, and gives its answer.
    pub async fn ask(&self) -> Result<Bytes, Error> {
        ask(self.service.address(), self.target).await
    }

    /// Loads it without looking.
    pub(crate) async fn warm_up(&self, connections: u32, duration: Duration) -> Result<(), Error> {
        self.load(connections, duration).run().await.map(drop)
    }

    /// Loads it for one round.
    pub(crate) async fn measure(
        &self,
        connections: u32,
        duration: Duration,
    ) -> Result<Figures, Error> {
        let before = self.times()?;
        let load = self.load(connections, duration);
        // The memory is that of the moment when all connections are busy.
        let (reading, megabytes) = tokio::join!(load.run(), async {
            sleep(duration / 2).await;
            self.megabytes()
        });
        let (reading, megabytes) = (reading?, megabytes?);
        let used = self.times()?.since(before);
        Ok(Figures {
            requests_per_second: reading.requests_per_second,
            p50_microseconds: reading.p50_microseconds,
            p99_microseconds: reading.p99_microseconds,
            processor_microseconds: used.own.as_secs_f64() * 1e6 / reading.requests,
            megabytes,
            busy_elsewhere: used.elsewhere().as_secs_f64() / duration.as_secs_f64(),
        })
    }

    /// Processor times so far.
    fn times(&self) -> Result<Times, Error> {
        let surroundings = |source| Error::Surroundings {
            action: "account for the machine",
            source,
        };
        Ok(Times {
            own: self.sum(accounting::processor_time)?,
            loads: accounting::children_time().map_err(surroundings)?,
            machine: accounting::machine_time().map_err(surroundings)?,
        })
    }

    fn load(&self, connections: u32, duration: Duration) -> Load {
        Load {
            url: format!("http://{}{}", self.service.address(), self.target),
            connections,
            duration,
        }
    }

    fn sum<T: std::iter::Sum>(
        &self,
        account: impl Fn(u32) -> std::io::Result<T>,
    ) -> Result<T, Error> {
        self.service
            .processes()
            .into_iter()
            .map(|process| account(process).map_err(|source| Error::Accounting { process, source }))
            .sum()
    }
}
