//! What a server answers.

/// One answer as it came over the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status line and the headers, without the empty line.
    pub head: String,
    /// The body, after its chunks were put together.
    pub body: String,
}

impl Response {
    /// The status code.
    pub fn status(&self) -> u16 {
        let code = self.head.split(' ').nth(1).and_then(|code| code.parse().ok());
        code.unwrap_or_else(|| panic!("there is no status in {:?}", self.head))
    }

    /// The value of a header, whose name may be written in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// The declared length of the body.
    pub(crate) fn length(&self) -> usize {
        let length = self.header("content-length");
        length.map_or(0, |length| length.parse().expect("a length is a number"))
    }
}
