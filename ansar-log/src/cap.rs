//! How many bytes a store, a segment and a record may have.

use crate::error::Error;
use crate::record::RECORD_BYTES_MAX;

/// The least cap: below it the margin and the segments that are being filled would
/// leave too little of it for records.
pub const CAP_MIN: u64 = 2 << 20;

/// What file systems allocate in; reservations are multiples of it.
pub(crate) const BLOCK_BYTES: u64 = 4096;

/// One segment is the step in which old records go; a 128th keeps well over 95 % of the cap.
const SEGMENTS: u64 = 128;

/// Smaller segments would cost more to begin than to fill.
const SEGMENT_BYTES_MIN: u64 = 4 * BLOCK_BYTES;

/// Larger segments would not be quicker to write, and slower to give back.
const SEGMENT_BYTES_MAX: u64 = 4 << 20;

/// No record may push out more than this part of a store.
const RECORDS: u64 = 16;

/// The sizes that follow from a store's cap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cap {
    /// All that may be allocated in the folder.
    pub(crate) bytes: u64,
}

impl Cap {
    pub(crate) fn new(bytes: u64) -> Result<Self, Error> {
        if bytes < CAP_MIN {
            return Err(Error::CapTooSmall {
                cap: bytes,
                cap_min: CAP_MIN,
            });
        }
        Ok(Self { bytes })
    }

    /// Bytes of one segment, a whole number of blocks.
    fn segment_bytes(self) -> u64 {
        let part = self.bytes / SEGMENTS;
        (part - part % BLOCK_BYTES).clamp(SEGMENT_BYTES_MIN, SEGMENT_BYTES_MAX)
    }

    /// Bytes to reserve for a segment whose first record has `record_bytes`.
    pub(crate) fn reservation(self, record_bytes: u64) -> u64 {
        self.segment_bytes()
            .max(record_bytes.next_multiple_of(BLOCK_BYTES))
    }

    /// The most bytes of one record.
    pub(crate) fn record_bytes_max(self) -> usize {
        usize::try_from(self.bytes / RECORDS)
            .unwrap_or(usize::MAX)
            .min(RECORD_BYTES_MAX)
    }

    /// Bytes kept free for what the file system allocates beside the data: blocks of
    /// the folder, and of the extents of segments.
    fn margin(self) -> u64 {
        (2 * BLOCK_BYTES).max(self.bytes / 1024)
    }

    /// Whether `reservation` fits beside what is `allocated`.
    pub(crate) fn has_room(self, allocated: u64, reservation: u64) -> bool {
        allocated + reservation + self.margin() <= self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cap_below_the_minimum_is_refused_and_the_minimum_said() {
        assert_eq!(
            Cap::new(1000).unwrap_err().to_string(),
            "a log store of 1000 bytes is too small, expected 2097152 or more"
        );
        assert!(Cap::new(CAP_MIN).is_ok());
    }

    #[test]
    fn two_segments_and_the_margin_are_less_than_five_percent() {
        for bytes in [CAP_MIN, 3_000_000, 100_000_000, 1_000_000_000, 1 << 40] {
            let cap = Cap { bytes };
            let lost = 2 * cap.segment_bytes() + cap.margin();
            assert!(lost * 20 < bytes, "{lost} of {bytes}");
            assert_eq!(cap.segment_bytes() % BLOCK_BYTES, 0);
        }
    }

    #[test]
    fn a_segment_is_as_large_as_its_first_record_needs() {
        let cap = Cap { bytes: CAP_MIN };
        assert_eq!(cap.record_bytes_max(), 131_072);
        assert_eq!(cap.reservation(100), 16_384);
        assert_eq!(cap.reservation(131_071), 131_072);
    }
}
