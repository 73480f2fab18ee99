"""The exception tree. Each error has a code, says what happened and what to do next.

CommuniqueError
├── InputError        the input cannot be read            exit 1, or a row in rejects
│   ├── UnreadableInput, EmptyText, NotEnglish, BadEncoding, TooLarge, BadDate, BadField
├── UsageError        the command or call was wrong       exit 2
├── LexiconError      a dictionary entry is malformed     names file and line
├── ModelError        the encoder's files are missing or altered
└── DataMissing       a measuring set is not on this machine
"""

from __future__ import annotations


class CommuniqueError(Exception):
    """Base of all errors of the library. `code` is stable; `stage` names where in the flow it arose."""

    code = "C000"
    stage = "run"


class InputError(CommuniqueError):
    """The input cannot be read as a story."""

    code = "C100"
    stage = "ingest"


class UnreadableInput(InputError):
    """The bytes are of no kind that communique reads."""

    code = "C101"


class EmptyText(InputError):
    """No words were found."""

    code = "C102"


class BadEncoding(InputError):
    """The bytes are not text in any encoding that was tried."""

    code = "C103"


class TooLarge(InputError):
    """The story is longer than the limit in the settings."""

    code = "C104"


class BadDate(InputError):
    """The publication date is not a date."""

    code = "C105"


class BadField(InputError):
    """A field is missing or of the wrong type."""

    code = "C106"


class NotEnglish(InputError):
    """The story is in a language that communique does not code."""

    code = "C107"
    stage = "text"


class UsageError(CommuniqueError):
    """The command or call was wrong."""

    code = "C200"


class LexiconError(CommuniqueError):
    """A lexicon file is malformed; the message names file and line."""

    code = "C300"
    stage = "lexicon"


class ModelError(CommuniqueError):
    """The encoder's files are missing or do not match their hash."""

    code = "C400"
    stage = "encoder"


class DataMissing(CommuniqueError):
    """A measuring set is not on this machine; the message says where it can be had."""

    code = "C500"
    stage = "evaluate"
