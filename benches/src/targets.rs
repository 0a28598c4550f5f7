//! What the crunch server should reach beside its peers. Ratios, so that they hold on
//! any machine; times and memory as such, since people wait for them and pay for it.

use std::time::Duration;

use crate::{Bound, Figures, Lifetime, Peer, Verdict};

/// Connections of every load, of few clients to many.
pub const CONNECTIONS: [u32; 3] = [1, 64, 512];
/// The loads that keep a server busy all the time.
const BUSY: [u32; 2] = [64, 512];
/// The load that asks for memory.
const MANY: u32 = 512;
/// The load of one client.
const ONE: u32 = 1;

const RATE_OF_RAW: f64 = 0.95;
const PROCESSOR_OF_RAW: f64 = 1.25;
const PROCESSOR_AS_ROLE_OF_RAW: f64 = 1.45;
const P99_OF_RAW: f64 = 1.2;
const RATE_OF_FRAMEWORKS: f64 = 1.15;
const P50_OF_HYPER: f64 = 1.05;
const LIFETIME_MILLISECONDS: f64 = 15.0;
const IDLE_MEGABYTES: f64 = 6.0;
const BUSY_MEGABYTES: f64 = 12.0;
const PROCESSOR_OF_THREE: f64 = 4.0;

/// The figures of the peers under one load, in the order of [`Peer::ALL`].
#[derive(Clone, Debug)]
pub struct Measured {
    /// How many connections asked.
    pub connections: u32,
    /// The medians of each peer.
    pub figures: [Figures; Peer::ALL.len()],
}

impl Measured {
    fn of(&self, peer: Peer) -> &Figures {
        &self.figures[peer as usize]
    }

    /// A figure of one peer as a multiple of another one's.
    fn ratio(&self, peer: Peer, other: Peer, figure: fn(&Figures) -> f64) -> f64 {
        figure(self.of(peer)) / figure(self.of(other))
    }

    fn label(&self, what: &str, other: Peer) -> String {
        format!(
            "{what}, {} connections, × {}",
            self.connections,
            other.name()
        )
    }
}

/// The verdicts of one load.
pub fn of_load(measured: &Measured) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    if measured.connections == ONE {
        verdicts.push(Verdict {
            what: format!("p50, 1 connection, × {}", Peer::BareHyper.name()),
            bound: Bound::AtMost(P50_OF_HYPER),
            found: measured.ratio(Peer::Crunch, Peer::BareHyper, |figures| {
                figures.p50_microseconds
            }),
        });
    }
    if BUSY.contains(&measured.connections) {
        verdicts.extend(beside_raw(measured));
        verdicts.extend([Peer::Axum, Peer::Actix].map(|peer| rate(measured, peer)));
    }
    if measured.connections == MANY {
        verdicts.push(Verdict {
            what: format!("memory in MB, {MANY} connections"),
            bound: Bound::AtMost(BUSY_MEGABYTES),
            found: measured.of(Peer::Crunch).megabytes,
        });
    }
    verdicts
}

fn beside_raw(measured: &Measured) -> [Verdict; 4] {
    let verdict = |what: &str, bound, peer, figure| Verdict {
        what: measured.label(what, Peer::RawLoop),
        bound,
        found: measured.ratio(peer, Peer::RawLoop, figure),
    };
    let processor = |figures: &Figures| figures.processor_microseconds;
    [
        verdict(
            "requests/s",
            Bound::AtLeast(RATE_OF_RAW),
            Peer::Crunch,
            |figures| figures.requests_per_second,
        ),
        verdict("p99", Bound::AtMost(P99_OF_RAW), Peer::Crunch, |figures| {
            figures.p99_microseconds
        }),
        verdict(
            "processor",
            Bound::AtMost(PROCESSOR_OF_RAW),
            Peer::Crunch,
            processor,
        ),
        verdict(
            "processor as a role",
            Bound::AtMost(PROCESSOR_AS_ROLE_OF_RAW),
            Peer::CrunchRole,
            processor,
        ),
    ]
}

fn rate(measured: &Measured, peer: Peer) -> Verdict {
    Verdict {
        what: measured.label("requests/s", peer),
        bound: Bound::AtLeast(RATE_OF_FRAMEWORKS),
        found: measured.ratio(Peer::Crunch, peer, |figures| figures.requests_per_second),
    }
}

/// The verdict of the memory without connections, in megabytes.
pub fn of_idle(megabytes: f64) -> Verdict {
    Verdict {
        what: "memory in MB, idle".to_owned(),
        bound: Bound::AtMost(IDLE_MEGABYTES),
        found: megabytes,
    }
}

/// The verdicts of beginning and ending.
pub fn of_lifetime(life: &Lifetime) -> [Verdict; 2] {
    let verdict = |what: &str, time: Duration| Verdict {
        what: what.to_owned(),
        bound: Bound::AtMost(LIFETIME_MILLISECONDS),
        found: time.as_secs_f64() * 1e3,
    };
    [
        verdict("start to first answer, ms", life.start),
        verdict("SIGTERM to gone, ms", life.stop),
    ]
}

/// The verdict of three servers that answer one request together.
pub fn of_component(alone: &Figures, together: &Figures) -> Verdict {
    Verdict {
        what: format!("processor of three together, × {}", Peer::Crunch.name()),
        bound: Bound::AtMost(PROCESSOR_OF_THREE),
        found: together.processor_microseconds / alone.processor_microseconds,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAME: Figures = Figures {
        requests_per_second: 100_000.0,
        p50_microseconds: 500.0,
        p99_microseconds: 900.0,
        processor_microseconds: 8.0,
        megabytes: 5.0,
        busy_elsewhere: 0.0,
    };

    fn measured(connections: u32) -> Measured {
        Measured {
            connections,
            figures: [SAME; Peer::ALL.len()],
        }
    }

    #[test]
    fn each_peer_finds_its_own_figures() {
        for (index, peer) in Peer::ALL.into_iter().enumerate() {
            assert_eq!(peer as usize, index);
        }
    }

    #[test]
    fn only_the_latency_counts_for_one_client() {
        let verdicts = of_load(&measured(1));
        let lines: Vec<_> = verdicts.iter().map(|verdict| &verdict.what).collect();
        assert_eq!(lines, ["p50, 1 connection, × bare_hyper"]);
    }

    #[test]
    fn a_busy_server_is_held_against_the_limit_and_the_frameworks() {
        let mut measured = measured(64);
        measured.figures[Peer::Crunch as usize].processor_microseconds = 9.0;
        measured.figures[Peer::CrunchRole as usize].processor_microseconds = 12.0;
        measured.figures[Peer::Axum as usize].requests_per_second = 50_000.0;
        let found: Vec<_> = of_load(&measured)
            .into_iter()
            .map(|verdict| (verdict.what, verdict.found))
            .collect();
        let expected = [
            ("requests/s, 64 connections, × raw_loop", 1.0),
            ("p99, 64 connections, × raw_loop", 1.0),
            ("processor, 64 connections, × raw_loop", 1.125),
            ("processor as a role, 64 connections, × raw_loop", 1.5),
            ("requests/s, 64 connections, × axum_server", 2.0),
            ("requests/s, 64 connections, × actix_server", 1.0),
        ];
        assert_eq!(
            found,
            expected.map(|(what, found)| (what.to_owned(), found))
        );
    }

    #[test]
    fn many_connections_ask_for_memory_too() {
        let verdict = of_load(&measured(512)).pop().unwrap();
        assert_eq!(verdict.what, "memory in MB, 512 connections");
        assert!((verdict.found - SAME.megabytes).abs() < f64::EPSILON);
    }
}
