//! Whatever happens, in whatever order: promises that hold for every group.

use std::collections::VecDeque;

use proptest::prelude::*;

use super::*;

const LIMITS: Limits = Limits {
    ready: Duration::from_secs(30),
    stop: Duration::from_secs(10),
};

/// How a process behaves, and so when it ends.
#[derive(Debug, Clone, Copy)]
enum Temper {
    Obeys,
    IgnoresSigterm,
    LeavesAnother,
    LeavesAnotherThatIgnoresSigterm,
}

/// What happens next, if it can.
#[derive(Debug, Clone, Copy)]
enum Happening {
    AnswerSpawn { works: bool, temper: Temper },
    BecomeReady(usize),
    Exit(usize, i32),
    LeftoversGo(usize),
    Stop,
    Pass(u64),
}

#[derive(Debug)]
struct Process {
    role: RoleId,
    temper: Temper,
    leader_lives: bool,
    others_live: bool,
}

impl Process {
    fn lives(&self) -> bool {
        self.leader_lives || self.others_live
    }

    fn leaves_others(&self) -> bool {
        matches!(
            self.temper,
            Temper::LeavesAnother | Temper::LeavesAnotherThatIgnoresSigterm
        )
    }
}

/// The world around a group: its processes, what was asked of it, and what it was told.
struct World {
    group: Group,
    now: Instant,
    processes: Vec<Process>,
    to_spawn: VecDeque<RoleId>,
    reports: usize,
    finishes: usize,
    ends: usize,
}

impl World {
    #[expect(clippy::disallowed_methods, reason = "any moment will do")]
    fn new(readiness: &[Readiness]) -> Self {
        let mut world = Self {
            group: Group::new(readiness.iter().copied(), LIMITS),
            now: Instant::now(),
            processes: Vec::new(),
            to_spawn: VecDeque::new(),
            reports: 0,
            finishes: 0,
            ends: 0,
        };
        world.tell(Event::Start);
        world
    }

    fn tell(&mut self, event: Event) {
        for action in self.group.step(event, self.now) {
            assert_eq!(self.finishes, 0, "something follows the end: {action:?}");
            match action {
                Action::Spawn(role) => self.to_spawn.push_back(role),
                Action::Terminate { group, .. } => self.terminate(group),
                Action::Kill { group, .. } => self.kill(group),
                Action::Readied(_) => {}
                Action::Ended { role, .. } => {
                    assert!(
                        !self
                            .processes
                            .iter()
                            .any(|process| process.role == role && process.lives())
                    );
                    self.ends += 1;
                }
                Action::Report(_) => self.reports += 1,
                Action::Finish => {
                    assert!(self.to_spawn.is_empty(), "a role may still be spawned");
                    assert!(
                        !self.processes.iter().any(Process::lives),
                        "something lives"
                    );
                    self.finishes += 1;
                }
            }
        }
    }

    /// Tells of the end of the process at `index`; the world may not say it twice.
    fn exit(&mut self, index: usize, how: Ended) {
        let process = &mut self.processes[index];
        if std::mem::take(&mut process.leader_lives) {
            process.others_live = process.leaves_others();
            let (role, leftovers) = (process.role, process.others_live);
            self.tell(Event::Exited {
                role,
                how,
                leftovers,
            });
        }
    }

    fn leftovers_go(&mut self, index: usize) {
        let process = &mut self.processes[index];
        if !process.leader_lives && std::mem::take(&mut process.others_live) {
            let role = process.role;
            self.tell(Event::LeftoversGone { role });
        }
    }

    /// What obeys ends later, when [`World::obey`] comes to it.
    fn terminate(&mut self, group: Pid) {
        assert!(
            self.processes[index_of(group)].lives(),
            "SIGTERM for what does not live"
        );
    }

    fn kill(&mut self, group: Pid) {
        let process = &mut self.processes[index_of(group)];
        assert!(process.lives(), "SIGKILL for what does not live");
        process.temper = Temper::Obeys;
    }

    fn spawn(&mut self, works: bool, temper: Temper) {
        let Some(role) = self.to_spawn.pop_front() else {
            return;
        };
        if !works {
            return self.tell(Event::SpawnFailed {
                role,
                reason: "no".to_owned(),
            });
        }
        assert!(
            !self
                .processes
                .iter()
                .any(|process| process.role == role && process.lives())
        );
        self.processes.push(Process {
            role,
            temper,
            leader_lives: true,
            others_live: false,
        });
        self.tell(Event::Spawned {
            role,
            pid: pid_of(self.processes.len() - 1),
        });
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::AnswerSpawn { works, temper } => self.spawn(works, temper),
            Happening::BecomeReady(index) if index < self.processes.len() => {
                let role = self.processes[index].role;
                self.tell(Event::NotifiedReady { role });
            }
            Happening::Exit(index, status) if index < self.processes.len() => {
                self.exit(index, Ended::Exit(status));
            }
            Happening::LeftoversGo(index) if index < self.processes.len() => {
                self.leftovers_go(index);
            }
            Happening::BecomeReady(_) | Happening::Exit(..) | Happening::LeftoversGo(_) => {}
            Happening::Stop => self.tell(Event::Stop),
            Happening::Pass(milliseconds) => {
                self.now += Duration::from_millis(milliseconds);
                self.tell(Event::Tick);
            }
        }
    }

    /// After a stop, lets the world take its course until nothing more would happen.
    fn obey(&mut self) {
        while !self.to_spawn.is_empty() {
            self.spawn(true, Temper::IgnoresSigterm);
        }
        for _ in 0..3 {
            for index in 0..self.processes.len() {
                match self.processes[index].temper {
                    Temper::Obeys | Temper::LeavesAnother => {
                        self.exit(index, Ended::Signal(15));
                        self.leftovers_go(index);
                    }
                    Temper::LeavesAnotherThatIgnoresSigterm => self.exit(index, Ended::Signal(15)),
                    Temper::IgnoresSigterm => {}
                }
            }
            if let Some(wake_at) = self.group.wake_at() {
                self.now = self.now.max(wake_at);
                self.tell(Event::Tick);
            }
        }
    }
}

fn pid_of(index: usize) -> Pid {
    Pid::from_raw(i32::try_from(index + 100).unwrap()).unwrap()
}

fn index_of(pid: Pid) -> usize {
    usize::try_from(pid.as_raw_nonzero().get()).unwrap() - 100
}

fn temper() -> impl Strategy<Value = Temper> {
    prop_oneof![
        Just(Temper::Obeys),
        Just(Temper::IgnoresSigterm),
        Just(Temper::LeavesAnother),
        Just(Temper::LeavesAnotherThatIgnoresSigterm),
    ]
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        4 => (prop::bool::weighted(0.9), temper())
            .prop_map(|(works, temper)| Happening::AnswerSpawn { works, temper }),
        3 => (0..4_usize).prop_map(Happening::BecomeReady),
        2 => (0..4_usize, 0..2).prop_map(|(index, status)| Happening::Exit(index, status)),
        2 => (0..4_usize).prop_map(Happening::LeftoversGo),
        1 => Just(Happening::Stop),
        3 => (1..12_000_u64).prop_map(Happening::Pass),
    ]
}

proptest! {
    #[test]
    fn after_a_stop_everything_ends_and_the_end_is_said_once(
        readiness in prop::collection::vec(
            prop_oneof![Just(Readiness::Announced), Just(Readiness::Settled)], 0..4),
        happenings in prop::collection::vec(happening(), 0..40),
    ) {
        let mut world = World::new(&readiness);
        for happening in happenings {
            world.happen(happening);
        }
        world.happen(Happening::Stop);
        world.obey();
        prop_assert_eq!(world.finishes, 1);
        prop_assert_eq!(world.reports, 1);
        prop_assert_eq!(world.ends, world.processes.len());
        prop_assert_eq!(world.group.wake_at(), None);
    }
}
