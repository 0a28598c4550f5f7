//! Beginning a segment: the one moment when a writer looks at the folder.

use std::collections::BTreeMap;
use std::io;

use crate::cap::{BLOCK_BYTES, Cap};
use crate::name::SegmentName;
use crate::stamp::Stamp;
use crate::storage::{Entry, Listing, Storage};

/// What file systems allocate beside a segment's data at most (blocks of extents); a
/// sealed segment with more than that beyond its length was left by a writer that died.
const ALLOCATED_BESIDE_BYTES: u64 = 2 * BLOCK_BYTES;

/// The segment that a writer has open.
#[derive(Debug)]
pub(crate) struct Active<S> {
    pub(crate) segment: S,
    pub(crate) chain: u64,
    /// Bytes of it that are whole records.
    pub(crate) length: u64,
    /// Bytes that it may grow to.
    pub(crate) reserved: u64,
}

/// What a writer needs a segment for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Need {
    /// The chain that the writer holds already.
    pub(crate) chain: Option<u64>,
    /// The stamp of the first record to be stored.
    pub(crate) stamp: Stamp,
    /// The bytes of that record.
    pub(crate) record_bytes: u64,
    /// Segments to delete beyond what the cap asks for, because the disk is full.
    pub(crate) sacrifices: usize,
}

/// Makes room, then opens a segment for `need`: a new one, or one that an ended writer
/// left with room in it.
pub(crate) fn begin<S: Storage>(
    storage: &S,
    cap: Cap,
    need: Need,
) -> io::Result<Active<S::Segment>> {
    let _guard = storage.lock()?;
    let mut listing = storage.list()?;
    if trim_abandoned(storage, &listing) {
        listing = storage.list()?;
    }
    let number = listing.segments.last().map_or(0, |entry| entry.name.number) + 1;
    delete_oldest(storage, &mut listing, |deleted, _| {
        deleted < need.sacrifices
    });
    let chain = match need.chain {
        Some(chain) => chain,
        None => match choose_chain(storage, cap, need, &listing) {
            Choice::Continue(active, allocated) => {
                listing.allocated -= allocated;
                make_room(storage, cap, &mut listing, active.reserved)?;
                storage.reserve(&active.segment, active.reserved)?;
                return Ok(active);
            }
            Choice::Begin(chain) => chain,
        },
    };
    let reserved = cap.reservation(need.record_bytes);
    make_room(storage, cap, &mut listing, reserved)?;
    let name = SegmentName {
        number,
        chain,
        first: need.stamp,
    };
    let segment = storage.create(name)?;
    if let Err(error) = storage.reserve(&segment, reserved) {
        // An empty segment says nothing; should it stay, it does no harm.
        drop(storage.remove(name));
        return Err(error);
    }
    Ok(Active {
        segment,
        chain,
        length: 0,
        reserved,
    })
}

/// Gives back what writers had reserved that have ended; returns whether there was any.
fn trim_abandoned<S: Storage>(storage: &S, listing: &Listing) -> bool {
    let mut is_trimmed = false;
    for entry in &listing.segments {
        if entry.allocated <= entry.length.next_multiple_of(BLOCK_BYTES) + ALLOCATED_BESIDE_BYTES {
            continue;
        }
        // What cannot be trimmed stays counted, and is deleted in its turn.
        if let Ok(Some(segment)) = storage.take(entry.name) {
            is_trimmed |= storage.cut(&segment, entry.length).is_ok();
        }
    }
    is_trimmed
}

/// Where a writer that has no chain yet goes on.
enum Choice<S> {
    /// In a segment that has room, and has this many bytes allocated now.
    Continue(Active<S>, u64),
    /// In a new segment of this chain.
    Begin(u64),
}

/// The lowest chain that nobody holds and whose last stamp is not after `need`'s.
fn choose_chain<S: Storage>(
    storage: &S,
    cap: Cap,
    need: Need,
    listing: &Listing,
) -> Choice<S::Segment> {
    let ends: BTreeMap<u64, Entry> = listing
        .segments
        .iter()
        .map(|entry| (entry.name.chain, *entry))
        .collect();
    for (chain, entry) in &ends {
        // A chain that cannot be looked at is left to itself.
        let Ok(Some(segment)) = storage.take(entry.name) else {
            continue;
        };
        let Ok(tail) = storage.tail(&segment) else {
            continue;
        };
        if tail.last.unwrap_or(entry.name.first) > need.stamp {
            continue;
        }
        let reserved = cap.reservation(0);
        if !tail.is_whole || tail.length + need.record_bytes > reserved {
            return Choice::Begin(*chain);
        }
        let active = Active {
            segment,
            chain: *chain,
            length: tail.length,
            reserved,
        };
        return Choice::Continue(active, entry.allocated);
    }
    let is_unused = |chain: &u64| !ends.contains_key(chain);
    Choice::Begin(
        (0..=u64::MAX)
            .find(is_unused)
            .expect("no folder has 2^64 chains"),
    )
}

/// Deletes the oldest segments until `reservation` fits under the cap.
fn make_room<S: Storage>(
    storage: &S,
    cap: Cap,
    listing: &mut Listing,
    reservation: u64,
) -> io::Result<()> {
    delete_oldest(storage, listing, |_, allocated| {
        !cap.has_room(allocated, reservation)
    });
    if cap.has_room(listing.allocated, reservation) {
        return Ok(());
    }
    Err(io::Error::other(
        "what is in use in the folder leaves no room under the cap",
    ))
}

/// Deletes segments that nobody has open, oldest first, for as long as `goes_on` says,
/// given how many are deleted and how many bytes are left allocated.
fn delete_oldest<S: Storage>(
    storage: &S,
    listing: &mut Listing,
    goes_on: impl Fn(usize, u64) -> bool,
) {
    let mut deleted = 0;
    let allocated = &mut listing.allocated;
    listing.segments.retain(|entry| {
        if !goes_on(deleted, *allocated) {
            return true;
        }
        let held = storage.take(entry.name);
        let is_deleted = matches!(held, Ok(Some(_))) && storage.remove(entry.name).is_ok();
        if is_deleted {
            deleted += 1;
            *allocated = allocated.saturating_sub(entry.allocated);
        }
        !is_deleted
    });
}
