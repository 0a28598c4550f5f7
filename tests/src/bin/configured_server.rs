//! A server with settings of every kind.

use std::process::ExitCode;
use std::time::Duration;

use ansar::prelude::*;

/// Asks for the settings that the server runs with.
#[message]
struct Ask;

/// The settings, with the secrets as they are: tests want to know that they arrive.
#[message]
struct Running {
    upstream: Address,
    tags: Vec<String>,
    limit: Option<u32>,
    api_key: String,
    password: String,
}

#[message]
struct Address {
    #[default("localhost")]
    host: String,
    #[default(80)]
    port: u16,
}

struct Configured {
    settings: Settings,
}

impl Program for Configured {
    type Settings = Settings;
    type Api = (Ask,);

    fn create(settings: Settings) -> Self {
        Self { settings }
    }

    fn http() -> HttpSettings {
        HttpSettings {
            drain_time_limit: Duration::from_secs(5),
            ..HttpSettings::default()
        }
    }
}

#[handlers]
impl Configured {
    fn ask(&mut self, _: Ask) -> Running {
        trace!("Asked for {:?}", self.settings);
        let settings = self.settings.clone();
        Running {
            upstream: settings.upstream,
            tags: settings.tags,
            limit: settings.limit,
            api_key: settings.api_key.expose().to_owned(),
            password: settings.database.password.expose().to_owned(),
        }
    }
}

#[settings]
struct Settings {
    #[default("127.0.0.1")]
    host: String,
    port: u16,
    /// Where requests are passed on to
    upstream: Address,
    tags: Vec<String>,
    limit: Option<u32>,
    api_key: Secret,
    /// Keys that were good before
    former_keys: Vec<Secret>,
    database: Database,
}

#[settings]
struct Database {
    #[default("ansar")]
    user: String,
    password: Secret,
}

fn main() -> ExitCode {
    ansar::run::<Configured>(Settings::default())
}
