//! What serde is handed of a list or an object, one part at a time. A part that is
//! refused gets its place into the path of the refusal.

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess};

use super::refusal::Refusal;
use super::text::Text;
use super::tree::Tree;
use super::words::PAIR;

/// The elements of a list.
pub(super) struct Elements<I> {
    rest: I,
    place: usize,
}

impl<I> Elements<I> {
    pub(super) fn new(elements: I) -> Self {
        Self {
            rest: elements,
            place: 0,
        }
    }
}

impl<'de, V, I> SeqAccess<'de> for Elements<I>
where
    V: Deserializer<'de, Error = Refusal>,
    I: ExactSizeIterator<Item = V>,
{
    type Error = Refusal;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Refusal> {
        let Some(element) = self.rest.next() else {
            return Ok(None);
        };
        let place = self.place;
        self.place += 1;
        let value = seed.deserialize(element);
        value.map(Some).map_err(|refusal| refusal.in_element(place))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

/// The members of an object.
pub(super) struct Members<N, V, I> {
    rest: I,
    current: Option<(N, V)>,
}

impl<N, V, I> Members<N, V, I> {
    pub(super) fn new(members: I) -> Self {
        Self {
            rest: members,
            current: None,
        }
    }
}

impl<'de, N, V, I> MapAccess<'de> for Members<N, V, I>
where
    N: AsRef<str>,
    V: Deserializer<'de, Error = Refusal>,
    I: Iterator<Item = (N, V)>,
{
    type Error = Refusal;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Refusal> {
        self.current = self.rest.next();
        let Some((name, _)) = &self.current else {
            return Ok(None);
        };
        seed.deserialize(Text::key(name.as_ref())).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Refusal> {
        let (name, value) = self.current.take().expect("a value follows its key");
        seed.deserialize(value)
            .map_err(|refusal| refusal.in_member(name.as_ref()))
    }
}

/// The entries of a map that is written as a list of pairs: `[[key, value], …]`.
pub(super) struct Pairs<'de> {
    rest: std::iter::Enumerate<std::slice::Iter<'de, Tree>>,
    current: Option<(usize, &'de Tree)>,
}

impl<'de> Pairs<'de> {
    pub(super) fn new(pairs: &'de [Tree]) -> Self {
        Self {
            rest: pairs.iter().enumerate(),
            current: None,
        }
    }
}

impl<'de> MapAccess<'de> for Pairs<'de> {
    type Error = Refusal;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Refusal> {
        let Some((place, pair)) = self.rest.next() else {
            return Ok(None);
        };
        let Tree::List(parts) = pair else {
            return Err(pair.unexpected(PAIR).in_element(place));
        };
        let [key, value] = parts.as_slice() else {
            return Err(pair.unexpected(PAIR).in_element(place));
        };
        self.current = Some((place, value));
        seed.deserialize(key)
            .map(Some)
            .map_err(|refusal| refusal.in_element(0).in_element(place))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Refusal> {
        let (place, value) = self.current.take().expect("a value follows its key");
        seed.deserialize(value)
            .map_err(|refusal| refusal.in_element(1).in_element(place))
    }
}
