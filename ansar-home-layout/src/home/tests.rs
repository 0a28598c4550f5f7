use std::os::unix::fs::PermissionsExt;

use tempfile::TempDir;

use super::*;

fn role(text: &str) -> RoleName {
    RoleName::parse(text).unwrap()
}

fn description() -> Role {
    Role {
        executable: "crunch_server".to_owned(),
        arguments: Vec::new(),
        storage: crate::STORAGE_DEFAULT,
        created: "2026-01-01T00:00:00Z".to_owned(),
    }
}

fn create(folder: &TempDir) -> Result<Home, Error> {
    Home::create(&folder.path().join("home"), SystemTime::UNIX_EPOCH)
}

/// Everything below a folder, as paths relative to it, sorted.
fn tree(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            found.push(path.strip_prefix(folder).unwrap().display().to_string());
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
    found.sort_unstable();
    found
}

#[test]
fn a_home_is_private_and_complete() {
    let folder = TempDir::new().unwrap();
    let home = create(&folder).unwrap();
    let mut expected = FOLDERS.map(str::to_owned).to_vec();
    expected.push(DOCUMENT.to_owned());
    expected.sort_unstable();
    assert_eq!(tree(home.path()), expected);
    for name in [""].into_iter().chain(FOLDERS) {
        let mode = home.path().join(name).metadata().unwrap().permissions();
        assert_eq!(mode.mode() & 0o777, 0o700, "{name}");
    }
    assert_eq!(Home::open(home.path()).unwrap(), home);
}

#[test]
fn a_home_is_not_created_twice() {
    let folder = TempDir::new().unwrap();
    let home = create(&folder).unwrap();
    home.add_role(&role("x"), &description()).unwrap();
    assert!(matches!(create(&folder), Err(Error::HomeExists { .. })));
    assert_eq!(home.roles().unwrap(), [role("x")]);
}

#[test]
fn a_home_that_was_half_made_is_completed() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("home");
    fs::create_dir(&path).unwrap();
    fs::create_dir(path.join("bin")).unwrap();
    fs::write(path.join(".home.json.x1y2z3"), "{\"ver").unwrap();
    assert!(matches!(Home::open(&path), Err(Error::NotHome { .. })));
    let home = create(&folder).unwrap();
    assert_eq!(home.roles().unwrap(), []);
    let mode = path.metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[test]
fn what_is_not_ours_is_left_alone() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("home");
    fs::create_dir_all(path.join("bin")).unwrap();
    fs::write(path.join("bin/mine"), "mine").unwrap();
    assert!(matches!(create(&folder), Err(Error::NotEmpty { .. })));
    assert_eq!(tree(&path), ["bin", "bin/mine"]);
    fs::remove_dir_all(&path).unwrap();
    fs::write(&path, "mine").unwrap();
    assert!(matches!(create(&folder), Err(Error::NotEmpty { .. })));
    assert!(matches!(Home::open(&path), Err(Error::NotHome { .. })));
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
}

#[test]
fn a_home_of_a_later_version_is_refused_in_a_clear_sentence() {
    let folder = TempDir::new().unwrap();
    let home = create(&folder).unwrap();
    fs::write(home.path().join(DOCUMENT), r#"{"version": 2, "new": []}"#).unwrap();
    let error = Home::open(home.path()).unwrap_err().to_string();
    assert!(
        error.ends_with("it is of version 2, this ansar knows versions up to 1"),
        "{error}"
    );
}

#[test]
fn a_folder_without_a_home_is_said_to_be_none() {
    let folder = TempDir::new().unwrap();
    let missing = folder.path().join("missing");
    assert!(matches!(Home::open(&missing), Err(Error::NoHome { .. })));
    assert!(matches!(
        Home::open(folder.path()),
        Err(Error::NotHome { .. })
    ));
}

#[test]
fn a_role_exists_from_its_document_on_and_leaves_nothing() {
    let folder = TempDir::new().unwrap();
    let home = create(&folder).unwrap();
    let before = tree(home.path());
    let name = role("x");
    home.prepare_role(&name).unwrap();
    assert_eq!(home.role(&name).unwrap(), None);
    assert_eq!(home.roles().unwrap(), []);
    home.add_role(&name, &description()).unwrap();
    assert_eq!(home.role(&name).unwrap(), Some(description()));
    assert!(matches!(
        home.add_role(&name, &description()),
        Err(Error::RoleExists { .. })
    ));
    document::replace(&home.settings(&name), &1).unwrap();
    document::replace(&home.run_file(&name), &1).unwrap();
    drop(Lock::hold(&home.lock_file(&name)).unwrap());
    home.remove_role(&name).unwrap();
    assert_eq!(tree(home.path()), before);
    home.remove_role(&name).unwrap();
}

#[test]
fn roles_are_listed_in_order_and_others_are_not() {
    let folder = TempDir::new().unwrap();
    let home = create(&folder).unwrap();
    for name in ["b", "a-1", "a"] {
        home.add_role(&role(name), &description()).unwrap();
    }
    fs::create_dir(home.path().join("entry/group.default")).unwrap();
    fs::create_dir(home.path().join("entry/not a name")).unwrap();
    assert_eq!(home.roles().unwrap(), [role("a"), role("a-1"), role("b")]);
}

#[test]
fn a_destroyed_home_leaves_nothing() {
    let folder = TempDir::new().unwrap();
    let home = create(&folder).unwrap();
    home.add_role(&role("x"), &description()).unwrap();
    let change = home.change().unwrap();
    home.clone().destroy().unwrap();
    drop(change);
    assert_eq!(tree(folder.path()), Vec::<String>::new());
    assert!(home.change().is_err());
}

#[test]
fn a_home_in_which_something_runs_is_put_back() {
    let folder = TempDir::new().unwrap();
    let home = create(&folder).unwrap();
    let before = tree(folder.path());
    let lock = Lock::hold(&home.lock_file(&role("x"))).unwrap().unwrap();
    let error = home.clone().destroy().unwrap_err();
    assert!(error.to_string().ends_with("\"x\" is running"), "{error}");
    drop(lock);
    fs::remove_file(home.lock_file(&role("x"))).unwrap();
    assert_eq!(tree(folder.path()), before);
}

#[test]
fn what_runs_is_told_by_the_locks() {
    let folder = TempDir::new().unwrap();
    let home = create(&folder).unwrap();
    assert_eq!(home.running().unwrap(), []);
    let _change = home.change().unwrap();
    let names = ["group.default", "x"].map(role);
    let _locks = names
        .clone()
        .map(|name| Lock::hold(&home.lock_file(&name)).unwrap().unwrap());
    drop(Lock::hold(&home.lock_file(&role("ended"))).unwrap());
    document::replace(&home.run_file(&role("x")), &1).unwrap();
    nix::unistd::mkfifo(
        &home.fifo(&role("x"), Output::Out),
        nix::sys::stat::Mode::S_IRWXU,
    )
    .unwrap();
    assert_eq!(home.running().unwrap(), names);
}

#[test]
fn changes_come_one_after_the_other() {
    let folder = TempDir::new().unwrap();
    let home = create(&folder).unwrap();
    let change = home.change().unwrap();
    thread::scope(|scope| {
        let second = scope.spawn(|| home.change().map(|_| ()));
        drop(change);
        second.join().unwrap().unwrap();
    });
}

#[test]
fn nobody_waits_long_for_a_change() {
    let folder = TempDir::new().unwrap();
    let home = create(&folder).unwrap();
    let _change = home.change().unwrap();
    assert!(matches!(home.change(), Err(Error::Busy { .. })));
}

#[test]
fn two_who_create_at_once_make_one_home() {
    let folder = TempDir::new().unwrap();
    let made = thread::scope(|scope| {
        let creating = [(); 4].map(|()| scope.spawn(|| create(&folder).is_ok()));
        creating.map(|thread| thread.join().unwrap())
    });
    assert_eq!(made.into_iter().filter(|&made| made).count(), 1);
    let names: Vec<_> = tree(&folder.path().join("home"));
    assert_eq!(names.len(), FOLDERS.len() + 1);
}
