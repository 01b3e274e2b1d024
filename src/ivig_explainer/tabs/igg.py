"""A drawing of an IgG antibody whose parts can be chosen, as SVG in the colours of the page."""

from __future__ import annotations

from html import escape

PARTS = {"Fab": "Fab arms", "Fc": "Fc stem", "both": "Whole antibody", "other": "Other or unclear"}


def igg(pressed: str, acting: frozenset[str], counts: dict[str, int]) -> str:
    """Return the drawing: `pressed` is the chosen part or "", `acting` the parts where the mechanisms shown act.

    `counts` is the number of mechanisms of each part, which is told in the part's name.
    """

    def part(name: str, drawn: str) -> str:
        label = escape(f"{PARTS[name]}: {counts[name]} mechanism{'' if counts[name] == 1 else 's'}", quote=True)
        acts = " ivig-igg-acts" if name in acting else ""
        return (
            f'<g class="ivig-igg-part{acts}" role="button" tabindex="0" aria-pressed="{str(pressed == name).lower()}" '
            f'aria-label="{label}" data-action="part" data-value="{name}">{drawn}</g>'
        )

    return (
        '<svg class="ivig-igg" viewBox="0 0 400 352" role="group" aria-label="Drawing of an IgG antibody: choose a part">'
        + _HINGE
        + part("Fab", _arm("left") + _arm("right") + _text(200, 28, "middle", "Fab", counts))
        + part("Fc", _STEM + _text(157, 268, "end", "Fc", counts))
        + part("both", _BRACKET + _text(355, 178, "middle", "both", counts))
        + part("other", _CELL + _text(4, 342, "start", "other", counts))
        + _NAMES
        + "</svg>"
    )


def _text(x: int, y: int, anchor: str, part: str, counts: dict[str, int]) -> str:
    label = "Whole" if part == "both" else PARTS[part]
    return f'<text class="ivig-igg-label ivig-igg-{anchor}" x="{x}" y="{y}">{label} ({counts[part]})</text>'


def _domain(x: float, y: float, kind: str) -> str:
    """Return one domain, the bead of which chains are made."""
    return f'<ellipse class="ivig-igg-{kind}" cx="{x}" cy="{y}" rx="15" ry="24"/>'


def _arm(side: str) -> str:
    """Return one arm: the light chain outside, the heavy chain inside, the two variable domains at the tip."""
    sign = -1 if side == "left" else 1
    outer = 16 * sign
    return (
        f'<g transform="translate({200 + 12 * sign} 166) rotate({40 * sign})">'
        + _domain(outer, -38, "light")
        + _domain(-outer, -34, "heavy")
        + _domain(outer, -86, "tip")
        + _domain(-outer, -82, "tip")
        + '<path class="ivig-igg-antigen" d="M0 -104 l9 -18 h-18 z"/></g>'
    )


_HINGE = '<g class="ivig-igg-hinge"><path d="M188 158 L192 200 M212 158 L208 200 M190 174 H210 M191 187 H209"/></g>'
_STEM = (
    _domain(180, 224, "heavy")
    + _domain(220, 224, "heavy")
    + _domain(183, 276, "heavy")
    + _domain(217, 276, "heavy")
    + "".join(f'<path class="ivig-igg-sugar" d="M195 {y} l5 -4 5 4 v6 l-5 4 -5 -4z"/>' for y in (214, 228))
)
_BRACKET = (
    '<path class="ivig-igg-bracket" d="M296 56 h10 V300 h-10"/><rect class="ivig-igg-plate" x="312" y="158" width="86" height="30" rx="6"/>'
)
_CELL = '<circle class="ivig-igg-cell" cx="42" cy="290" r="32"/><circle class="ivig-igg-nucleus" cx="37" cy="292" r="12"/>'
_NAMES = (
    '<g class="ivig-igg-names"><path d="M70 62 L108 74 M214 180 H240 M208 226 H246"/>'
    '<text x="4" y="42">antigen held</text><text x="4" y="60">by the tip</text><text x="244" y="185">hinge</text>'
    '<text x="250" y="231">sugar</text></g>'
)
