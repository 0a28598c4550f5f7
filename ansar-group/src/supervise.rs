//! The supervisor, from its beginning to its end.

use std::os::fd::OwnedFd;

use ansar_home_layout::{Lock, ProcessIdentity, RoleName, Run, document};
use rustix::fs::Mode;
use rustix::io::{FdFlags, fcntl_setfd};
use rustix::process::{getpid, set_child_subreaper, umask};
use tokio::runtime::Builder;
use tokio::task::LocalSet;

use crate::chronicle::Chronicle;
use crate::clock;
use crate::driver::Driver;
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
    match begin(plan) {
        Ok(Beginning::Prepared(beginning)) => beginning.run(reporter),
        Ok(Beginning::Refused(report)) => {
            reporter.say(&report).map_err(system("report"))?;
            Ok(())
        }
        Err(error) => {
            let reason = error.in_full();
            // Whoever started this may have gone; the error is returned all the same.
            let _gone = reporter.say(&Report::Broken { reason });
            Err(error)
        }
    }
}

/// What there is before anything was started.
enum Beginning {
    Prepared(Prepared),
    /// Nothing will be started, and this is why.
    Refused(Report),
}

/// A group that holds its lock and whose roles can be started.
struct Prepared {
    plan: Plan,
    members: Vec<Member>,
    supervisor: ProcessIdentity,
    chronicle: Chronicle,
    /// When the supervisor started, in milliseconds since 1970.
    start: i64,
    _lock: Lock,
}

fn begin(mut plan: Plan) -> Result<Beginning, Error> {
    let own_role = RoleName::of_group(&plan.group);
    let Some(lock) = Lock::hold(&plan.home.lock_file(&own_role))? else {
        return Ok(Beginning::Refused(Report::AlreadyRunning));
    };
    let start = clock::stamp().milliseconds();
    let supervisor = ProcessIdentity::current()?;
    let run = Run {
        process: supervisor.clone(),
        group: None,
        group_name: Some(plan.group.clone()),
        start,
    };
    document::replace(&plan.home.run_file(&own_role), &run)?;
    plan.home.prepare_role(&own_role)?;
    history::begin(&plan.home, &own_role, start)?;
    let mut chronicle = Chronicle::open(&plan.home, &plan.group)?;
    chronicle.milestone(format_args!(
        "Group {} <{}> is starting",
        plan.group, supervisor.pid
    ));
    plan.roles.sort_unstable();
    plan.roles.dedup();
    let path = std::env::var_os("PATH");
    let mut members = Vec::with_capacity(plan.roles.len());
    for role in &plan.roles {
        match Member::prepare(&plan.home, role, path.as_deref()) {
            Ok(member) => members.push(member),
            Err(reason) => {
                chronicle.fault(format_args!("Start failed: {role}: {reason}"));
                end(&plan, start, &mut chronicle)?;
                let report = Report::Failed {
                    role: role.clone(),
                    reason,
                    lines: Vec::new(),
                };
                return Ok(Beginning::Refused(report));
            }
        }
    }
    Ok(Beginning::Prepared(Prepared {
        plan,
        members,
        supervisor,
        chronicle,
        start,
        _lock: lock,
    }))
}

/// Brings the group's own documents up to date.
fn end(plan: &Plan, start: i64, chronicle: &mut Chronicle) -> Result<(), Error> {
    chronicle.milestone(format_args!("Group {} has ended", plan.group));
    let end = (
        clock::stamp().milliseconds(),
        Some("ended with exit status 0".to_owned()),
    );
    history::end(&plan.home, &RoleName::of_group(&plan.group), start, end)
}

impl Prepared {
    fn run(self, reporter: Reporter) -> Result<(), Error> {
        let runtime = Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()
            .map_err(system("start the runtime"))?;
        let Self {
            plan,
            members,
            supervisor,
            chronicle,
            start,
            _lock,
        } = self;
        let limits = Limits {
            ready: plan.ready_limit,
            stop: plan.stop_limit,
        };
        LocalSet::new().block_on(&runtime, async {
            let signals = Signals::install()?;
            let notify_socket = NotifySocket::open()?;
            set_child_subreaper(Some(getpid())).map_err(system("adopt orphans"))?;
            let surroundings = Surroundings {
                home: plan.home.clone(),
                group: plan.group.clone(),
                supervisor,
                notify_address: notify_socket.address().to_owned(),
            };
            let io = (surroundings, notify_socket);
            Driver::new(members, limits, io, chronicle, reporter)
                .run(signals)
                .await
        })?;
        end(&plan, start, &mut Chronicle::open(&plan.home, &plan.group)?)
    }
}
