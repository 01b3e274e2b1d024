"""What is chosen in a form stands in the address, and the address restores it."""

from __future__ import annotations

import ivig_explainer as ivig
from ivig_explainer.app import Dashboard
from ivig_explainer.tabs.remembered import remember
from ivig_explainer.view import View
from ivig_explainer.widgets import Form

DATA = ivig.load()
FIELDS = [
    {"name": "weight", "kind": "number", "min": 1, "max": 200},
    {"name": "model", "kind": "select", "options": [{"value": "lee"}, {"value": "cheng"}]},
    {"name": "risks", "kind": "checks", "options": [{"value": "age"}, {"value": "clots"}]},
]


def remembered(view: View | None = None) -> tuple:
    """Return a session that shows `view`, and a form that it remembers at "living.form"."""
    session = Dashboard(DATA).session
    session.show(view or View())
    form = Form(fields=FIELDS, values={"weight": 70, "model": "lee", "risks": []})
    remember(session, "living.form", form)
    return session, form


class TestRemember:
    def test_what_is_as_usual_is_left_out(self):
        """Only what the visitor changed stands in the address, and nothing once it is changed back."""
        session, form = remembered()
        form.values = {**form.values, "weight": 80}
        assert session.view.part("living.form") == {"weight": ("80",)}
        form.values = {**form.values, "weight": 70}
        assert session.view.parts == ()

    def test_an_address_fills_the_form(self):
        """A link that was made from one form fills another just so."""
        session, form = remembered()
        form.values = {"weight": 82.5, "model": "cheng", "risks": ["age", "clots"]}
        _, again = remembered(View.from_query(session.view.to_query(), DATA)[0])
        assert again.values == form.values

    def test_going_back_takes_the_form_back(self):
        """A change of the address changes the form, also to what is usual."""
        session, form = remembered()
        form.values = {**form.values, "model": "cheng"}
        session.show(View())
        assert form.values == {"weight": 70, "model": "lee", "risks": []}

    def test_what_the_form_does_not_allow_is_dropped_with_a_notice(self):
        """A field that is none, a number out of range, a choice that is none: the visitor is told, and the address is put right."""
        wrong = {"weight": "4000", "model": "magic", "risks": ["age", "x"], "height": "1"}
        session, form = remembered(View().keep("living.form", wrong))
        assert form.values == {"weight": 70, "model": "lee", "risks": ["age"]}
        assert [notice.split(": ")[1].split(" ")[0] for notice in session.frame.notices] == [
            f"living.form.{name}" for name in ("height", "model", "risks", "weight")
        ]
        assert session.view.part("living.form") == {"risks": ("age",)}

    def test_no_number_breaks_it(self):
        """Text that is no finite number is no number."""
        for text in ("nan", "inf", "1e999", "ten", "０x"):
            assert remembered(View().keep("living.form", {"weight": text}))[1].values["weight"] == 70
