//! Servers elsewhere: what is asked of them, what they answer, and when they are gone.

mod ahead;
mod deadlines;
mod messages;
mod odd_answers;
mod raw;
mod reach;
mod reuse;
mod scene;
mod server;
