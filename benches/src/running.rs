//! A server under measurement.

use std::fs;
use std::io;
use std::net::TcpListener;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How long a server may take until it is ready.
const READY_LIMIT: Duration = Duration::from_secs(10);

/// A process that is killed when it is dropped.
#[derive(Debug)]
pub struct Running {
    child: Child,
    /// What it is called in the table.
    pub name: &'static str,
    /// Where it listens.
    pub address: String,
}

impl Running {
    /// Starts a server at a port that is free, and waits until it says that it is ready.
    pub fn start(name: &'static str, executable: &Path, home: &Path) -> io::Result<Self> {
        let socket = home.join(format!("{name}.socket"));
        let readiness = UnixDatagram::bind(&socket)?;
        readiness.set_read_timeout(Some(READY_LIMIT))?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let child = Command::new(executable)
            .arg(format!("--port={}", address.port()))
            .env("HOME", home)
            .env("NOTIFY_SOCKET", socket)
            .stdin(Stdio::null())
            .spawn()?;
        let running = Self {
            child,
            name,
            address: address.to_string(),
        };
        readiness.recv(&mut [0; 64])?;
        Ok(running)
    }

    /// Processor time so far, user and system, in seconds.
    pub fn processor_seconds(&self) -> io::Result<f64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let fields: Vec<&str> = stat
            .rsplit(") ")
            .next()
            .unwrap_or_default()
            .split(' ')
            .collect();
        let ticks = |field: usize| {
            fields
                .get(field)
                .and_then(|text| text.parse::<f64>().ok())
                .unwrap_or(0.0)
        };
        #[expect(clippy::cast_precision_loss, reason = "there are 100 ticks a second")]
        let ticks_per_second = rustix::param::clock_ticks_per_second() as f64;
        Ok((ticks(11) + ticks(12)) / ticks_per_second)
    }

    /// Memory of its own and its part of what is shared, in megabytes.
    pub fn megabytes(&self) -> io::Result<f64> {
        Self::megabytes_of(self.child.id())
    }

    /// The same of any process.
    pub fn megabytes_of(process: u32) -> io::Result<f64> {
        let rollup = fs::read_to_string(format!("/proc/{process}/smaps_rollup"))?;
        let line = rollup
            .lines()
            .find(|line| line.starts_with("Pss:"))
            .unwrap_or_default();
        let kilobytes = line
            .split_whitespace()
            .nth(1)
            .and_then(|text| text.parse::<f64>().ok());
        Ok(kilobytes.unwrap_or(0.0) / 1024.0)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
