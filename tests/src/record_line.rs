//! One line of a diagnostic record, read strictly: the form is a promise.

/// The columns of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordLine {
    /// The process id, which only the terminal shows.
    pub process: Option<u32>,
    /// UTC in milliseconds, such as `2024-09-19T13:28:32.162`: as text, it sorts by time.
    pub stamp: String,
    /// The kind of event.
    pub tag: char,
    /// The number of the object.
    pub object: u32,
    /// The name of the object, and its state if it has one.
    pub name: String,
    /// What happened.
    pub text: String,
}

impl RecordLine {
    /// Reads `[00205791] 2024-09-19T13:28:32.162 + <00000010>Name - text`, where the process
    /// in front may be missing.
    ///
    /// # Panics
    ///
    /// When the line is not exactly of that form.
    pub fn parse(line: &str) -> Self {
        Self::columns(line).unwrap_or_else(|| panic!("this is not a record: {line:?}"))
    }

    fn columns(line: &str) -> Option<Self> {
        let (process, line) = match line.strip_prefix('[') {
            Some(rest) => {
                let (process, rest) = rest.split_once("] ")?;
                (Some(decimal(process)?), rest)
            }
            None => (None, line),
        };
        let (stamp, line) = line.split_at_checked(23)?;
        let line = line.strip_prefix(' ')?;
        let tag = line.chars().next()?;
        let line = line.strip_prefix(tag)?.strip_prefix(" <")?;
        let (object, line) = line.split_at_checked(8)?;
        let (name, text) = line.strip_prefix('>')?.split_once(" - ")?;
        let is_sound = is_stamp(stamp) && "+X><()!?=^~&_12".contains(tag) && is_name(name);
        is_sound.then_some(Self {
            process,
            stamp: stamp.to_owned(),
            tag,
            object: hexadecimal(object)?,
            name: name.to_owned(),
            text: text.to_owned(),
        })
    }
}

/// At least eight digits, with zeros in front.
fn decimal(text: &str) -> Option<u32> {
    let is_sound = text.len() >= 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    is_sound.then(|| text.parse().ok()).flatten()
}

fn hexadecimal(text: &str) -> Option<u32> {
    let is_sound = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    is_sound.then(|| u32::from_str_radix(text, 16).ok()).flatten()
}

fn is_stamp(text: &str) -> bool {
    text.bytes().enumerate().all(|(place, byte)| match place {
        4 | 7 => byte == b'-',
        10 => byte == b'T',
        13 | 16 => byte == b':',
        19 => byte == b'.',
        _ => byte.is_ascii_digit(),
    })
}

/// `Name` or `Name[STATE]`.
fn is_name(text: &str) -> bool {
    let (name, state) = match text.split_once('[') {
        Some((name, state)) => (name, state.strip_suffix(']')),
        None => (text, Some("STATE")),
    };
    let is_word = |word: &str| {
        !word.is_empty() && word.chars().all(|letter| letter.is_alphanumeric() || letter == '_')
    };
    is_word(name) && state.is_some_and(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_of_the_original_are_records() {
        let line =
            "[00205791] 2024-09-19T13:28:32.162 + <0000001a>PubSub[INITIAL] - Created by <00000001>";
        let record = RecordLine::parse(line);
        assert_eq!(
            (record.process, record.tag, record.object),
            (Some(205_791), '+', 0x1a)
        );
        assert_eq!(record.stamp, "2024-09-19T13:28:32.162");
        assert_eq!(record.name, "PubSub[INITIAL]");
        assert_eq!(record.text, "Created by <00000001>");
        let stored = RecordLine::parse(&line["[00205791] ".len()..]);
        assert_eq!((stored.process, stored.text), (None, record.text));
    }

    #[test]
    fn what_is_nearly_a_record_is_none() {
        for line in [
            "",
            "crunch_server: aborted (user or software interrupt)",
            "[205791] 2024-09-19T13:28:32.162 + <0000001a>Name - text",
            "2024-09-19 13:28:32.162 + <0000001a>Name - text",
            "2024-09-19T13:28:32.162 # <0000001a>Name - text",
            "2024-09-19T13:28:32.162 + <0000001A>Name - text",
            "2024-09-19T13:28:32.162 + <1a>Name - text",
            "2024-09-19T13:28:32.162 + <0000001a>Name[ - text",
            "2024-09-19T13:28:32.162 + <0000001a>Name: text",
        ] {
            assert_eq!(RecordLine::columns(line), None, "{line:?}");
        }
    }
}
