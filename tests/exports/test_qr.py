"""A QR code is read by an independent reader as the address that it was made of."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
import pytest
import zxingcpp

from ivig_explainer.exports.qr import LONGEST_ADDRESS, LONGEST_MENDED, QUIET, TooLongError, code

HOST = "http://localhost:8866/?"


def pixels(svg: str, scale: int = 4) -> np.ndarray:
    """Return the picture, read from its SVG: horizontal strokes on a light ground, as segno draws them."""
    root = ET.fromstring(svg)
    side = int(float(root.get("viewBox").split()[2]))
    picture = np.full((side, side), 255, np.uint8)
    [_, dark] = root.iter("{http://www.w3.org/2000/svg}path")
    x = y = 0.0
    for part in dark.get("d").replace("M", " M").replace("m", " m").replace("h", " h").split(" "):
        if part[:1] in ("M", "m"):
            mode, x_text = part[0], part[1:]
            pending = x_text
            continue
        if part.startswith("h"):
            length = int(part[1:])
            picture[int(y), int(x) : int(x) + length] = 0
            x += length
        elif part:
            x = float(pending) + (x if mode == "m" else 0)
            y = float(part) + (y if mode == "m" else 0)
    return np.kron(picture, np.ones((scale, scale), np.uint8))


@pytest.mark.parametrize(
    "query",
    [
        "",
        "tab=explore&category=Neurological&evidence=strong&q=neuropathy&condition=cidp",
        "q=%E5%85%8D%E7%96%AB",
        "q=<script>&x=\"'",
        "teach.lecture.text=" + "eNqLjgUAARUAuQ_-" * 60,
        "x" * (LONGEST_MENDED - len(HOST)),
        "y" * (LONGEST_ADDRESS - len(HOST)),
    ],
    ids=["plain", "view", "non-Latin", "marks", "lecture", "longest-mended", "longest"],
)
def test_the_code_reads_as_its_address(query):
    """Short and long, with any marks."""
    [read] = zxingcpp.read_barcodes(pixels(code(HOST + query).svg))
    assert read.text == HOST + query
    assert "QR" in read.format.name.upper()


def test_the_code_has_its_quiet_zone():
    """Four light modules stand around it, on a ground of its own, whatever the page's colour."""
    made = code(HOST)
    picture = pixels(made.svg, 1)
    assert picture[:QUIET].min() == picture[:, :QUIET].min() == picture[-QUIET:].min() == picture[:, -QUIET:].min() == 255
    assert picture[QUIET, QUIET] == 0
    assert "#fff" in made.svg


def test_an_address_that_is_too_long_is_refused_with_a_sentence():
    """It says how long the address is, and what to do."""
    with pytest.raises(TooLongError, match=r"2,954 characters, and a QR code holds 2,953. Copy the link instead"):
        code("x" * (LONGEST_ADDRESS + 1))


def test_a_fine_code_is_known_as_one():
    """A short address can be scanned from afar, a long one cannot."""
    assert not code(HOST + "tab=explore&condition=cidp").fine
    assert code(HOST + "x" * 2000).fine
