"""Words of a text, split as Universal Dependencies splits English: contractions, genitives and hyphens apart."""

from __future__ import annotations

import re

from communique.text.abbreviations import KNOWN
from communique.types import Token

_WORD = re.compile(
    r"(?:https?://|www\.)[^\s<>\"]{1,400}"
    r"|[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,4}"
    r"|(?:[A-Za-z]\.){2,8}"
    r"|[$€£¥]|\d+(?:[.,:]\d+)*(?:st|nd|rd|th|s|m|bn|km)?(?!\w)"
    r"|[^\W_]+(?:['’][^\W_]+)*\.?"
    r"|--+|\.\.+|(?P<rule>[!?*=~#&+<>/\\|^%@_])(?P=rule){3,}|['’](?=s\b)|[^\w\s]|_",
)
_CLITIC = re.compile(r"(?i)(n['’]t|['’](?:s|re|ve|ll|d|m))$")
_NAME_PARTS = frozenset(("o", "d", "l", "al"))


def tokenize(text: str, offset: int = 0) -> list[Token]:
    """Split `text` into words; spans are shifted by `offset`.

    >>> [t.text for t in tokenize("Russia's U.S.-led talks didn't end, Gen. Li said.")]
    ['Russia', "'s", 'U.S.', '-', 'led', 'talks', 'did', "n't", 'end', ',', 'Gen.', 'Li', 'said', '.']

    Four or more of one sign are a line, and one word, as in treebanks of the web: what pages draw has no end.

    >>> [t.text for t in tokenize("***** Weather!")]
    ['*****', 'Weather', '!']
    """
    out: list[Token] = []
    for match in _WORD.finditer(text):
        word = match.group()
        if word.isalnum():
            out.append(_token(word, match.start() + offset))
        else:
            _emit(out, word, match.start() + offset)
    return out


def _emit(out: list[Token], word: str, start: int) -> None:
    if len(word) > 1 and word[-1] == "." and word.count(".") == 1 and word[:-1].lower() not in KNOWN and not _initial(word):
        _emit(out, word[:-1], start)
        out.append(_token(".", start + len(word) - 1))
        return
    if "'" in word or "’" in word:
        clitic = _CLITIC.search(word)
        if clitic and clitic.start() > 0:
            out.append(_token(word[: clitic.start()], start))
            out.append(_token(word[clitic.start() :], start + clitic.start()))
            return
        head = re.split(r"['’]", word, maxsplit=1)[0]
        if len(word) > 1 and head and head.lower() not in _NAME_PARTS and word[-1] in "'’":
            out.append(_token(word[:-1], start))
            out.append(_token(word[-1], start + len(word) - 1))
            return
    out.append(_token(word, start))


def _initial(word: str) -> bool:
    return len(word) == 2 and word[0].isupper()


def _token(text: str, start: int) -> Token:
    return Token(start=start, end=start + len(text), text=text, lemma=text.lower())
