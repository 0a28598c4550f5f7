//! Locks across processes. The tests run one after the other: a child of one would inherit
//! the lock of another.

use std::io::Read;
use std::os::fd::{AsFd, AsRawFd};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use ansar_home_layout::Lock;
use tempfile::TempDir;

static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// A shell whose standard input and output are pipes to the test.
fn shell(script: &str) -> Child {
    Command::new("sh")
        .args(["-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("there is a shell")
}

#[test]
fn an_inherited_lock_outlives_the_holders_close_and_ends_with_the_child() {
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("x");
    let lock = Lock::inheritable(&path).unwrap().unwrap();
    let mut child = shell("read line");
    drop(lock);
    let held = Lock::is_held(&path).unwrap();
    let taken = Lock::hold(&path).unwrap().is_some();
    drop(child.stdin.take());
    child.wait().unwrap();
    assert!(held && !taken);
    assert!(!Lock::is_held(&path).unwrap());
}

#[test]
fn a_descendant_keeps_the_lock_of_a_child_that_has_ended() {
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("x");
    let lock = Lock::inheritable(&path).unwrap().unwrap();
    // By 9, which is not the descriptor of the lock: a shell gives what runs in the
    // background no standard input.
    assert_ne!(lock.as_fd().as_raw_fd(), 9);
    let mut child = shell("exec 9<&0; { read line <&9; } & exit 0");
    drop(lock);
    let line = child.stdin.take();
    let mut output = child.stdout.take().unwrap();
    child.wait().unwrap();
    let held = Lock::is_held(&path).unwrap();
    drop(line);
    output.read_to_end(&mut Vec::new()).unwrap();
    assert!(held);
}

#[test]
fn an_ordinary_lock_is_not_inherited() {
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("x");
    let lock = Lock::hold(&path).unwrap().unwrap();
    let mut child = shell("read line");
    drop(lock);
    let held = Lock::is_held(&path).unwrap();
    drop(child.stdin.take());
    child.wait().unwrap();
    assert!(!held);
}
