"""The states of one position: which were come to, and a number for each by which to note things of them.

Words are told apart by a table that each is hashed into (Fibonacci hashing and open addressing: Knuth, The Art of
Computer Programming, volume 3, 6.4), all of a batch at once and in the order of the table, so that memory is gone
through once from end to end. Where a table of all words that there can be is no larger, a word is its own place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from waymeet.analysis.packed.words import Mask, Words

    #: Where in a table something is.
    Places = NDArray[np.intp]

#: The odd numbers nearest to what the golden ratio makes of 2³² and 2⁶⁴, and what undoes a multiplication by them.
_FACTORS: dict[Any, int] = {np.uint32: 0x9E3779B1, np.uint64: 0x9E3779B97F4A7C15}
_FEWEST = 1 << 6
#: A table is made twice as large when this part of it is full.
_FULL = 0.5
#: So many words are put into a new table at once.
_CHUNK = 1 << 15


class Seen:
    """Some words of so many bits at most, each with a place of its own, which moves when words are added."""

    def __init__(self, word: type[np.uint32 | np.uint64], size: int) -> None:
        self._word = word
        self._size = size
        self._all = 1 << size
        self._factor = word(_FACTORS[word])
        self._inverse = word(pow(_FACTORS[word], -1, 1 << 8 * word().itemsize))
        self._bits = 8 * word().itemsize
        self.count = 0
        #: Where every word has its own place: which are there. Else their hashes, or 0.
        self._there: Mask | None = None
        self._table: Words = np.zeros(0, word)
        self._resize(_FEWEST)

    @property
    def nbytes(self) -> int:
        """How many bytes it takes."""
        return self._table.nbytes if self._there is None else self._there.nbytes

    @property
    def places(self) -> int:
        """How many places there are, most of them for nothing."""
        return len(self._table) if self._there is None else len(self._there)

    def add(self, words: Words) -> Words:
        """Take in some words; those that were not there, each once."""
        if self._there is not None:
            fresh = _each_once(words.compress(~self._there.take(words.astype(np.intp))))
            self._there[fresh.astype(np.intp)] = True
        else:
            hashes = _each_once(self._hashed(words))
            if self.count + len(hashes) > _FULL * len(self._table):
                self._resize(self.count + len(hashes))
                return self.add(words)
            hashes, places = self._missing(hashes)
            self._put(hashes, places)
            fresh = hashes * self._inverse - self._word(1)
        self.count += len(fresh)
        return fresh

    def all(self) -> tuple[Words, Places]:
        """Every word, and its place."""
        if self._there is not None:
            places = np.flatnonzero(self._there)
            return places.astype(self._word), places
        places = np.flatnonzero(self._table)
        return self._table.take(places) * self._inverse - self._word(1), places

    def find(self, words: Words) -> Places:
        """The places of some words, which must be there."""
        if self._there is not None:
            return words.astype(np.intp)
        hashes = self._hashed(words)
        places = self._home(hashes)
        left = (self._table.take(places) != hashes).nonzero()[0]
        while len(left):
            onward = self._next(places.take(left))
            places[left] = onward
            left = left.compress(self._table.take(onward) != hashes.take(left))
        return places

    def _hashed(self, words: Words) -> Words:
        """No word is hashed to 0, and no two to the same."""
        return (words + self._word(1)) * self._factor

    def _home(self, hashes: Words) -> Places:
        return (hashes >> self._word(self._bits - self._span)).astype(np.intp)

    def _next(self, places: Places) -> Places:
        return (places + 1) & (len(self._table) - 1)

    def _missing(self, hashes: Words) -> tuple[Words, Places]:
        """Those of some hashes that are not there, and for each the first free place that it could have."""
        places = self._home(hashes)
        found: list[Words] = []
        free: list[Places] = []
        while len(hashes):
            there = self._table.take(places)
            new = (there == 0).nonzero()[0]
            found.append(hashes.take(new))
            free.append(places.take(new))
            left = ((there != hashes) & (there != 0)).nonzero()[0]
            hashes, places = hashes.take(left), self._next(places.take(left))
        return (np.concatenate(found), np.concatenate(free)) if found else (hashes, places)

    def _put(self, hashes: Words, places: Places) -> None:
        """Put hashes that are not there into free places, or those that come next."""
        while len(hashes):
            self._table[places] = hashes  # of several for one place the last stays
            left = (self._table.take(places) != hashes).nonzero()[0]
            hashes, places = hashes.take(left), places.take(left)
            taken = np.arange(len(places))
            while len(taken):
                places[taken] = self._next(places.take(taken))
                taken = taken.compress(self._table.take(places.take(taken)) != 0)

    def _resize(self, room: int) -> None:
        """Make room for more words than that."""
        span = max(room, _FEWEST).bit_length() + 1
        if self._all <= (1 << span) * self._word().itemsize:
            words, _ = self.all()
            self._there = np.zeros(self._all, np.bool_)
            self._there[words.astype(np.intp)] = True
            self._table = self._table[:0]
        else:
            hashes = self._table.compress(self._table != 0)
            hashes.sort()
            self._span = span
            self._table = np.zeros(1 << span, self._word)
            self._fill(hashes)

    def _fill(self, hashes: Words) -> None:
        """Put sorted hashes into the empty table: each at its home, or next to the one before it."""
        end, beyond = 0, len(hashes)
        for start in range(0, len(hashes), _CHUNK):
            part = hashes[start : start + _CHUNK]
            numbers = np.arange(len(part))
            places = np.maximum(np.maximum.accumulate(self._home(part) - numbers), end) + numbers
            inside = int(np.searchsorted(places, len(self._table)))
            self._table[places[:inside]] = part[:inside]
            end, beyond = int(places[-1]) + 1, beyond - inside
        left = hashes[len(hashes) - beyond :]
        self._put(*self._missing(left))


def _each_once(words: Words) -> Words:
    """Some words in order, each once."""
    words.sort()
    if len(words) < 2:
        return words
    first = np.empty(len(words), np.bool_)
    first[0] = True
    np.not_equal(words[1:], words[:-1], out=first[1:])
    return words.compress(first)
