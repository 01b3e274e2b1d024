"""Place your bet: on the visitor's wish a guess about the chart before it is seen, then the chart with guess and truth."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from ivig_explainer.bets import Bet, bet, judge
from ivig_explainer.widgets import Form, Markup

if TYPE_CHECKING:
    from ivig_explainer.app import Session

OFFER = '<p class="ivig-bet-offer"><button type="button" data-action="guess">Guess first</button></p>'


class Betting:
    """The offer, the guess and the verdict above a chart. `cover(True)` is called when the chart is to be hidden."""

    def __init__(self, session: Session, cover: Callable[[bool], None]) -> None:
        self.session = session
        self.cover = cover
        self.bet: Bet | None = None
        self.form = Form(label="Your guess")
        self.layout = Markup(css_class="ivig-bet", children={"form": self.form})
        self.layout.on_action(self._act)

    def offer(self, shown: pd.DataFrame, chart: str) -> None:
        """Offer the bet on a chart of the conditions `shown`; another selection or chart ends a bet that was open."""
        found = bet(self.session.data, shown, chart)
        if found != self.bet or not found:
            self.bet = found
            self._close()

    def _close(self) -> None:
        self.layout.html = OFFER if self.bet else ""
        self.cover(False)

    def _act(self, action: str, _: str) -> None:
        if self.bet is None:
            return
        match action:
            case "guess":
                self._ask(self.bet)
            case "bet":
                self._tell(self.bet)
            case "pass":
                self._close()
                self.layout.focus("[data-action=guess]")

    def _ask(self, placed: Bet) -> None:
        scale = {"min": 0, "max": placed.size, "step": 1, "unit": f"of {placed.size}"}
        self.form.fields = [{"name": "guess", "label": placed.question, "kind": "range", **scale}]
        self.form.values = {"guess": placed.size // 2}
        self.cover(True)
        self.layout.html = (
            '<section class="ivig-bet-open" tabindex="-1" aria-label="Your guess before you see the chart"><div data-slot="form"></div><p>'
            '<button type="button" class="ivig-primary" data-action="bet">Show the chart</button> '
            '<button type="button" data-action="pass">Do not guess</button></p></section>'
        )
        self.layout.focus(".ivig-bet-open")

    def _tell(self, placed: Bet) -> None:
        guess = self.form.values.get("guess")
        told = judge(placed, int(guess) if isinstance(guess, int | float) and 0 <= guess <= placed.size else 0)
        self.cover(False)
        self.layout.html = (
            f'<section class="ivig-bet-told" aria-label="Your guess and the truth"><p tabindex="-1">{escape(told)}</p>'
            f"{_scale(placed, int(guess or 0))}"
            '<p><button type="button" data-action="guess">Guess again</button> <button type="button" data-action="pass">Close</button></p>'
            "</section>"
        )
        self.session.announce(told)
        self.layout.focus("p")


def _scale(placed: Bet, guess: int) -> str:
    """Return guess and truth as two bars of one scale; what they say stands in words above them."""
    lines = "".join(
        f'<div><span>{label}</span><b style="width:{100 * value / placed.size:.1f}%"></b><span>{value}</span></div>'
        for label, value in (("Guess", guess), ("Truth", placed.truth))
    )
    return f'<div class="ivig-bet-scale" aria-hidden="true">{lines}</div>'
