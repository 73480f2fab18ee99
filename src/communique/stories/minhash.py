"""MinHash signatures of texts, and pairs of like texts by locality-sensitive hashing (Broder 1997; Indyk and Motwani 1998).

A signature holds 126 numbers of 16 bits. Three of them make a band: of two texts with Jaccard likeness j, the chance that no band is
equal is (1 - j^3)^42, 0.0006 at 0.55 and 0.55 at 0.25. numpy does the work; nothing is drawn at random at run time.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

import numpy as np

SHINGLE = 3
"""Words in a shingle."""
ROWS, BANDS = 3, 42
SIZE = ROWS * BANDS
"""Numbers in a signature."""
_WORD = re.compile(r"[^\W_]+")
_RANDOM = np.random.Generator(np.random.PCG64(20240301))
_FACTORS = _RANDOM.integers(1, 2**63, size=SIZE, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
_OFFSETS = _RANDOM.integers(0, 2**63, size=SIZE, dtype=np.uint64)


def words_of(text: str) -> list[str]:
    """Lower-case words and numbers of a text, without punctuation: what two sendings of one story share.

    >>> words_of("Oil: U.S. prices rose 3.5% -- traders")
    ['oil', 'u', 's', 'prices', 'rose', '3', '5', 'traders']
    """
    return _WORD.findall(text.casefold())


def shingle_hashes(words: Sequence[str]) -> np.ndarray:
    """Distinct hashes of the runs of three words; none for fewer words."""
    if len(words) < SHINGLE:
        return np.empty(0, dtype=np.uint64)
    single = np.array([zlib.crc32(w.encode("utf-8", "replace")) for w in words], dtype=np.uint64)
    n = len(single) - SHINGLE + 1
    mixed = np.zeros(n, dtype=np.uint64)
    for k in range(SHINGLE):
        mixed = (mixed ^ single[k : k + n]) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return np.unique(mixed)


def signature(shingles: np.ndarray) -> bytes:
    """The signature of a set of shingles; empty for an empty set."""
    if not len(shingles):
        return b""
    values = (_FACTORS[:, None] * shingles[None, :] + _OFFSETS[:, None]) >> np.uint64(16)
    return (values.min(axis=1) & np.uint64(0xFFFF)).astype("<u2").tobytes()


def like_pairs(signatures: np.ndarray, groups: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pairs (i, j), i < j, that share a band, with their likeness: the share of equal numbers.

    `signatures` has one row a text. Of the texts that share a band, each is paired with the first and with the one before it,
    so cost grows with the number of texts even where thousands are alike; groups of like texts stay connected. With `groups` (one
    number a text), texts of one group are always paired in this way, whatever their signatures.
    """
    n = len(signatures)
    keys = [] if groups is None else [groups.astype(np.uint64)]
    for b in range(BANDS):
        band = signatures[:, b * ROWS : (b + 1) * ROWS].astype(np.uint64)
        keys.append(band[:, 0] | band[:, 1] << np.uint64(16) | band[:, 2] << np.uint64(32))
    codes = np.unique(np.concatenate([_chained(k) for k in keys])) if n > 1 else np.empty(0, dtype=np.int64)
    left, right = codes // max(n, 1), codes % max(n, 1)
    return left, right, likeness(signatures, left, right)


def likeness(signatures: np.ndarray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Estimated Jaccard likeness of pairs of rows."""
    out = np.empty(len(left))
    for s in range(0, len(left), 65536):
        out[s : s + 65536] = (signatures[left[s : s + 65536]] == signatures[right[s : s + 65536]]).mean(axis=1)
    return out


def _chained(keys: np.ndarray) -> np.ndarray:
    """Codes i * n + j of each text with the first and with the previous text of the same key."""
    n = len(keys)
    order = np.argsort(keys, kind="stable")
    held = keys[order]
    same = np.flatnonzero(held[1:] == held[:-1]) + 1
    starts = np.flatnonzero(np.concatenate(([True], held[1:] != held[:-1])))
    first = starts[np.searchsorted(starts, same, side="right") - 1]
    pairs = np.concatenate((order[same - 1] * n + order[same], order[first] * n + order[same]))
    return np.unique(pairs)
