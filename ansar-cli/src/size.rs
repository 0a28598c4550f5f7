//! Numbers of bytes as people write them: `200MB`.

/// Units, each with its bytes; a number without one counts bytes.
const UNITS: [(&str, u64); 15] = [
    ("", 1),
    ("B", 1),
    ("K", 1_000),
    ("M", 1_000_000),
    ("G", 1_000_000_000),
    ("T", 1_000_000_000_000),
    ("KB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("KIB", 1 << 10),
    ("MIB", 1 << 20),
    ("GIB", 1 << 30),
    ("TIB", 1 << 40),
    ("BYTES", 1),
];

/// Reads the size of a log store.
pub(crate) fn storage(text: &str) -> Result<u64, String> {
    let bytes = bytes(text).ok_or("expected a size like 200MB, 1GB or 512MiB")?;
    if bytes < ansar_log::CAP_MIN {
        return Err(format!("expected {}MiB or more", ansar_log::CAP_MIN >> 20));
    }
    Ok(bytes)
}

fn bytes(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let unit = unit.trim().to_ascii_uppercase();
    let &(_, factor) = UNITS.iter().find(|(name, _)| *name == unit)?;
    number.parse::<u64>().ok()?.checked_mul(factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_in_any_unit() {
        for (text, expected) in [
            ("200MB", Some(200_000_000)),
            ("1 GB", Some(1_000_000_000)),
            ("512MiB", Some(512 << 20)),
            ("5000000", Some(5_000_000)),
            ("2g", Some(2_000_000_000)),
            ("", None),
            ("MB", None),
            ("-5MB", None),
            ("1.5GB", None),
            ("5 apples", None),
            ("99999999TB", None),
        ] {
            assert_eq!(bytes(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_store_without_room_for_segments_is_refused() {
        assert!(storage("2MiB").is_ok());
        assert_eq!(storage("1MB"), Err("expected 2MiB or more".to_owned()));
    }
}
