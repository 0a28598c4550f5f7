//! What a role says about itself, in systemd's readiness protocol: lines of `NAME=value`.

/// What is understood of one message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Notification {
    /// `READY=1`: it has started.
    pub(crate) ready: bool,
    /// `STOPPING=1`: it is about to end.
    pub(crate) stopping: bool,
    /// `STATUS=…`: what it is doing, for people.
    pub(crate) status: Option<String>,
}

impl Notification {
    /// Reads a message; what is not understood is passed over, as the protocol wants.
    pub(crate) fn parse(message: &[u8]) -> Self {
        let mut notification = Self::default();
        for line in message.split(|&byte| byte == b'\n') {
            match line {
                b"READY=1" => notification.ready = true,
                b"STOPPING=1" => notification.stopping = true,
                _ => {
                    if let Some(status) = line.strip_prefix(b"STATUS=") {
                        notification.status = Some(String::from_utf8_lossy(status).into_owned());
                    }
                }
            }
        }
        notification
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_known_words_are_understood_and_others_are_passed_over() {
        let told = Notification::parse(b"MAINPID=4\nSTATUS=Listening\nREADY=1\n");
        let expected = Notification {
            ready: true,
            stopping: false,
            status: Some("Listening".to_owned()),
        };
        assert_eq!(told, expected);
        assert!(Notification::parse(b"STOPPING=1").stopping);
        assert_eq!(
            Notification::parse(b"READY=0\nXREADY=1\n\xff=="),
            Notification::default()
        );
    }
}
