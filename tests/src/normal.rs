//! Output made comparable: what differs from run to run gets a name.

/// The form of a stamp, a zero for every digit.
const STAMP: &str = "0000-00-00T00:00:00.000";

/// Replaces stamps by `STAMP`, process ids by `PID`, ports by `PORT`, and run times such as
/// `4m22.8s` by `TIME`. Ids of objects, `<0000001a>`, stay.
///
/// The folder of a sandbox is replaced by [`Sandbox::normalised`](crate::Sandbox::normalised).
pub fn normalised(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let follows_word = result.ends_with(|last: char| last.is_ascii_alphanumeric());
        match varying(&result, rest).filter(|_| first.is_ascii_digit() && !follows_word) {
            Some((name, length)) => {
                result.push_str(name);
                rest = &rest[length..];
            }
            None => {
                result.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    result
}

/// The name of what stands at the front of the rest, and its length, if it varies.
fn varying(before: &str, rest: &str) -> Option<(&'static str, usize)> {
    if is_stamp(rest) {
        return Some(("STAMP", STAMP.len()));
    }
    let end = |accept: fn(char) -> bool| rest.find(|next| !accept(next)).unwrap_or(rest.len());
    let digits = end(|next| next.is_ascii_digit());
    let enclosed = before.chars().next_back().zip(rest[digits..].chars().next());
    match enclosed {
        Some(('[', ']')) if digits >= 8 => return Some(("PID", digits)),
        Some(('(', ')')) => return Some(("PID", digits)),
        // Ids of objects have eight digits.
        Some(('<', '>')) if digits != 8 => return Some(("PID", digits)),
        _ => {}
    }
    let host = before.trim_end_matches(':');
    let is_port = before.len() == host.len() + 1
        && (host.ends_with("127.0.0.1") || host.ends_with("0.0.0.0") || host.ends_with("localhost"));
    if is_port && rest[..digits] != *"0" {
        return Some(("PORT", digits));
    }
    let time = end(|next| next.is_ascii_digit() || "dhms.".contains(next));
    let is_time = rest[..time].ends_with('s') && before.ends_with(' ') && digits < time;
    is_time.then_some(("TIME", time))
}

fn is_stamp(text: &str) -> bool {
    text.len() >= STAMP.len()
        && text.bytes().zip(STAMP.bytes()).all(|(byte, form)| match form {
            b'0' => byte.is_ascii_digit(),
            other => byte == other,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_varies_gets_a_name_and_what_does_not_stays() {
        for (text, expected) in [
            (
                "[00205791] 2024-09-19T13:28:32.162 + <00000010>SocketSelect - Created by <00000001>",
                "[PID] STAMP + <00000010>SocketSelect - Created by <00000001>",
            ),
            (
                "crunch_server <315996> (315985) 4m22.8s",
                "crunch_server <PID> (PID) TIME",
            ),
            (
                "cannot listen at \"127.0.0.1:5051\" ([Errno 98] Address already in use)",
                "cannot listen at \"127.0.0.1:PORT\" ([Errno 98] Address already in use)",
            ),
            ("as object process (205791)", "as object process (PID)"),
            ("requested \"127.0.0.1:0\"", "requested \"127.0.0.1:0\""),
            ("3.375 of 7, x1.5s", "3.375 of 7, x1.5s"),
        ] {
            assert_eq!(normalised(text), expected);
        }
    }
}
