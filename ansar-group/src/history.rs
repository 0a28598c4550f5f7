//! The last runs of a role, in the document `entry/<role>/history.json`.

use ansar_home_layout::{HISTORY_LENGTH_MAX, Home, PastRun, RoleName, document};

use crate::ended::Ended;
use crate::error::Error;

/// Adds a run that began at `start`, in milliseconds since 1970, and drops the oldest.
pub(crate) fn begin(home: &Home, role: &RoleName, start: i64) -> Result<(), Error> {
    let mut runs = home.history(role)?;
    runs.push(PastRun {
        start,
        stop: None,
        ended: None,
    });
    runs.drain(..runs.len().saturating_sub(HISTORY_LENGTH_MAX));
    Ok(document::replace(&home.history_file(role), &runs)?)
}

/// Completes the run that began at `start`. A run that is completed already, or not there, is
/// left as it is.
pub(crate) fn end(
    home: &Home,
    role: &RoleName,
    start: i64,
    (stop, ended): (i64, Option<Ended>),
) -> Result<(), Error> {
    let mut runs = home.history(role)?;
    let is_open = |run: &&mut PastRun| run.start == start && run.stop.is_none();
    let Some(run) = runs.iter_mut().rev().find(is_open) else {
        return Ok(());
    };
    run.stop = Some(stop);
    // A plain value of two forms is always JSON.
    run.ended = ended.and_then(|ended| serde_json::to_value(ended).ok());
    Ok(document::replace(&home.history_file(role), &runs)?)
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    #[test]
    fn a_history_keeps_the_last_eight_runs_and_completes_the_right_one() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::create(&folder.path().join("home"), SystemTime::UNIX_EPOCH).unwrap();
        let role = RoleName::parse("web").unwrap();
        home.prepare_role(&role).unwrap();
        for start in 1..=10 {
            begin(&home, &role, start).unwrap();
        }
        end(&home, &role, 9, (20, Some(Ended::Exit(0)))).unwrap();
        end(&home, &role, 9, (30, None)).unwrap();
        let runs = home.history(&role).unwrap();
        assert_eq!(
            runs.iter().map(|run| run.start).collect::<Vec<_>>(),
            (3..=10).collect::<Vec<_>>()
        );
        let stops: Vec<_> = runs.iter().filter_map(|run| run.stop).collect();
        assert_eq!(stops, [20]);
    }
}
