//! Tells the core what happens, and does what it says.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::pending;
use std::rc::Rc;
use std::time::Instant;

use rustix::io::Errno;
use rustix::process::{
    Pid, Signal, WaitOptions, getpgid, kill_process_group, test_kill_process_group, wait,
};
use tokio::net::unix::pipe::Receiver;

use crate::capture::{Capture, Pipe};
use crate::chronicle::Chronicle;
use crate::clock;
use crate::ended::Ended;
use crate::error::{Error, system};
use crate::event::{Action, Event, Outcome, RoleId};
use crate::group::{Group, Limits};
use crate::history;
use crate::member::Member;
use crate::notify_socket::{NotifySocket, Received};
use crate::report::{Report, Reporter};
use crate::signals::{Signals, Told};
use crate::spawn::Surroundings;

/// Notifications that are taken before anything else is looked at: those that a socket queues.
const NOTIFICATIONS_MAX: usize = 16;

/// Whether there is more to do.
#[derive(Debug, PartialEq, Eq)]
enum Progress {
    Going,
    Finished,
}

/// What a supervisor has to do with the world outside.
#[derive(Debug)]
pub(crate) struct Connections {
    pub(crate) surroundings: Surroundings,
    pub(crate) notify_socket: NotifySocket,
    pub(crate) reporter: Reporter,
}

/// What is left of a group that has ended.
#[derive(Debug)]
pub(crate) struct Remains {
    pub(crate) chronicle: Chronicle,
    /// That the start failed is said when the group can be started again: after its lock was
    /// given up.
    pub(crate) unsaid: Option<(Reporter, Report)>,
}

/// Everything that a running supervisor holds.
#[derive(Debug)]
pub(crate) struct Driver {
    group: Group,
    members: Vec<Member>,
    surroundings: Surroundings,
    notify_socket: NotifySocket,
    chronicle: Chronicle,
    /// Until the start was reported.
    reporter: Option<Reporter>,
    /// What is said to it in the end.
    last_report: Option<Report>,
    progress: Progress,
}

impl Driver {
    pub(crate) fn new(
        members: Vec<Member>,
        limits: Limits,
        Connections {
            surroundings,
            notify_socket,
            reporter,
        }: Connections,
        chronicle: Chronicle,
    ) -> Self {
        let group = Group::new(members.iter().map(|member| member.readiness), limits);
        Self {
            group,
            members,
            surroundings,
            notify_socket,
            chronicle,
            reporter: Some(reporter),
            last_report: None,
            progress: Progress::Going,
        }
    }

    /// Starts the group and goes on until it has ended. Within a runtime's local set.
    pub(crate) async fn run(mut self, mut signals: Signals) -> Result<Remains, Error> {
        for member in &self.members {
            for pipe in member.capture.pipes() {
                tokio::task::spawn_local(listen(Rc::clone(&member.capture), Rc::clone(pipe)));
            }
        }
        self.tell(Event::Start);
        while self.progress == Progress::Going {
            tokio::select! {
                told = signals.next() => match told {
                    Told::Stop(signal) => {
                        self.chronicle.milestone(format_args!("Stopping by {signal}"));
                        self.tell(Event::Stop);
                    }
                    Told::ChildEnded => self.reap(),
                },
                readable = self.notify_socket.readable() => {
                    readable.map_err(system("listen to the notify socket"))?;
                    self.take_notifications();
                }
                () = until(self.group.wake_at()) => self.tell(Event::Tick),
            }
        }
        Ok(Remains {
            chronicle: self.chronicle,
            unsaid: self.reporter.zip(self.last_report),
        })
    }

    /// Tells the core an event, and whatever happens by doing what it answers.
    fn tell(&mut self, event: Event) {
        let mut events = VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            for action in self.group.step(event, clock::now()) {
                events.extend(self.perform(action));
            }
        }
    }

    fn perform(&mut self, action: Action) -> Option<Event> {
        match action {
            Action::Spawn(role) => return Some(self.spawn(role)),
            Action::Terminate { role, group } => self.terminate(role, group),
            Action::Kill { role, group } => return self.kill(role, group),
            Action::Readied(role) => {
                let name = &self.members[role.0].name;
                self.chronicle.milestone(format_args!("{name} is ready"));
            }
            Action::Ended { role, how } => self.record_end(role, how),
            Action::Report(outcome) => self.report(outcome),
            Action::Finish => self.progress = Progress::Finished,
        }
        None
    }

    fn spawn(&mut self, role: RoleId) -> Event {
        let member = &mut self.members[role.0];
        let pid = match self.surroundings.spawn(member) {
            Ok(pid) => pid,
            Err(reason) => {
                self.chronicle
                    .fault(format_args!("{} was not started: {reason}", member.name));
                return Event::SpawnFailed { role, reason };
            }
        };
        member.start = clock::stamp().milliseconds();
        let executable = member.executable.display();
        self.chronicle.started(format_args!(
            "{} <{pid}> {executable}",
            member.name,
            pid = shown(pid)
        ));
        // The role runs whether or not this can be written; it is found by its lock, too.
        let home = &self.surroundings.home;
        let written = self.surroundings.write_run(member, pid);
        let written = written.and_then(|()| history::begin(home, &member.name, member.start));
        self.expect_written(written);
        Event::Spawned { role, pid }
    }

    fn terminate(&mut self, role: RoleId, group: Pid) {
        let name = &self.members[role.0].name;
        self.chronicle
            .trace(format_args!("Asking {name} to end (SIGTERM)"));
        // One that has just ended is told by SIGCHLD. One that is suspended could not obey.
        let _gone = kill_process_group(group, Signal::TERM);
        let _gone = kill_process_group(group, Signal::CONT);
    }

    fn kill(&mut self, role: RoleId, group: Pid) -> Option<Event> {
        let name = &self.members[role.0].name;
        match kill_process_group(group, Signal::KILL) {
            Err(Errno::SRCH) => Some(Event::LeftoversGone { role }),
            Err(errno) => {
                self.chronicle
                    .fault(format_args!("Cannot kill {name}: {errno}"));
                None
            }
            Ok(()) => {
                self.chronicle
                    .fault(format_args!("{name} did not end in time: killed (SIGKILL)"));
                None
            }
        }
    }

    fn record_end(&mut self, role: RoleId, how: Ended) {
        let member = &self.members[role.0];
        drain(member, &mut self.chronicle);
        self.chronicle.ended(format_args!("{} {how}", member.name));
        let end = (clock::stamp().milliseconds(), Some(how));
        let written = history::end(&self.surroundings.home, &member.name, member.start, end);
        self.expect_written(written);
    }

    fn report(&mut self, outcome: Outcome) {
        let report = match outcome {
            Outcome::Ready => Report::Ready,
            Outcome::Stopped => Report::Stopped,
            Outcome::Failed { role, reason } => {
                let member = &self.members[role.0];
                Report::Failed {
                    role: member.name.clone(),
                    reason,
                    lines: member.capture.tail(),
                }
            }
        };
        match &report {
            Report::Ready => self
                .chronicle
                .milestone(format_args!("Every role is ready")),
            Report::Failed { role, reason, .. } => {
                let text = format_args!("Start failed: {role}: {reason}");
                self.chronicle.fault(text);
            }
            _ => {}
        }
        if report == Report::Ready {
            // Whoever started the group may have gone meanwhile; the group goes on.
            let _gone = self.reporter.take().map(|reporter| reporter.say(&report));
        } else {
            self.last_report = Some(report);
        }
    }

    /// Takes the ends of all processes that have ended, roles and others that came to this
    /// process because their parents had ended.
    fn reap(&mut self) {
        // What a process said before it ended is told before its end.
        self.take_notifications();
        let mut ended = Vec::new();
        while let Ok(Some((pid, status))) = wait(WaitOptions::NOHANG) {
            let by_itself = status.exit_status().map(Ended::Exit);
            let how = by_itself.or_else(|| status.terminating_signal().map(Ended::Signal));
            ended.extend(how.map(|how| (pid, how)));
        }
        for (pid, how) in ended {
            let Some(role) = self.group.role_of(pid) else {
                continue;
            };
            drain(&self.members[role.0], &mut self.chronicle);
            self.tell(Event::Exited {
                role,
                how,
                leftovers: lives(pid),
            });
        }
        let cleared: Vec<_> = self
            .group
            .clearing()
            .filter(|&(_, pid)| !lives(pid))
            .collect();
        for (role, _) in cleared {
            self.tell(Event::LeftoversGone { role });
        }
    }

    fn take_notifications(&mut self) {
        for _ in 0..NOTIFICATIONS_MAX {
            match self.notify_socket.receive() {
                Some(received) => self.notified(received),
                None => return,
            }
        }
    }

    /// A message counts when its sender is the role's process or in its process group.
    fn notified(
        &mut self,
        Received {
            sender,
            notification,
        }: Received,
    ) {
        let by_group = || self.group.role_of(getpgid(Some(sender)).ok()?);
        let Some(role) = self.group.role_of(sender).or_else(by_group) else {
            return;
        };
        let name = &self.members[role.0].name;
        if let Some(status) = notification.status {
            self.chronicle.trace(format_args!("{name} says: {status}"));
        }
        if notification.stopping {
            self.chronicle.trace(format_args!("{name} is stopping"));
        }
        if notification.ready {
            self.tell(Event::NotifiedReady { role });
        }
    }

    fn expect_written(&mut self, written: Result<(), Error>) {
        if let Err(error) = written {
            self.chronicle.fault(format_args!("{}", error.in_full()));
        }
    }
}

/// Stores what a role has printed up to now.
fn drain(member: &Member, chronicle: &mut Chronicle) {
    if let Err(error) = member.capture.drain(clock::now()) {
        chronicle.fault(format_args!(
            "Cannot read what {} printed: {error}",
            member.name
        ));
    }
}

/// Stores what comes from one pipe, until the supervisor ends or the pipe cannot be read, which
/// the next [`drain`] tells.
async fn listen(
    capture: Rc<Capture<Receiver>>,
    pipe: Rc<Pipe<Receiver>>,
) -> std::io::Result<Infallible> {
    let reader = pipe.reader();
    loop {
        tokio::select! {
            ready = reader.readable() => {
                ready?;
                capture.turn(&pipe, clock::now(), |buffer| reader.try_read(buffer))?;
            }
            () = until(pipe.flush_at()) => capture.flush(&pipe),
        }
        tokio::task::yield_now().await;
    }
}

async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment.into()).await,
        None => pending().await,
    }
}

/// Whether anything of a process group lives, or cannot be looked at because it does.
fn lives(group: Pid) -> bool {
    test_kill_process_group(group) != Err(Errno::SRCH)
}

fn shown(pid: Pid) -> i32 {
    pid.as_raw_nonzero().get()
}
