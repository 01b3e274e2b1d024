"""An address as a QR code, made here: no service sees the address."""

from __future__ import annotations

import io
from dataclasses import dataclass

LONGEST_ADDRESS = 2953  # bytes; the largest QR code holds no more
LONGEST_MENDED = 2331  # bytes; up to here a code also survives a smudge
QUIET = 4  # empty modules around the code, as its standard asks
FINEST_VERSION = 20  # a code of more than 97 modules a side is hard to scan from the back of a hall


class TooLongError(ValueError):
    """An address that no QR code holds; the message says what can be done."""


@dataclass(frozen=True)
class Code:
    """A QR code: the SVG picture, dark on light with its quiet zone, and whether its modules are too fine for a hall."""

    svg: str
    fine: bool


def code(address: str) -> Code:
    """Return the QR code of an address. Raises TooLongError.

    >>> code("http://localhost:8866/?tab=explore").fine
    False
    """
    import segno  # here, because most visits need none

    size = len(address.encode())
    if size > LONGEST_ADDRESS:
        raise TooLongError(f"This address has {size:,} characters, and a QR code holds {LONGEST_ADDRESS:,}. Copy the link instead.")
    made = segno.make_qr(address, error="m" if size <= LONGEST_MENDED else "l", encoding="utf-8")
    picture = io.BytesIO()
    made.save(picture, kind="svg", xmldecl=False, omitsize=True, border=QUIET, dark="#000", light="#fff", nl=False)
    return Code(picture.getvalue().decode(), int(made.version) > FINEST_VERSION)
