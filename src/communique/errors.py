"""The exception tree. Each error has a code, says what happened and what to do next.

CommuniqueError
├── InputError        the input cannot be read            exit 1, or a row in rejects
│   ├── UnreadableInput, EmptyText, NotEnglish, BadEncoding, TooLarge, BadDate, BadField,
│   ├── NotAStory, NotAnEvent
├── UsageError        the command or call was wrong       exit 2
├── LexiconError      a dictionary entry is malformed     names file and line
├── OntologyError     a user's codebook is malformed      names the type
├── ModelError        the encoder's files are missing or altered
├── RunError          a run cannot go on                  exit 1; the same command resumes
├── DataMissing       a measuring set is not on this machine
├── MissingExtra      a package that a function needs is not installed
├── DeskError         the desk does not answer a request; each has an HTTP status
│   ├── NotSignedIn, CrossSite, NoSuchPage, NotAllowed, BodyTooLarge, WrongKind, TooManyRequests, TookTooLong
└── StoreError        a dataset cannot be read or written
    ├── NotADataset, DatasetDamaged, OldSchema, NewSchema, DatasetBusy, NotFound, QueryError
    ├── WriteFailed       a write did not happen; what was published before still stands
    │   ├── NoSpace, WriteDenied, ShortWrite, RenameFailed
    └── NotStorable       one record cannot be put into rows    a row in rejects
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


class NotAStory(InputError):
    """The input was read, but is no story: a picture, an error page, a redirect."""

    code = "C108"


class NotAnEvent(InputError):
    """A row of an imported event data set has no place in ours."""

    code = "C109"
    stage = "import"


class FetchRefused(InputError):
    """The address may not be fetched: not of the public internet, or robots.txt does not allow it."""

    code = "C110"
    stage = "fetch"


class FetchFailed(InputError):
    """The server did not answer as it should."""

    code = "C111"
    stage = "fetch"


class UsageError(CommuniqueError):
    """The command or call was wrong."""

    code = "C200"


class LexiconError(CommuniqueError):
    """A lexicon file is malformed; the message names file and line."""

    code = "C300"
    stage = "lexicon"


class OntologyError(CommuniqueError):
    """A user's codebook is malformed; the message names the type and what to mend."""

    code = "C310"
    stage = "ontology"


class ModelError(CommuniqueError):
    """The encoder's files are missing or do not match their hash."""

    code = "C400"
    stage = "encoder"


class DataMissing(CommuniqueError):
    """A measuring set is not on this machine; the message says where it can be had."""

    code = "C500"
    stage = "evaluate"


class MissingExtra(CommuniqueError):
    """A package that a function needs is not installed; the message names the extra."""

    code = "C700"


class DeskError(CommuniqueError):
    """The desk does not answer a request."""

    code = "C800"
    stage = "serve"
    status = 400
    """The HTTP status that it is answered with."""


class NotSignedIn(DeskError):
    """The desk asks for a token, and there is none or a wrong one."""

    code = "C801"
    status = 401


class CrossSite(DeskError):
    """A page of another site sent the request."""

    code = "C802"
    status = 403


class NoSuchPage(DeskError):
    """Nothing stands at this address."""

    code = "C803"
    status = 404


class NotAllowed(DeskError):
    """The address does not take this method."""

    code = "C804"
    status = 405


class BodyTooLarge(DeskError):
    """The request is larger than the desk takes."""

    code = "C805"
    status = 413


class WrongKind(DeskError):
    """The body is of a kind that the address does not take."""

    code = "C806"
    status = 415


class TooManyRequests(DeskError):
    """One reader asks more often than the limit."""

    code = "C807"
    status = 429


class TookTooLong(DeskError):
    """The answer would take longer than the limit."""

    code = "C808"
    status = 503


class StoreError(CommuniqueError):
    """A dataset cannot be read or written."""

    code = "C600"
    stage = "store"


class NotADataset(StoreError):
    """There is no dataset at this place."""

    code = "C601"


class DatasetDamaged(StoreError):
    """A file of the dataset is missing or is not what the manifest says."""

    code = "C602"


class OldSchema(StoreError):
    """The dataset was written by an older version and has to be migrated."""

    code = "C603"


class NewSchema(StoreError):
    """The dataset was written by a newer version."""

    code = "C604"


class DatasetBusy(StoreError):
    """Another process is publishing into the dataset."""

    code = "C605"


class NotFound(StoreError):
    """No row has this id."""

    code = "C606"


class QueryError(StoreError):
    """The database refused the question."""

    code = "C607"


class NotStorable(StoreError):
    """The record has a value that the tables cannot hold."""

    code = "C609"


class WriteFailed(StoreError):
    """A write did not happen; what was published before still stands."""

    code = "C620"


class NoSpace(WriteFailed):
    """The disk or the quota is full."""

    code = "C621"


class WriteDenied(WriteFailed):
    """The file system does not let this user write there."""

    code = "C622"


class ShortWrite(WriteFailed):
    """Fewer bytes arrived than were written."""

    code = "C623"


class RenameFailed(WriteFailed):
    """A finished file could not be given its name."""

    code = "C624"


class RunError(CommuniqueError):
    """A run cannot go on; what its shards have done stays done."""

    code = "C800"


class WorkerDied(RunError):
    """The process that coded a story ended with it: out of memory, or killed. A row in rejects."""

    code = "C801"


class WorkersCannotStart(RunError):
    """The workers of a run end before they begin."""

    code = "C802"


class RunBusy(RunError):
    """Another run writes into the dataset."""

    code = "C803"
