//! What the author writes to say something in the record.

/// Records a fault: something failed, and somebody should see to it. Formats like [`format!`].
#[macro_export]
macro_rules! fault {
    ($($text:tt)+) => { $crate::record::say($crate::record::Tag::Fault, ::core::format_args!($($text)+)) };
}

/// Records a warning: something is odd, and the server goes on. Formats like [`format!`].
#[macro_export]
macro_rules! warning {
    ($($text:tt)+) => { $crate::record::say($crate::record::Tag::Warning, ::core::format_args!($($text)+)) };
}

/// Records a milestone that operators like to see. Formats like [`format!`].
#[macro_export]
macro_rules! console {
    ($($text:tt)+) => { $crate::record::say($crate::record::Tag::Console, ::core::format_args!($($text)+)) };
}

/// Records a step of the work. Formats like [`format!`].
#[macro_export]
macro_rules! trace {
    ($($text:tt)+) => { $crate::record::say($crate::record::Tag::Trace, ::core::format_args!($($text)+)) };
}

/// Records a detail that only a developer wants. Formats like [`format!`].
#[macro_export]
macro_rules! debug {
    ($($text:tt)+) => { $crate::record::say($crate::record::Tag::Debug, ::core::format_args!($($text)+)) };
}
