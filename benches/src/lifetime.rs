//! How long a server takes to begin and to end.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::{Error, Program, Running, median, peer};

/// From the start of the process to its first answer, and from SIGTERM to its end.
#[derive(Clone, Copy, Debug)]
pub struct Lifetime {
    /// Start of the process to the end of its first answer.
    pub start: Duration,
    /// SIGTERM to the end of the process.
    pub stop: Duration,
}

impl Lifetime {
    /// Measures a number of lives of a peer's program, and gives the median of each time.
    pub async fn median(program: &Program, lives: usize, folder: &Path) -> Result<Self, Error> {
        let (mut starts, mut stops) = (Vec::new(), Vec::new());
        for _ in 0..lives {
            let life = Self::measure(program, folder).await?;
            starts.push(life.start.as_secs_f64());
            stops.push(life.stop.as_secs_f64());
        }
        Ok(Self {
            start: Duration::from_secs_f64(median(starts)),
            stop: Duration::from_secs_f64(median(stops)),
        })
    }

    #[expect(clippy::disallowed_methods, reason = "measuring is what this is for")]
    async fn measure(program: &Program, folder: &Path) -> Result<Self, Error> {
        let begin = Instant::now();
        let running = Running::start(program, folder).await?;
        peer::verify(running.address()).await?;
        let start = begin.elapsed();
        let begin = Instant::now();
        running.stop().await?;
        Ok(Self {
            start,
            stop: begin.elapsed(),
        })
    }
}
