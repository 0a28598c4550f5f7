//! Which port a listener takes when other threads listen there too.

use std::collections::VecDeque;
use std::net::SocketAddr;

/// How the listeners of one object relate to those of other threads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ports {
    /// There are no other threads.
    Alone,
    /// Other threads will join where this one listens.
    First,
    /// Another thread listens at these addresses, in the order in which they are listened at.
    Shared(VecDeque<SocketAddr>),
}

/// The port of one listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Port {
    /// For nobody else.
    Alone,
    /// Others may listen there too.
    Shareable,
    /// Where another thread listens, whatever the system chose there.
    SharedWith(SocketAddr),
}

impl Ports {
    pub(crate) fn shared(listening: &[SocketAddr]) -> Self {
        Self::Shared(listening.iter().copied().collect())
    }

    /// The port of the next listener.
    pub(crate) fn next(&mut self) -> Port {
        match self {
            Self::Alone => Port::Alone,
            Self::First => Port::Shareable,
            Self::Shared(addresses) => addresses
                .pop_front()
                .map_or(Port::Shareable, Port::SharedWith),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listeners_of_other_threads_are_joined_in_their_order() {
        let addresses: [SocketAddr; 2] = [([127, 0, 0, 1], 1).into(), ([127, 0, 0, 1], 2).into()];
        let mut ports = Ports::shared(&addresses);
        assert_eq!(ports.next(), Port::SharedWith(addresses[0]));
        assert_eq!(ports.next(), Port::SharedWith(addresses[1]));
        assert_eq!(ports.next(), Port::Shareable);
        assert_eq!(Ports::First.next(), Port::Shareable);
        assert_eq!(Ports::Alone.next(), Port::Alone);
    }
}
