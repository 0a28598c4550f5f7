//! The supervisor, from its beginning to its end.

use std::os::fd::OwnedFd;

use ansar_home_layout::{Lock, ProcessIdentity, RoleName, Run, document};
use rustix::fs::Mode;
use rustix::io::{FdFlags, fcntl_setfd};
use rustix::process::{getpid, set_child_subreaper, umask};
use tokio::runtime::{Builder, Runtime};
use tokio::task::LocalSet;

use crate::chronicle::Chronicle;
use crate::clock;
use crate::driver::{Connections, Driver};
use crate::ended::Ended;
use crate::error::{Error, system};
use crate::group::Limits;
use crate::history;
use crate::member::Member;
use crate::notify_socket::NotifySocket;
use crate::plan::Plan;
use crate::report::{Report, Reporter};
use crate::signals::Signals;
use crate::spawn::Surroundings;

/// Starts the group and returns when it has ended, after SIGTERM or SIGINT or because none of
/// its roles is left.
///
/// To be called in a process of its own that has no other thread: it sets the umask, adopts
/// orphaned descendants, and reaps every child. Writes one [`Report`] line of JSON to `report`
/// and closes it when the start has succeeded or failed.
///
/// # Errors
///
/// When the supervisor itself cannot do its work; the report says so too, when it was not said
/// before. That a role does not start, or that the group is running already, is no error.
pub fn supervise(plan: Plan, report: OwnedFd) -> Result<(), Error> {
    fcntl_setfd(&report, FdFlags::CLOEXEC).map_err(system("keep the report from the roles"))?;
    umask(Mode::RWXG | Mode::RWXO);
    let reporter = Reporter::new(report);
    match Supervisor::begin(plan) {
        Ok(Some(mut supervisor)) => match supervisor.prepare() {
            Ok(members) => supervisor.run(members, reporter),
            Err(refused) => {
                let ended = supervisor.end();
                drop(supervisor);
                reporter.say(&refused).map_err(system("report"))?;
                ended
            }
        },
        Ok(None) => reporter
            .say(&Report::AlreadyRunning)
            .map_err(system("report")),
        Err(error) => {
            let reason = error.in_full();
            // Whoever started this may have gone; the error is returned all the same.
            let _gone = reporter.say(&Report::Broken { reason });
            Err(error)
        }
    }
}

/// A supervisor that holds the lock of its group, and is ready for the first child.
struct Supervisor {
    plan: Plan,
    identity: ProcessIdentity,
    /// When it started, in milliseconds since 1970.
    start: i64,
    chronicle: Chronicle,
    runtime: Runtime,
    signals: Signals,
    notify_socket: NotifySocket,
    lock: Lock,
}

impl Supervisor {
    /// `None` when the group has a supervisor.
    fn begin(mut plan: Plan) -> Result<Option<Self>, Error> {
        let own_role = RoleName::of_group(&plan.group);
        let Some(lock) = Lock::hold(&plan.home.lock_file(&own_role))? else {
            return Ok(None);
        };
        let runtime = Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()
            .map_err(system("start the runtime"))?;
        let entered = runtime.enter();
        let signals = Signals::install()?;
        let notify_socket = NotifySocket::open()?;
        drop(entered);
        set_child_subreaper(Some(getpid())).map_err(system("adopt orphans"))?;
        plan.roles.sort_unstable();
        plan.roles.dedup();
        let identity = ProcessIdentity::current()?;
        let start = clock::stamp().milliseconds();
        let run = Run {
            process: identity.clone(),
            group: None,
            group_name: Some(plan.group.clone()),
            start,
        };
        document::replace(&plan.home.run_file(&own_role), &run)?;
        plan.home.prepare_role(&own_role)?;
        history::begin(&plan.home, &own_role, start)?;
        let mut chronicle = Chronicle::open(&plan.home, &plan.group)?;
        let pid = identity.pid;
        chronicle.milestone(format_args!("Group {} <{pid}> is starting", plan.group));
        Ok(Some(Self {
            plan,
            identity,
            start,
            chronicle,
            runtime,
            signals,
            notify_socket,
            lock,
        }))
    }

    /// Finds what the roles need; or tells which cannot be started, and why.
    fn prepare(&mut self) -> Result<Vec<Member>, Report> {
        let _entered = self.runtime.enter();
        let path = std::env::var_os("PATH");
        let mut members = Vec::with_capacity(self.plan.roles.len());
        for role in &self.plan.roles {
            match Member::prepare(&self.plan.home, role, path.as_deref()) {
                Ok(member) => members.push(member),
                Err(reason) => {
                    let text = format_args!("Start failed: {role}: {reason}");
                    self.chronicle.fault(text);
                    return Err(Report::Failed {
                        role: role.clone(),
                        reason,
                        lines: Vec::new(),
                    });
                }
            }
        }
        Ok(members)
    }

    fn run(self, members: Vec<Member>, reporter: Reporter) -> Result<(), Error> {
        let limits = Limits {
            ready: self.plan.ready_limit,
            stop: self.plan.stop_limit,
        };
        let connections = Connections {
            surroundings: Surroundings {
                home: self.plan.home.clone(),
                group: self.plan.group.clone(),
                supervisor: self.identity,
                notify_address: self.notify_socket.address().to_owned(),
            },
            notify_socket: self.notify_socket,
            reporter,
        };
        let driver = Driver::new(members, limits, connections, self.chronicle);
        let running = driver.run(self.signals);
        let mut remains = LocalSet::new().block_on(&self.runtime, running)?;
        end(&self.plan, self.start, &mut remains.chronicle)?;
        drop(self.lock);
        if let Some((reporter, report)) = remains.unsaid {
            // As above, nobody may be there to be told.
            let _gone = reporter.say(&report);
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), Error> {
        end(&self.plan, self.start, &mut self.chronicle)
    }
}

/// Brings the group's own documents up to date.
fn end(plan: &Plan, start: i64, chronicle: &mut Chronicle) -> Result<(), Error> {
    chronicle.milestone(format_args!("Group {} has ended", plan.group));
    let end = (clock::stamp().milliseconds(), Some(Ended::Exit(0)));
    history::end(&plan.home, &RoleName::of_group(&plan.group), start, end)
}
