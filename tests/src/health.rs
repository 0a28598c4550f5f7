//! Whether a server is as well as it was before.

use crate::{Background, Client, allocated_bytes};

/// So many requests bring a server to the memory that it works with.
const WARM_UP_REQUESTS: usize = 200;

/// What a server may have more than before, in bytes: far more than what an allocator keeps of
/// what was given back, far less than what the faults of these tests would leave behind.
const ALLOWANCE_BYTES: u64 = 8 * 1024 * 1024;

/// How a server was before something went wrong.
#[derive(Debug)]
pub struct Health {
    target: String,
    allocated_bytes: u64,
}

impl Health {
    /// Asks a server for something good until it is warm, and looks how much it has.
    pub fn of(server: &Background, target: &str) -> Self {
        let mut client = Client::connect(server);
        for _ in 0..WARM_UP_REQUESTS {
            assert_eq!(client.get(target).status, 200);
        }
        Self {
            target: target.to_owned(),
            allocated_bytes: allocated_bytes(server.process()),
        }
    }

    /// Sees that the server answers a good request, and has no more than before.
    #[track_caller]
    pub fn check(&self, server: &Background) {
        let response = Client::connect(server).get(&self.target);
        assert_eq!(response.status, 200, "{response:?}");
        let (before, now) = (self.allocated_bytes, allocated_bytes(server.process()));
        assert!(
            now <= before + ALLOWANCE_BYTES,
            "the server had {before} bytes, and has {now}"
        );
    }
}
