use std::fs;
use std::io;
use std::path::Path;

use ansar_home_layout::Home;
use clap::Args;

use super::selection::roles;
use crate::cli::GlobalOptions;
use crate::error::{CommandError, quoted};
use crate::output::Output;

const EXAMPLE: &str = "\
Example:
  ansar list
  ansar list crunch_server --long-listing";

/// Show the roles of a home
///
/// The long listing adds the executable of each role, and what its logs take: folders,
/// files and bytes.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Arguments {
    /// The roles [default: all].
    #[arg(value_name = "ROLE")]
    roles: Vec<String>,
    /// Show the executable and the size of the logs too.
    #[arg(short, long)]
    long_listing: bool,
}

pub(crate) fn run(
    arguments: &Arguments,
    global: &GlobalOptions,
    output: &mut Output<'_>,
) -> Result<(), CommandError> {
    let home = global.open_home(None)?;
    if arguments.long_listing {
        return list_long(&home, &arguments.roles, output);
    }
    for role in roles(&home, &arguments.roles)? {
        output.line(role)?;
    }
    Ok(())
}

fn list_long(home: &Home, words: &[String], output: &mut Output<'_>) -> Result<(), CommandError> {
    let mut total = Size::default();
    let roles = roles(home, words)?;
    for role in &roles {
        let path = home.logs(role);
        let size = size_of(&path).map_err(|error| {
            CommandError::caused(format_args!("cannot list {}", quoted(&path)), &error)
        })?;
        // One that was removed since is no role any more.
        if let Some(description) = home.role(role)? {
            output.line(format_args!("{role:<24} {} {size}", description.executable))?;
            total.add(&size);
        }
    }
    if roles.is_empty() {
        return Ok(());
    }
    output.line(format_args!("{:<24} {total}", "totals"))
}

/// What a folder has below it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Size {
    /// Folders, itself included.
    folders: u64,
    files: u64,
    bytes: u64,
}

impl Size {
    fn add(&mut self, other: &Self) {
        self.folders += other.folders;
        self.files += other.files;
        self.bytes += other.bytes;
    }
}

impl std::fmt::Display for Size {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "({}/{}/{})",
            self.folders, self.files, self.bytes
        )
    }
}

/// Segments of logs come and go while they are counted.
fn size_of(path: &Path) -> io::Result<Size> {
    let mut size = Size::default();
    let mut folders = vec![path.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries?,
        };
        size.folders += 1;
        for entry in entries {
            let entry = entry?;
            match entry.metadata() {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
                Ok(found) if found.is_dir() => folders.push(entry.path()),
                Ok(found) => {
                    size.files += 1;
                    size.bytes += found.len();
                }
            }
        }
    }
    Ok(size)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::fixture::{Fixture, role};

    fn listed(fixture: &Fixture, words: &[&str], long_listing: bool) -> String {
        let arguments = Arguments {
            roles: words.iter().map(|&word| word.to_owned()).collect(),
            long_listing,
        };
        fixture
            .printed(|global, output| run(&arguments, global, output))
            .0
    }

    #[test]
    fn roles_are_listed_one_in_a_line() {
        let fixture = Fixture::with_roles(&["b", "a"]);
        assert_eq!(listed(&fixture, &[], false), "a\nb\n");
        assert_eq!(listed(&fixture, &["b"], false), "b\n");
        assert_eq!(listed(&Fixture::with_roles(&[]), &[], true), "");
    }

    #[test]
    fn the_long_listing_counts_folders_files_and_bytes_of_the_logs() {
        let fixture = Fixture::with_roles(&["a", "crunch_server"]);
        let logs = fixture.home.logs(&role("crunch_server"));
        fs::create_dir(logs.join("x")).unwrap();
        fs::write(logs.join("y"), "12345").unwrap();
        fs::write(logs.join("x/z"), "12").unwrap();
        assert_eq!(
            listed(&fixture, &[], true),
            "a                        crunch_server (1/0/0)\n\
             crunch_server            crunch_server (2/2/7)\n\
             totals                   (3/2/7)\n"
        );
    }
}
