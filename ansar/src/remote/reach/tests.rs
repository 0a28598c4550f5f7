use super::*;

/// A remote, and the time.
struct Scene {
    reach: Reach,
    begin: Instant,
}

impl Scene {
    fn new() -> Self {
        Self {
            reach: Reach::new(),
            begin: Instant::now(),
        }
    }

    fn at(&mut self, milliseconds: u64, event: Event) -> Vec<Action> {
        let now = self.begin + Duration::from_millis(milliseconds);
        self.reach.step(event, now, 0.0)
    }

    fn connected() -> Self {
        let mut scene = Self::new();
        assert_eq!(scene.at(0, opened()), [Action::TellConnected(peer())]);
        scene
    }
}

fn peer() -> SocketAddr {
    ([127, 0, 0, 1], 5051).into()
}

fn opened() -> Event {
    Event::Opened(peer())
}

fn refused() -> Event {
    Event::NotOpened("refused".into())
}

fn lost() -> Event {
    Event::Lost("by the other side".into())
}

fn closed(reason: &str) -> Action {
    Action::TellClosed(peer(), reason.into())
}

fn pause_of(milliseconds: u64) -> Action {
    Action::Pause(Duration::from_millis(milliseconds))
}

#[test]
fn an_attempt_that_fails_is_told_once_and_repeated_with_longer_pauses() {
    let mut scene = Scene::new();
    assert_eq!(scene.reach.refusal(), None);
    let told = Action::TellNotConnected("refused".into());
    assert_eq!(scene.at(0, refused()), [told, pause_of(50)]);
    assert_eq!(scene.reach.refusal(), Some("refused"));
    for pause in [100, 200, 400, 800, 1600, 3200, 5000, 5000] {
        assert_eq!(scene.at(0, Event::PauseOver), [Action::Open]);
        assert_eq!(scene.reach.refusal(), Some("refused"));
        assert_eq!(scene.at(0, refused()), [pause_of(pause)]);
    }
    assert_eq!(scene.at(0, Event::PauseOver), [Action::Open]);
    assert_eq!(scene.at(0, opened()), [Action::TellConnected(peer())]);
    assert_eq!(scene.reach.refusal(), None);
}

#[test]
fn a_good_connection_that_is_lost_is_made_again_at_once() {
    let mut scene = Scene::connected();
    scene.reach.used();
    let actions = scene.at(1, lost());
    assert_eq!(actions, [closed("by the other side"), Action::Open]);
    assert_eq!(scene.reach.refusal(), None, "calls wait for the attempt");
    let told = Action::TellNotConnected("refused".into());
    assert_eq!(scene.at(2, refused()), [told, pause_of(50)]);
}

#[test]
fn a_connection_that_lasted_is_good_though_nothing_was_asked() {
    let mut scene = Scene::connected();
    let actions = scene.at(5000, lost());
    assert_eq!(actions, [closed("by the other side"), Action::Open]);
}

#[test]
fn a_server_that_accepts_and_closes_is_not_tried_without_pauses() {
    let mut scene = Scene::connected();
    for pause in [50, 100, 200] {
        let actions = scene.at(0, lost());
        assert_eq!(actions, [closed("by the other side"), pause_of(pause)]);
        let reason = "the connection was closed at once by the other side";
        assert_eq!(scene.reach.refusal(), Some(reason));
        assert_eq!(scene.at(0, Event::PauseOver), [Action::Open]);
        assert_eq!(scene.at(0, opened()), [Action::TellConnected(peer())]);
    }
}

#[test]
fn only_the_last_connection_that_is_lost_is_told() {
    let mut scene = Scene::connected();
    assert_eq!(scene.reach.open_for(1), 1);
    assert_eq!(scene.at(0, opened()), []);
    assert_eq!(scene.at(0, lost()), []);
    assert_eq!(
        scene.at(0, lost()).first(),
        Some(&closed("by the other side"))
    );
}

#[test]
fn connections_are_opened_for_calls_that_wait_up_to_the_limit() {
    let mut scene = Scene::new();
    assert_eq!(scene.reach.open_for(9), 0, "it is connecting");
    scene.at(0, opened());
    scene.reach.allow(4);
    assert_eq!(scene.reach.open_for(2), 2);
    assert_eq!(scene.reach.open_for(2), 0, "they are on their way");
    assert_eq!(scene.reach.open_for(9), 1);
    assert_eq!(scene.reach.open_for(9), 0);
    scene.at(0, refused());
    assert_eq!(scene.reach.open_for(3), 1);
}

#[test]
fn an_attempt_in_progress_is_waited_for_when_the_last_connection_is_lost() {
    let mut scene = Scene::connected();
    scene.reach.used();
    assert_eq!(scene.reach.open_for(1), 1);
    assert_eq!(scene.at(0, lost()), [closed("by the other side")]);
    assert_eq!(scene.reach.refusal(), None);
    assert_eq!(scene.at(0, opened()), [Action::TellConnected(peer())]);
}

#[test]
fn a_pause_that_ends_late_changes_nothing() {
    let mut scene = Scene::connected();
    assert_eq!(scene.at(0, Event::PauseOver), []);
}

#[test]
fn after_the_end_of_the_object_nothing_happens() {
    for mut scene in [Scene::new(), Scene::connected()] {
        assert_eq!(scene.at(0, Event::Ended), []);
        let reason = "the object that had connected has completed";
        assert_eq!(scene.reach.refusal(), Some(reason));
        for event in [opened(), refused(), lost(), Event::PauseOver] {
            assert_eq!(scene.at(0, event), []);
        }
    }
}
