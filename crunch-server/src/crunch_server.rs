//! The crunch server: it multiplies and divides on request.

use std::process::ExitCode;

use ansar::prelude::*;
use crunch_api::{CrunchApi, Divide, Multiply, Output};

/// The server object. It keeps nothing between requests.
struct Server;

impl Program for Server {
    type Settings = Settings;
    type Api = CrunchApi;

    fn create(_settings: Settings) -> Self {
        Self
    }
}

#[handlers]
impl Server {
    fn multiply(&mut self, Multiply { x, y }: Multiply) -> Output {
        Output { value: x * y }
    }

    fn divide(&mut self, Divide { x, y }: Divide) -> Result<Output, Faulted> {
        if y == 0.0 {
            return Err(Faulted::rejected("cannot divide", "y is zero"));
        }
        Ok(Output { value: x / y })
    }
}

/// Where to listen, unless stored settings or the command line say otherwise.
#[settings]
struct Settings {
    /// Name or address of the interface to listen at
    #[default("127.0.0.1")]
    host: String,
    /// Port to listen at
    #[default(5051)]
    port: u16,
}

fn main() -> ExitCode {
    ansar::run::<Server>(Settings::default())
}
