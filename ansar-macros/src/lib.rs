//! ansar-macros
