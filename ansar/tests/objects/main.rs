//! What objects do: they ask each other, wait, change their states, create others, and end.

mod asking;
