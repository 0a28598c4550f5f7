//! Whether a remote can be reached: the decisions, without sockets and clocks.
//!
//! ```text
//!             an attempt fails                    the pause is over,
//! Connecting ───────────────────→ Down ⟲          and the attempt fails
//!   │  ↑                           │ ↑
//!   │  │ the last connection       │ │ the last connection is lost,
//!   │  │ is lost                   │ │ which has never been used
//!   ↓  │                           ↓ │
//! Connected ←──────────────────────┘─┘
//! ```
//!
//! While it is down, calls are refused. While it is connecting, they wait. The author is told
//! of every arrow between two different states, and not of attempts that fail one by one.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::Instant;

use super::limits;
use super::pause::pause;

/// A remote as this process sees it.
#[derive(Debug)]
pub(super) struct Reach {
    state: State,
    /// Connections that there are.
    open: usize,
    /// Attempts in progress.
    opening: usize,
    /// How many of both together there may be.
    limit: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    /// An attempt is made whose outcome is worth waiting for.
    Connecting,
    /// There is a connection.
    Connected {
        peer: SocketAddr,
        since: Instant,
        /// How many failures in a row there were before it.
        failures: u32,
        /// Whether anything was asked over it.
        was_used: bool,
    },
    /// There is none, and the last attempts have failed.
    Down { failures: u32, reason: String },
    /// The object that has connected is no more.
    Ended,
}

/// What happens to connections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Event {
    Opened(SocketAddr),
    NotOpened(String),
    /// A connection has ended, and how, as in `by the other side`.
    Lost(String),
    PauseOver,
    Ended,
}

/// What is to be done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Action {
    /// Begin an attempt.
    Open,
    /// Come back with [`Event::PauseOver`].
    Pause(Duration),
    TellConnected(SocketAddr),
    TellNotConnected(String),
    TellClosed(SocketAddr, String),
}

impl Reach {
    /// The first attempt is to be begun.
    pub(super) fn new() -> Self {
        Self {
            state: State::Connecting,
            open: 0,
            opening: 1,
            limit: limits::CONNECTIONS,
        }
    }

    /// Allows so many connections at once, one at the least.
    pub(super) fn allow(&mut self, connections: usize) {
        self.limit = connections.max(1);
    }

    /// Why nothing can be asked now.
    pub(super) fn refusal(&self) -> Option<&str> {
        match &self.state {
            State::Connecting | State::Connected { .. } => None,
            State::Down { reason, .. } => Some(reason),
            State::Ended => Some("the object that had connected has completed"),
        }
    }

    /// How many attempts to begin for calls that wait; they are taken to have begun.
    pub(super) fn open_for(&mut self, waiting: usize) -> usize {
        if !matches!(self.state, State::Connected { .. }) {
            return 0;
        }
        let wanted = waiting.saturating_sub(self.opening);
        let room = self.limit.saturating_sub(self.open + self.opening);
        let begun = wanted.min(room);
        self.opening += begun;
        begun
    }

    /// Whether to begin one more attempt, for calls that are sent ahead; it is taken to have
    /// begun.
    pub(super) fn open_one_more(&mut self) -> bool {
        let is_connected = matches!(self.state, State::Connected { .. });
        let begins = is_connected && self.open + self.opening < self.limit;
        self.opening += usize::from(begins);
        begins
    }

    /// Takes note that something is asked over a connection.
    pub(super) fn used(&mut self) {
        if let State::Connected { was_used, .. } = &mut self.state {
            *was_used = true;
        }
    }

    /// Takes note of what has happened, and decides what to do.
    pub(super) fn step(&mut self, event: Event, now: Instant, random: f64) -> Vec<Action> {
        if self.state == State::Ended {
            return Vec::new();
        }
        match event {
            Event::Opened(peer) => self.opened(peer, now),
            Event::NotOpened(reason) => self.not_opened(reason, random),
            Event::Lost(reason) => self.lost(&reason, now, random),
            Event::PauseOver => self.pause_over(),
            Event::Ended => {
                self.state = State::Ended;
                Vec::new()
            }
        }
    }

    fn opened(&mut self, peer: SocketAddr, now: Instant) -> Vec<Action> {
        self.opening -= 1;
        self.open += 1;
        let failures = match self.state {
            State::Connecting => 0,
            State::Down { failures, .. } => failures,
            State::Connected { .. } | State::Ended => return Vec::new(),
        };
        self.state = State::Connected {
            peer,
            since: now,
            failures,
            was_used: false,
        };
        vec![Action::TellConnected(peer)]
    }

    fn not_opened(&mut self, reason: String, random: f64) -> Vec<Action> {
        self.opening -= 1;
        if self.opening > 0 {
            // Another attempt may still succeed.
            return Vec::new();
        }
        match self.state {
            State::Connecting => {
                let pause = self.go_down(1, reason.clone(), random);
                vec![Action::TellNotConnected(reason), pause]
            }
            State::Down { failures, .. } => {
                vec![self.go_down(failures.saturating_add(1), reason, random)]
            }
            State::Connected { .. } | State::Ended => Vec::new(),
        }
    }

    fn lost(&mut self, reason: &str, now: Instant, random: f64) -> Vec<Action> {
        self.open -= 1;
        let State::Connected {
            peer,
            since,
            failures,
            was_used,
        } = self.state
        else {
            return Vec::new();
        };
        if self.open > 0 {
            return Vec::new();
        }
        let lasted = now.duration_since(since) >= limits::PAUSE_MOST;
        let told = Action::TellClosed(peer, reason.to_owned());
        if was_used || lasted {
            self.state = State::Connecting;
            return std::iter::once(told).chain(self.open_one()).collect();
        }
        // A server that accepts and closes is not to be tried again and again without a pause.
        // One that was asked something first may do so, since there is a call for each attempt.
        let reason = format!("the connection was closed at once {reason}");
        vec![
            told,
            self.go_down(failures.saturating_add(1), reason, random),
        ]
    }

    fn pause_over(&mut self) -> Vec<Action> {
        if matches!(self.state, State::Down { .. }) {
            return self.open_one().into_iter().collect();
        }
        Vec::new()
    }

    /// Begins an attempt, unless there is one already.
    fn open_one(&mut self) -> Option<Action> {
        (self.opening == 0).then(|| {
            self.opening = 1;
            Action::Open
        })
    }

    fn go_down(&mut self, failures: u32, reason: String, random: f64) -> Action {
        self.state = State::Down { failures, reason };
        Action::Pause(pause(failures, random))
    }
}

#[cfg(test)]
mod tests;
