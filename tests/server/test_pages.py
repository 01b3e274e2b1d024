"""Pages as they are sent: in one piece where they can be, with a word where they cannot be made."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from ivig_explainer.server.pages import PAUSE_SECONDS, joined


async def parts(*texts: str | float) -> AsyncIterator[str]:
    """Yield texts, and wait where a number stands."""
    for text in texts:
        if isinstance(text, str):
            yield text
        else:
            await asyncio.sleep(text)


async def collected(*texts: str | float) -> list[str]:
    return [text async for text in joined(parts(*texts))]


class TestJoined:
    def test_what_comes_together_is_sent_together(self):
        """Parts without a pause between them make one."""
        assert asyncio.run(collected("a", "b", "c")) == ["abc"]

    def test_what_is_there_is_sent_before_a_pause(self):
        """The head of the page does not wait for the notebook."""
        assert asyncio.run(collected("a", "b", 10 * PAUSE_SECONDS, "c", "d")) == ["ab", "cd"]

    def test_nothing_is_sent_as_nothing(self):
        """An empty page has no parts."""
        assert asyncio.run(collected()) == []
