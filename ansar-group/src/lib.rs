//! ansar-group
