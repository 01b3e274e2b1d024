"""What goes with every export: the notice, the data's version and date, the day of the export; and the file itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from ivig_explainer.dataset import Dataset

NOTICE = "For education only, not medical advice: ask a board-certified immunologist, or the specialist for the condition."
LICENCE = "CC BY 4.0"
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # no XML file may hold these


@dataclass(frozen=True)
class File:
    """A file to save: its name, its media type, its bytes."""

    name: str
    mime: str
    content: bytes


def provenance(data: Dataset) -> str:
    """Return which data an export was made of, and when, as one sentence."""
    return f"Data version {data.version}, checked {data.created}; exported {date.today().isoformat()}. Licence {LICENCE}."


def named(data: Dataset, what: str, form: str) -> str:
    """Return the name of a file: what it holds, the version of the data, the day.

    >>> from types import SimpleNamespace
    >>> named(SimpleNamespace(version="0.1.0"), "conditions", "csv")[:22]
    'ivig-conditions-0.1.0-'
    """
    return f"ivig-{what}-{data.version}-{date.today().isoformat()}.{form}"


def legal(text: str) -> str:
    r"""Return text without the characters that no XML file may hold, such as a bell.

    >>> legal("a\x07b")
    'ab'
    """
    return _ILLEGAL.sub("", text)
