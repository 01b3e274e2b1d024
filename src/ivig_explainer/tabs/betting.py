"""Place your bet: for who wishes it, a guess about each new chart before it is seen, then the chart with guess and truth."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from ivig_explainer.bets import Bet, bet, judge
from ivig_explainer.view import View
from ivig_explainer.widgets import Form, Markup

if TYPE_CHECKING:
    from ivig_explainer.app import Session

OFFER = '<p class="ivig-bet-offer"><button type="button" data-action="guess">Guess first</button></p>'
STOP = '<button type="button" data-action="stop">Stop guessing</button>'


class Betting:
    """The offer, the guess and the verdict above a chart. `cover` is told whether the chart is to be hidden.

    Who has begun to guess is asked again whenever selection or chart change,
    before he sees it, until he stops.
    """

    def __init__(self, session: Session, cover: Callable[[bool], None]) -> None:
        self.session = session
        self.cover = cover
        self.bet: Bet | None = None
        self.guessing = False
        self.about: tuple | None = None  # the selection and chart that the bet is on
        self.form = Form(label="Your guess")
        self.layout = Markup(css_class="ivig-bet", children={"form": self.form})
        self.layout.on_action(self._act)

    def offer(self, shown: pd.DataFrame, view: View) -> None:
        """Offer the bet on the view's chart of the conditions `shown`, or ask at once."""
        if self.about == (view.selection, view.chart):
            return
        self.about = (view.selection, view.chart)
        self.bet = bet(self.session.data, shown, view.chart)
        if self.bet and self.guessing:
            self._ask(self.bet)
        else:
            self._rest()

    def _rest(self) -> None:
        self.cover(False)
        self.layout.html = OFFER if self.bet else ""

    def _act(self, action: str, _: str) -> None:
        if self.bet is None:
            return
        match action:
            case "stop":
                self.guessing = False
                self._rest()
                self.layout.focus("button")
            case "guess":
                self.guessing = True
                self._ask(self.bet)
                self.layout.focus(".ivig-bet-open")
            case "bet" if self.guessing:
                self._tell(self.bet)
                self.layout.focus("p")

    def _ask(self, placed: Bet) -> None:
        scale = {"min": 0, "max": placed.size, "step": 1, "unit": f"of {placed.size}"}
        self.form.fields = [{"name": "guess", "label": placed.question, "kind": "range", **scale}]
        self.form.values = {"guess": placed.size // 2}
        self.cover(True)
        self.layout.html = (
            '<section class="ivig-bet-open" tabindex="-1" aria-label="Your guess before you see the chart"><div data-slot="form"></div>'
            f'<p><button type="button" class="ivig-primary" data-action="bet">Show the chart</button> {STOP}</p></section>'
        )

    def _tell(self, placed: Bet) -> None:
        given = self.form.values.get("guess")
        guess = min(max(int(given), 0), placed.size) if isinstance(given, int | float) else 0
        told = judge(placed, guess)
        self.cover(False)
        self.layout.html = (
            f'<section class="ivig-bet-told" aria-label="Your guess and the truth"><p tabindex="-1">{escape(told)}</p>'
            f"{_scale(placed, guess)}<p>Choose another filter or chart to guess again. {STOP}</p></section>"
        )
        self.session.announce(told)


def _scale(placed: Bet, guess: int) -> str:
    """Return guess and truth as two bars of one scale; what they say stands in words above them."""
    lines = "".join(
        f'<div><span>{label}</span><b style="width:{100 * value / placed.size:.1f}%"></b><span>{value}</span></div>'
        for label, value in (("Guess", guess), ("Truth", placed.truth))
    )
    return f'<div class="ivig-bet-scale" aria-hidden="true">{lines}</div>'
