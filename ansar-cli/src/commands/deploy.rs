use std::ffi::OsStr;
use std::fs::{self, File, Permissions};
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use ansar_home_layout::{Home, Lock};
use clap::Args;

use crate::cli::GlobalOptions;
use crate::error::{CommandError, quoted};
use crate::executable::is_executable;
use crate::output::Output;

const EXAMPLE: &str = "\
Example:
  ansar deploy dist";

/// Begins the names of files that are being copied; the names of no others begin so, as
/// hidden files are not deployed.
const TEMPORARY: &str = ".deploying-";

/// Bytes that are compared at a time.
const CHUNK_SIZE: u64 = 64 * 1024;

/// The bits of a mode that are kept: who may read, write and execute.
const MODE_KEPT: u32 = 0o777;

/// Copy executables into a home
///
/// Copies the executable files of a folder that are new, or differ from those in the home.
/// Each is replaced as a whole; what runs goes on with the one it was started with.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Arguments {
    /// The folder of executables; folders in it are left alone.
    build: PathBuf,
    /// The home [default: .ansar-home in the working folder].
    home: Option<PathBuf>,
}

/// An executable that may be deployed.
struct Candidate {
    name: String,
    path: PathBuf,
    mode: u32,
    size: u64,
}

pub(crate) fn run(
    arguments: &Arguments,
    global: &GlobalOptions,
    output: &mut Output<'_>,
) -> Result<(), CommandError> {
    let home = global.open_home(arguments.home.as_deref())?;
    let build = &arguments.build;
    let cannot = |path: &Path| format!("cannot deploy {}", quoted(path));
    let candidates =
        candidates(build).map_err(|error| CommandError::caused(cannot(build), &error))?;
    if candidates.is_empty() {
        return Err(CommandError::failure(format_args!(
            "{}: there is no executable in it",
            cannot(build)
        )));
    }
    let _change = home.change()?;
    remove_interrupted(&home.bin());
    let mut deployed = Vec::new();
    for candidate in &candidates {
        let name = &candidate.name;
        let is_deployed = deploy(candidate, &home)
            .map_err(|error| CommandError::caused(cannot(&candidate.path), &error))?;
        if is_deployed {
            output.line(format_args!("deployed {name}"))?;
            deployed.push(name.as_str());
        }
    }
    if deployed.is_empty() {
        output.word("nothing to deploy");
        return Ok(());
    }
    warn_of_running(&home, &deployed, output)
}

/// The executable files of a folder, in the order of their names.
fn candidates(build: &Path) -> io::Result<Vec<Candidate>> {
    let mut candidates = Vec::new();
    for entry in fs::read_dir(build)? {
        let path = entry?.path();
        // Followed where it leads, for a build may be a folder of links.
        let found = match path.metadata() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            found => found?,
        };
        let name = path.file_name().and_then(OsStr::to_str);
        // A name that is no text could not be given to `add`.
        let Some(name) = name.filter(|name| !name.starts_with('.')) else {
            continue;
        };
        if is_executable(&found) {
            candidates.push(Candidate {
                name: name.to_owned(),
                mode: found.permissions().mode() & MODE_KEPT,
                size: found.len(),
                path,
            });
        }
    }
    candidates.sort_unstable_by(|one, other| one.name.cmp(&other.name));
    Ok(candidates)
}

/// Copies an executable; false when the home has the same already.
fn deploy(candidate: &Candidate, home: &Home) -> io::Result<bool> {
    let target = home.executable(&candidate.name);
    if is_equal(candidate, &target)? {
        return Ok(false);
    }
    let temporary = home.bin().join(format!("{TEMPORARY}{}", candidate.name));
    let copied = copy(candidate, &temporary).and_then(|()| fs::rename(&temporary, &target));
    if let Err(error) = copied {
        // The failure is what the user needs to hear of, not that of tidying up after it.
        let _ = fs::remove_file(&temporary);
        return Err(error);
    }
    File::open(home.bin())?.sync_all()?;
    Ok(true)
}

fn is_equal(candidate: &Candidate, target: &Path) -> io::Result<bool> {
    let found = match target.metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        found => found?,
    };
    let mode = found.permissions().mode() & MODE_KEPT;
    if found.len() != candidate.size || mode != candidate.mode {
        return Ok(false);
    }
    let (mut one, mut other) = (File::open(&candidate.path)?, File::open(target)?);
    let (mut one_chunk, mut other_chunk) = (Vec::new(), Vec::new());
    loop {
        one_chunk.clear();
        other_chunk.clear();
        one.by_ref().take(CHUNK_SIZE).read_to_end(&mut one_chunk)?;
        other
            .by_ref()
            .take(CHUNK_SIZE)
            .read_to_end(&mut other_chunk)?;
        if one_chunk != other_chunk || one_chunk.is_empty() {
            return Ok(one_chunk == other_chunk);
        }
    }
}

fn copy(candidate: &Candidate, temporary: &Path) -> io::Result<()> {
    let mut source = File::open(&candidate.path)?;
    let mut copy = File::create_new(temporary)?;
    io::copy(&mut source, &mut copy)?;
    copy.set_permissions(Permissions::from_mode(candidate.mode))?;
    copy.sync_all()
}

/// Removes what a deploy that was killed has left; nobody else is deploying now. What cannot
/// be removed is in nobody's way.
fn remove_interrupted(bin: &Path) {
    for entry in fs::read_dir(bin).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(TEMPORARY) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn warn_of_running(
    home: &Home,
    deployed: &[&str],
    output: &mut Output<'_>,
) -> Result<(), CommandError> {
    for role in home.roles()? {
        let Some(description) = home.role(&role)? else {
            continue;
        };
        let executable = description.executable;
        if deployed.contains(&executable.as_str()) && Lock::is_held(&home.lock_file(&role))? {
            output.word(format_args!(
                "role \"{role}\" keeps the former {executable} until it is started again"
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::fixture::{Fixture, names_in, role};

    fn deploy_build(fixture: &Fixture) -> (String, String) {
        let arguments = Arguments {
            build: fixture.folder.path().join("build"),
            home: None,
        };
        fixture.printed(|global, output| run(&arguments, global, output))
    }

    fn failure(fixture: &Fixture) -> Vec<String> {
        let arguments = Arguments {
            build: fixture.folder.path().join("build"),
            home: None,
        };
        let (mut data, mut words) = (Vec::new(), Vec::new());
        let mut output = Output::to(&mut data, &mut words);
        let error = run(&arguments, &fixture.global(), &mut output).unwrap_err();
        error.lines()
    }

    #[test]
    fn executables_that_are_new_or_different_are_copied() {
        let fixture = Fixture::with_roles(&[]);
        fixture.file("build/b", "b", 0o750);
        fixture.file("build/a", "a", 0o755);
        fixture.file("build/README", "text", 0o644);
        fixture.file("build/.hidden", "x", 0o755);
        fixture.file("build/folder/c", "c", 0o755);
        assert_eq!(
            deploy_build(&fixture),
            ("deployed a\ndeployed b\n".to_owned(), String::new())
        );
        assert_eq!(names_in(&fixture.home.bin()), ["a", "b"]);
        let mode = fixture
            .home
            .executable("b")
            .metadata()
            .unwrap()
            .permissions();
        assert_eq!(mode.mode() & 0o7777, 0o750);
        let nothing = (String::new(), "nothing to deploy\n".to_owned());
        assert_eq!(deploy_build(&fixture), nothing);
        fixture.file("build/a", "A", 0o755);
        assert_eq!(deploy_build(&fixture).0, "deployed a\n");
        assert_eq!(fs::read(fixture.home.executable("a")).unwrap(), b"A");
        fixture.file("build/b", "b", 0o755);
        assert_eq!(deploy_build(&fixture).0, "deployed b\n");
    }

    #[test]
    fn large_executables_that_differ_at_their_end_differ() {
        let fixture = Fixture::with_roles(&[]);
        let size = usize::try_from(CHUNK_SIZE).unwrap() * 3;
        fixture.file("build/a", &"x".repeat(size), 0o755);
        assert_eq!(deploy_build(&fixture).0, "deployed a\n");
        assert_eq!(deploy_build(&fixture).0, "");
        fixture.file("build/a", &("x".repeat(size - 1) + "y"), 0o755);
        assert_eq!(deploy_build(&fixture).0, "deployed a\n");
    }

    #[test]
    fn who_has_the_former_one_open_keeps_it() {
        let fixture = Fixture::with_roles(&[]);
        fixture.file("build/a", "old", 0o755);
        deploy_build(&fixture);
        let mut open = File::open(fixture.home.executable("a")).unwrap();
        fixture.file("build/a", "new", 0o755);
        deploy_build(&fixture);
        let mut content = String::new();
        open.read_to_string(&mut content).unwrap();
        assert_eq!(content, "old");
    }

    #[test]
    fn a_running_role_keeps_the_former_one_and_that_is_said() {
        let fixture = Fixture::with_roles(&["x", "y"]);
        let _lock = Lock::hold(&fixture.home.lock_file(&role("x"))).unwrap();
        fixture.file("build/crunch_server", "1", 0o755);
        assert_eq!(
            deploy_build(&fixture).1,
            "role \"x\" keeps the former crunch_server until it is started again\n"
        );
    }

    #[test]
    fn what_an_interrupted_deploy_left_is_removed() {
        let fixture = Fixture::with_roles(&[]);
        fixture.file("home/bin/.deploying-a", "par", 0o600);
        fixture.file("build/a", "part", 0o755);
        deploy_build(&fixture);
        assert_eq!(names_in(&fixture.home.bin()), ["a"]);
    }

    #[test]
    fn a_folder_without_executables_or_none_is_an_error() {
        let fixture = Fixture::with_roles(&[]);
        let lines = failure(&fixture);
        assert!(
            lines[0].ends_with("build\": No such file or directory (os error 2)"),
            "{lines:?}"
        );
        fixture.file("build/README", "text", 0o644);
        let lines = failure(&fixture);
        assert!(
            lines[0].ends_with("build\": there is no executable in it"),
            "{lines:?}"
        );
    }
}
