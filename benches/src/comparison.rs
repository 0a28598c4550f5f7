//! Several contenders under the same load, in turn.

use crate::plan::order;
use crate::{Contender, Error, Figures, Plan};

/// Measures contenders in rounds whose order rotates, and gives the medians of each.
pub async fn compare(
    contenders: &[Contender],
    connections: u32,
    plan: &Plan,
) -> Result<Vec<Figures>, Error> {
    for contender in contenders {
        contender.warm_up(connections, plan.warm_up).await?;
    }
    let mut rounds = vec![Vec::with_capacity(plan.rounds); contenders.len()];
    for round in 0..plan.rounds {
        for index in order(contenders.len(), round) {
            let figures = contenders[index].measure(connections, plan.round).await?;
            rounds[index].push(figures);
        }
    }
    Ok(rounds
        .iter()
        .map(|rounds| Figures::median(rounds))
        .collect())
}
