//! What the author writes to say something in the record.

/// Records a fault: something failed, and somebody should see to it. Formats like [`format!`].
///
/// ```
/// use ansar::prelude::*;
///
/// let error = "no space left";
/// fault!("cannot store the texts ({error})");
/// ```
#[macro_export]
macro_rules! fault {
    ($($text:tt)+) => { $crate::record::say($crate::record::Tag::Fault, ::core::format_args!($($text)+)) };
}

/// Records a warning: something is odd, and the server goes on. Formats like [`format!`].
///
/// ```
/// use ansar::prelude::*;
///
/// let (used, limit) = (95, 100);
/// warning!("{used} of {limit} places are taken");
/// ```
#[macro_export]
macro_rules! warning {
    ($($text:tt)+) => { $crate::record::say($crate::record::Tag::Warning, ::core::format_args!($($text)+)) };
}

/// Records a milestone that operators like to see. Formats like [`format!`].
///
/// ```
/// use ansar::prelude::*;
///
/// let texts = 17;
/// console!("{texts} texts are loaded");
/// ```
#[macro_export]
macro_rules! console {
    ($($text:tt)+) => { $crate::record::say($crate::record::Tag::Console, ::core::format_args!($($text)+)) };
}

/// Records a step of the work. Formats like [`format!`].
///
/// ```
/// use ansar::prelude::*;
///
/// let name = "index.html";
/// trace!("looking for {name:?}");
/// ```
#[macro_export]
macro_rules! trace {
    ($($text:tt)+) => { $crate::record::say($crate::record::Tag::Trace, ::core::format_args!($($text)+)) };
}

/// Records a detail that only a developer wants. Formats like [`format!`].
///
/// ```
/// use ansar::prelude::*;
///
/// let (x, y) = (1.5, 2.25);
/// debug!("x={x}, y={y}");
/// ```
#[macro_export]
macro_rules! debug {
    ($($text:tt)+) => { $crate::record::say($crate::record::Tag::Debug, ::core::format_args!($($text)+)) };
}
