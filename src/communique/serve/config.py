"""What a desk is started with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskConfig:
    """How one desk runs."""

    dataset: str | Path
    """Folder or URL of the dataset."""
    token: str | None = None
    """What readers must show; None lets everybody read."""
    rate: float = 50.0
    """Requests a second that one reader may send for long."""
    burst: int = 400
    """Requests that one reader may send at once."""
    code_rate: float = 1.0
    """Texts a second that one reader may have coded for long."""
    code_burst: int = 20
    max_body: int = 1_000_000
    """Bytes of the largest request."""
    code_seconds: float = 20.0
    """Longest time for coding one text."""
    code_characters: int = 100_000
    """Longest text that is coded on request."""
    poll_seconds: float = 2.0
    """How often a newer snapshot is looked for."""
    build_index: bool = True
    """Build the index of a snapshot before it is shown, which makes pages quick."""
    cache_bytes: int = 64_000_000
    """Answers that are kept for the snapshot."""
    counts_bytes: int = 64_000_000
    """Counts and rows behind pages that are kept for the snapshot."""
    trust_proxy: bool = False
    """Take the reader's address and the host from X-Forwarded-For and X-Forwarded-Proto."""
