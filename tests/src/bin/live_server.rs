//! A server that takes new settings while it runs.

use std::process::ExitCode;

use ansar::prelude::*;

/// Is answered with the settings, and how often there were others.
#[message]
struct Ask;

#[message]
struct Running {
    greeting: String,
    limit: u32,
    changes: u32,
}

struct Live {
    settings: Settings,
    changes: u32,
}

impl Program for Live {
    type Settings = Settings;
    type Api = (Ask,);

    fn create(settings: Settings) -> Self {
        Self {
            settings,
            changes: 0,
        }
    }
}

#[handlers]
impl Live {
    fn ask(&mut self, _: Ask) -> Running {
        Running {
            greeting: self.settings.greeting.clone(),
            limit: self.settings.limit,
            changes: self.changes,
        }
    }

    fn settings_changed(&mut self, SettingsChanged { settings }: SettingsChanged<Settings>) {
        self.settings = settings;
        self.changes += 1;
    }
}

#[settings]
struct Settings {
    #[default("127.0.0.1")]
    host: String,
    port: u16,
    #[default("hello")]
    greeting: String,
    limit: u32,
}

fn main() -> ExitCode {
    ansar::run::<Live>(Settings::default())
}
