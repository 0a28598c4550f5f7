//! ansar
