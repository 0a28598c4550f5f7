//! ansar-log
