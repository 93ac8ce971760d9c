"""A model on this machine as a measurer: media in, a recording out, and nothing is sent anywhere."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leed import plugins
from leed.embed.hub import folder_of
from leed.errors import OptionError
from leed.schema import Recording
from leed_adapters.measuring.measurer import Settings, Watch, off_loop
from leed_adapters.measuring.media import Media
from leed_adapters.transformers.presets import presets
from leed_adapters.transformers.wishes import NAMES, Wishes, wishes_of

if TYPE_CHECKING:
    from leed_adapters.transformers.measuring import Measuring


@dataclass(frozen=True)
class LocalModel:
    """A measurer for each model that transformers loads: from a folder, or by its name on Hugging Face's hub.

    Attributes:
        model: the folder or name.
    """

    model: str | None = None
    is_local = True

    @property
    def name(self) -> str:
        """What ``--model`` calls it."""
        return f"transformers:{self.model}" if self.model else "transformers"

    @property
    def title(self) -> str:
        """What messages call it."""
        return str(self.model)

    def with_model(self, model: str) -> LocalModel:
        """Return the measurer of one model."""
        return LocalModel(model)

    @asynccontextmanager
    async def open(self, settings: Settings, watch: Watch) -> AsyncGenerator[Turns]:
        """Yield what measures, with the model loaded.

        Raises:
            OptionError: no model is named, or an option is none of its.
            InputError: there is no such model here, or none that leed can use.
            MissingPackageError: torch or transformers is not installed.
        """
        if not self.model:
            known = ", ".join(f"transformers:{name}" for name in presets())
            raise OptionError(
                f"which model? put a folder, or a name on Hugging Face's hub, behind a colon. Well known are {known}"
            )
        settings.speciality(self.name, *NAMES)
        settings.no_language(self.name)
        if settings.base_url is not None:
            raise OptionError(f"{self.name} computes here, and has no address: leave out base_url")
        yield Turns(await off_loop(self._loaded, wishes_of(dict(settings.special)), watch))

    def _loaded(self, wishes: Wishes, watch: Watch) -> Measuring:
        try:
            from leed_adapters.transformers.loading import load  # noqa: PLC0415 - loads torch and transformers
            from leed_adapters.transformers.measuring import Measuring  # noqa: PLC0415 - as above
        except ModuleNotFoundError as error:
            raise plugins.missing(self.name, error, extra="transformers") from error
        model = str(self.model)
        folder = folder_of(model, what=self.name, revision=wishes.revision, download=wishes.download)
        loaded = load(
            folder,
            name=model,
            device=wishes.device,
            dtype=wishes.dtype,
            modality=wishes.modality,
            activation=wishes.activation,
        )
        return Measuring(loaded, wishes, watch)


class Turns:
    """A model that measures one medium after the other."""

    def __init__(self, measuring: Measuring) -> None:
        self._measuring = measuring
        self._turn = asyncio.Lock()

    async def measure(self, media: Media) -> Recording:
        """Return what is measured in a medium; whoever cancels it stops the work after the batch at hand.

        Raises:
            InputError: it holds nothing that the model takes.
        """
        stop = threading.Event()
        async with self._turn:
            try:
                found: Recording = await off_loop(self._measuring.measure, media, stop)
            except asyncio.CancelledError:
                stop.set()
                raise
        return found

    async def submit(self, media: Media) -> str:
        """Raise: nothing is handed over."""
        raise OptionError(f"{media.name}: a local model has no jobs that go on by themselves; wait for its result")

    async def resume(self, job: str) -> Recording:
        """Raise: there are no jobs."""
        raise OptionError(f"a local model has no jobs, so {job!r} is none of its: measure the file again")


def named(model: str | os.PathLike[str] | None) -> LocalModel:
    """Return the measurer of a model, by what a call names: a folder or a name, with or without "transformers:"."""
    return LocalModel(os.fspath(model).removeprefix("transformers:") if model else None)
