"""Embeddings of expressions: put into sentences, which another embedder embeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from langchain_core.embeddings import Embeddings

from leed.describer import Describer, describer_for
from leed.errors import InputError
from leed.readers import read
from leed.schema.terms import Description, Segment


class LeedEmbeddings(Embeddings):
    """Embeddings of the sentences for expressions; plain texts are embedded as they are.

    >>> from langchain_core.embeddings import DeterministicFakeEmbedding
    >>> embeddings = LeedEmbeddings(DeterministicFakeEmbedding(size=8))
    >>> vectors = embeddings.embed_documents(['{"prosody": {"Sadness": 0.34}}', "They sound quite sad."])
    >>> vectors[0] == vectors[1]
    True
    """

    def __init__(
        self,
        embeddings: Embeddings,
        *,
        describer: Describer | None = None,
        **options: Any,  # noqa: ANN401 - those of Describer
    ) -> None:
        """Wrap an embedder.

        Args:
            embeddings: what embeds the sentences.
            describer: what makes them.
            options: in place of a describer, its options: scale, calibration, top, lang, person, tense, ...

        Raises:
            InputError: embeddings is no Embeddings.
            OptionError: an option is not known, or has a value that leed does not know.
        """
        if not isinstance(embeddings, Embeddings):
            raise InputError(f"embeddings is {type(embeddings).__name__}: give Embeddings, such as OpenAIEmbeddings()")
        self.embeddings = embeddings
        self.describer = describer_for(describer, options)

    def sentence(self, given: object) -> str:
        r"""Return what is embedded.

        >>> from langchain_core.embeddings import DeterministicFakeEmbedding
        >>> embeddings = LeedEmbeddings(DeterministicFakeEmbedding(size=8))
        >>> embeddings.sentence({"text": "I'm fine", "prosody": {"Sadness": 0.34}})
        'They said "I\'m fine" and sound quite sad.'
        >>> embeddings.sentence("I'm fine")
        "I'm fine"

        Args:
            given: a text; scores, or {modality: scores}, also as JSON text; a Segment, Utterance or Description; or
                anything with one segment that `leed.read` takes, but a path. JSON text without scores is a text.

        Raises:
            InputError: it is no text, and nothing that can be described, or several segments.
        """
        if isinstance(given, str):
            return self._of_text(given)
        if isinstance(given, Description):
            return str(given)
        if isinstance(given, Segment) or (hasattr(given, "prosody") and hasattr(given, "bursts")):  # an Utterance
            return str(self.describer.describe(given))  # type: ignore[arg-type] # its class loads NumPy
        return self._of_recording(given)

    def _of_text(self, text: str) -> str:
        if text.lstrip()[:1] not in ("{", "["):
            return text
        try:
            return self._of_recording(msgspec.json.decode(text))
        except (msgspec.DecodeError, InputError, RecursionError):
            return text

    def _of_recording(self, given: Any) -> str:  # noqa: ANN401 - whatever leed.read takes
        if given is None or isinstance(given, (int, float)):
            raise InputError(f"a text to embed is {type(given).__name__}: give a str, scores or a segment")
        recording = read(given)
        found = [*(recording.utterances() or recording.segments())]
        if len(found) != 1:
            raise InputError(f"a text to embed holds {len(found)} segments: give one, such as recording.segments()[0]")
        return str(self.describer.describe(found[0]))

    def embed_documents(self, texts: Sequence[Any]) -> list[list[float]]:
        """Return a vector for each text or expression."""
        return self.embeddings.embed_documents([self.sentence(text) for text in texts])

    def embed_query(self, text: Any) -> list[float]:  # noqa: ANN401 - a str, or what `sentence` takes
        """Return the vector of a text or expression."""
        return self.embeddings.embed_query(self.sentence(text))

    async def aembed_documents(self, texts: Sequence[Any]) -> list[list[float]]:
        """Return a vector for each text or expression."""
        return await self.embeddings.aembed_documents([self.sentence(text) for text in texts])

    async def aembed_query(self, text: Any) -> list[float]:  # noqa: ANN401 - as above
        """Return the vector of a text or expression."""
        return await self.embeddings.aembed_query(self.sentence(text))
