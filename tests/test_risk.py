"""Links between factors and reactions are statements of the tables, and nothing is added to them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ivig_explainer as ivig
from ivig_explainer import risk
from ivig_explainer.reactions import SEVERITIES

NAMES = [factor.name for factor in risk.factors(ivig.load())]
some = st.lists(st.sampled_from(NAMES), unique=True)


class TestTable:
    def test_every_statement_stands_in_another_table(self, data):
        """`matched_text` is word for word an item of the reaction's risk factors, or a contraindication of a product."""
        own = data.adverse_reactions.set_index("id")["risk_factors"]
        labels = {statement for statements in data.products["contraindications"] for statement in statements}
        for row in data.risk_factors.itertuples():
            assert row.matched_text in own[row.reaction] or row.matched_text in labels, row.id

    def test_every_source_belongs_to_the_statement(self, data):
        """A link cites only sources of the row in which its statement stands, or of figures on that reaction."""
        reactions = data.adverse_reactions.set_index("id")
        for row in data.risk_factors.itertuples():
            naming = data.products[data.products["contraindications"].map(lambda texts, text=row.matched_text: text in texts)]
            allowed = set(reactions.loc[row.reaction, "sources"]) | {s for sources in naming["sources"] for s in sources}
            assert set(row.sources) <= allowed, row.id

    def test_no_risk_factor_is_left_out(self, data):
        """Each item of each reaction's risk factors has its link."""
        linked = set(zip(data.risk_factors["reaction"], data.risk_factors["matched_text"], strict=True))
        for row in data.adverse_reactions.itertuples():
            assert {(row.id, text) for text in row.risk_factors} <= linked

    def test_a_factor_is_asked_in_one_way(self, data):
        """Rows of one factor share their question and what it is about."""
        assert (data.risk_factors.groupby("factor")[["question", "about"]].nunique() == 1).all(axis=None)
        assert set(data.risk_factors["about"]) == set(risk.GROUPS)


class TestConcerns:
    @given(some)
    def test_concerns_are_exactly_what_the_table_links(self, data, chosen):
        """A reaction is a concern where a row links it to a chosen factor, with every such row as a reason, and nowhere else."""
        rows = data.risk_factors[data.risk_factors["factor"].isin(chosen)]
        found = [(c.reaction["id"], reason.factor, reason.text) for c in risk.concerns(data, chosen) for reason in c.reasons]
        assert sorted(found) == sorted(zip(rows["reaction"], rows["factor"], rows["matched_text"], strict=True))

    @given(some, some)
    def test_more_factors_never_take_a_concern_away(self, data, one, other):
        """The concerns of two lists of factors together are those of each."""
        ids = [{c.reaction["id"] for c in risk.concerns(data, chosen)} for chosen in (one, other, {*one, *other})]
        assert ids[0] | ids[1] == ids[2]

    @given(some)
    def test_concerns_stand_by_severity_alone(self, data, chosen):
        """The serious first; within a severity the order is that of the table, however many reasons there are."""
        found = risk.concerns(data, chosen)
        order = [(list(SEVERITIES).index(c.reaction["severity"]), c.reaction["id"]) for c in found]
        assert order == sorted(order)

    def test_a_label_s_statement_names_the_products(self, data):
        """A contraindication carries the brands whose labels hold it; a risk factor carries none."""
        (concern,) = risk.concerns(data, ["Corn allergy"])
        assert concern.reasons[0].brands == ("Octagam 5%",)
        (concern,) = risk.concerns(data, ["Previous clot"])
        assert concern.reaction["id"] == "thromboembolism"
        assert concern.reasons[0].brands == ()

    def test_an_unknown_factor_is_named(self, data):
        """A factor that is not in the table is an error that names it."""
        with pytest.raises(ValueError, match="no such factor: Bad luck"):
            risk.concerns(data, ["Bad luck"])


class TestMeasures:
    @given(some)
    def test_measures_are_the_prevention_of_the_concerns(self, data, chosen):
        """Each item of prevention stands once, with every reaction that names it and all their sources."""
        found = risk.concerns(data, chosen)
        measures = risk.measures(found)
        assert len({m.text for m in measures}) == len(measures)
        pairs = {(m.text, reaction) for m in measures for reaction in m.reactions}
        assert pairs == {(text, c.reaction["id"]) for c in found for text in c.reaction["prevention"]}
        sources = data.adverse_reactions.set_index("id")["sources"]
        assert all(set(m.sources) == {s for reaction in m.reactions for s in sources[reaction]} for m in measures)

    def test_what_no_factor_points_to_is_said(self, data):
        """Reactions without any link are listed, so that silence is not taken for safety."""
        assert set(risk.unlinked(data)["id"]) == set(data.adverse_reactions["id"]) - set(data.risk_factors["reaction"])
