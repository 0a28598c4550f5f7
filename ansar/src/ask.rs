//! Asking others without waiting in a handler: one, several, the first of several.

use std::borrow::Cow;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::{LocalBoxFuture, join, join_all, select_all};
use tokio::time::{Sleep, sleep};

use crate::fault::Faulted;

/// How long an answer may take, unless [`Ask::within`] says otherwise.
///
/// ```
/// assert_eq!(ansar::ASK_TIME.as_secs(), 10);
/// ```
pub const ASK_TIME: Duration = Duration::from_secs(10);

/// A question that is on its way: a future of the answer.
///
/// The question has been sent when this exists, whether or not the answer is awaited.
/// That there is no answer in time is an answer too, a [`Faulted`] with status 504.
///
/// Who drops it gives up the answer: the question is handled, but what its handler left for
/// [`Later`](crate::Later) is not worked on any more. Use
/// [`Address::send`](crate::Address::send) to have something done without an answer.
///
/// ```
/// use std::time::Duration;
///
/// use ansar::prelude::*;
///
/// # #[message] struct Add { amount: u64 }
/// # #[message] struct Total { value: u64 }
/// # #[derive(Default)] struct Counter { total: u64 }
/// # #[handlers]
/// # impl Counter {
/// #     fn add(&mut self, Add { amount }: Add) -> Total {
/// #         self.total += amount;
/// #         Total { value: self.total }
/// #     }
/// # }
/// async fn add(counter: Address<Counter>) -> Result<u64, Faulted> {
///     let ask = counter.ask(Add { amount: 1 }).within(Duration::from_secs(2));
///     let Total { value } = ask.await?;
///     Ok(value)
/// }
/// ```
#[must_use = "the answer comes to whoever awaits this"]
pub struct Ask<M> {
    question: Cow<'static, str>,
    answer: LocalBoxFuture<'static, Result<M, Faulted>>,
    limit: Duration,
    deadline: Option<Pin<Box<Sleep>>>,
}

impl<M> Ask<M> {
    pub(crate) fn new(
        question: impl Into<Cow<'static, str>>,
        answer: impl Future<Output = Result<M, Faulted>> + 'static,
    ) -> Self {
        Self {
            question: question.into(),
            answer: Box::pin(answer),
            limit: ASK_TIME,
            deadline: None,
        }
    }

    /// Gives the answer so much time, from when it is first awaited.
    pub fn within(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }
}

impl<M> Future for Ask<M> {
    type Output = Result<M, Faulted>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let Poll::Ready(answer) = self.answer.as_mut().poll(context) {
            return Poll::Ready(answer);
        }
        let limit = self.limit;
        let deadline = self.deadline.get_or_insert_with(|| Box::pin(sleep(limit)));
        deadline.as_mut().poll(context).map(|()| {
            let condition = format!("cannot get an answer to {}", self.question);
            let reason = format!("none came within {}", humantime::format_duration(limit));
            Err(Faulted::failed(condition, reason).with_status(504))
        })
    }
}

impl<M> fmt::Debug for Ask<M> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Ask")
            .field("question", &self.question)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

/// Two answers of different kinds, when both are there.
///
/// ```
/// use ansar::prelude::*;
///
/// # #[message] struct Add { amount: u64 }
/// # #[message] struct Total { value: u64 }
/// # #[derive(Default)] struct Counter { total: u64 }
/// # #[handlers]
/// # impl Counter {
/// #     fn add(&mut self, Add { amount }: Add) -> Total {
/// #         self.total += amount;
/// #         Total { value: self.total }
/// #     }
/// # }
/// async fn sum(left: Address<Counter>, right: Address<Counter>) -> Result<u64, Faulted> {
///     let (left, right) = both(left.ask(Add { amount: 1 }), right.ask(Add { amount: 1 })).await;
///     Ok(left?.value + right?.value)
/// }
/// ```
pub async fn both<A: Future, B: Future>(first: A, second: B) -> (A::Output, B::Output) {
    join(first, second).await
}

/// All answers, in the order of the questions, when the last one is there.
///
/// ```
/// use ansar::prelude::*;
///
/// # #[message] struct Add { amount: u64 }
/// # #[message] struct Total { value: u64 }
/// # #[derive(Default)] struct Counter { total: u64 }
/// # #[handlers]
/// # impl Counter {
/// #     fn add(&mut self, Add { amount }: Add) -> Total {
/// #         self.total += amount;
/// #         Total { value: self.total }
/// #     }
/// # }
/// async fn sum(counters: Vec<Address<Counter>>) -> Result<u64, Faulted> {
///     let asks = counters.iter().map(|counter| counter.ask(Add { amount: 1 }));
///     let mut sum = 0;
///     for answer in ansar::all(asks).await {
///         sum += answer?.value;
///     }
///     Ok(sum)
/// }
/// ```
pub async fn all<A: Future>(asks: impl IntoIterator<Item = A>) -> Vec<A::Output> {
    join_all(asks).await
}

/// The first answer that is not a fault; when there are only faults, the last of them.
///
/// The others are no longer waited for. Of no questions at all, the answer is a fault.
///
/// ```
/// use ansar::prelude::*;
///
/// # #[message] struct Add { amount: u64 }
/// # #[message] struct Total { value: u64 }
/// # #[derive(Default)] struct Counter { total: u64 }
/// # #[handlers]
/// # impl Counter {
/// #     fn add(&mut self, Add { amount }: Add) -> Total {
/// #         self.total += amount;
/// #         Total { value: self.total }
/// #     }
/// # }
/// async fn any_of(counters: Vec<Address<Counter>>) -> Result<Total, Faulted> {
///     ansar::first(counters.iter().map(|counter| counter.ask(Add { amount: 1 }))).await
/// }
/// ```
pub async fn first<M>(asks: impl IntoIterator<Item = Ask<M>>) -> Result<M, Faulted> {
    let mut waiting: Vec<Ask<M>> = asks.into_iter().collect();
    let mut last = Err(Faulted::failed("cannot get an answer", "nobody was asked"));
    while !waiting.is_empty() {
        let (answer, _, rest) = select_all(waiting).await;
        if answer.is_ok() {
            return answer;
        }
        last = answer;
        waiting = rest;
    }
    last
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;

    fn run<F: Future>(future: F) -> F::Output {
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap()
            .block_on(future)
    }

    fn answered(answer: Result<u8, Faulted>) -> Ask<u8> {
        Ask::new("Count", ready(answer))
    }

    fn refused(reason: &str) -> Ask<u8> {
        answered(Err(Faulted::failed("cannot count", reason)))
    }

    #[test]
    fn no_answer_in_time_is_a_fault() {
        let ask = Ask::<u8>::new("Count", pending()).within(Duration::from_millis(1));
        let fault = run(ask).unwrap_err();
        assert_eq!(fault.status(), 504);
        assert_eq!(
            fault.to_string(),
            "cannot get an answer to Count (none came within 1ms)"
        );
    }

    #[test]
    fn answers_are_collected_by_position() {
        let answers = run(all([answered(Ok(1)), refused("no"), answered(Ok(3))]));
        let answers: Vec<Option<u8>> = answers.into_iter().map(Result::ok).collect();
        assert_eq!(answers, [Some(1), None, Some(3)]);
    }

    #[test]
    fn the_first_answer_that_is_no_fault_counts() {
        let never = Ask::new("Count", pending());
        assert_eq!(run(first([refused("no"), never, answered(Ok(2))])), Ok(2));
        let fault = run(first([refused("one"), refused("two")])).unwrap_err();
        assert_eq!(fault.explanation(), "two");
        assert!(run(first(Vec::<Ask<u8>>::new())).is_err());
    }
}
