//! ansar-home-layout
