//! Spawning a role.

use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use ansar_home_layout::{
    GroupName, Home, Lock, Output, ProcessIdentity, Run, document, environment,
};
use rustix::process::Pid;

use crate::error::{Error, file};
use crate::fifo;
use crate::member::Member;

/// Only the owner looks into a home.
const FOLDER_MODE: u32 = 0o700;

/// What all roles of a group have in common.
#[derive(Debug)]
pub(crate) struct Surroundings {
    pub(crate) home: Home,
    pub(crate) group: GroupName,
    pub(crate) supervisor: ProcessIdentity,
    /// What `NOTIFY_SOCKET` is to be.
    pub(crate) notify_address: String,
}

impl Surroundings {
    /// Runs a role. The process inherits the lock of the role, and nothing else that is open
    /// here; the error is why it could not be run.
    pub(crate) fn spawn(&self, member: &Member) -> Result<Pid, String> {
        let mut command = self.command(member).map_err(|error| error.in_full())?;
        let lock = Lock::inheritable(&self.home.lock_file(&member.name))
            .map_err(|error| Error::from(error).in_full())?
            .ok_or("it is already running")?;
        self.forget_last_run(member)
            .map_err(|error| error.in_full())?;
        let spawned = command.spawn().map_err(file("run", &member.executable));
        drop(lock);
        let child = spawned.map_err(|error| error.in_full())?;
        let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        Ok(pid.expect("the pid of a process is positive"))
    }

    /// Writes who holds the role's lock now. `pid` is a child that was not reaped yet.
    pub(crate) fn write_run(&self, member: &Member, pid: Pid) -> Result<(), Error> {
        let run = Run {
            process: ProcessIdentity::of(pid.as_raw_nonzero().get())?,
            group: Some(self.supervisor.clone()),
            group_name: Some(self.group.clone()),
            start: member.start,
        };
        Ok(document::replace(&self.home.run_file(&member.name), &run)?)
    }

    /// The document of the last run would be taken for one of the run that is about to begin:
    /// a lock without a document means that its holder is yet to be written.
    fn forget_last_run(&self, member: &Member) -> Result<(), Error> {
        let path = self.home.run_file(&member.name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(file("remove", &path)(error))
            }
            _ => Ok(()),
        }
    }

    fn command(&self, member: &Member) -> Result<Command, Error> {
        let name = &member.name;
        let tmp = self.home.tmp(name);
        empty(&tmp).map_err(file("empty", &tmp))?;
        let model = self.home.model(name);
        make_folder(&model).map_err(file("create folder", &model))?;
        let mut command = Command::new(&member.executable);
        command
            .args(&member.role.arguments)
            .current_dir(model)
            .env(environment::HOME, self.home.path())
            .env(environment::ROLE, name.as_str())
            .env(environment::GROUP, self.group.as_str())
            .env("NOTIFY_SOCKET", &self.notify_address)
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(fifo::open_writer(&self.home.fifo(name, Output::Out))?)
            .stderr(fifo::open_writer(&self.home.fifo(name, Output::Err))?);
        Ok(command)
    }
}

/// Makes a folder empty, be it there or not. Links in it are removed, not followed.
fn empty(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    make_folder(path)
}

fn make_folder(path: &Path) -> io::Result<()> {
    match fs::DirBuilder::new().mode(FOLDER_MODE).create(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}
