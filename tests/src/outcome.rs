//! What a command did.

/// The end of a command, and what it printed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "look at what the command printed, or at its status"]
pub struct Outcome {
    /// Its exit status; 128 and the number of the signal when one ended it.
    pub status: i32,
    /// What it printed on standard output.
    pub stdout: String,
    /// What it printed on standard error.
    pub stderr: String,
}

impl Outcome {
    /// What it printed on standard output, if it succeeded and complained of nothing.
    #[track_caller]
    pub fn success(self) -> String {
        assert_eq!((self.status, self.stderr.as_str()), (0, ""), "{self:?}");
        self.stdout
    }

    /// What it complained of, if it failed with a status and printed nothing else.
    #[track_caller]
    pub fn failure(self, status: i32) -> String {
        assert_eq!(
            (self.status, self.stdout.as_str()),
            (status, ""),
            "{self:?}"
        );
        self.stderr
    }
}
