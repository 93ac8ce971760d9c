"""Images of one scene, measured in one request, so that a face keeps its name from one to the next."""

from __future__ import annotations

import asyncio
from typing import Any

from leed.errors import UnfinishedError
from leed.schema import Recording
from leed_adapters.hume.client import Hume
from leed_adapters.hume.failing import TITLE
from leed_adapters.measuring.calls import Options, Unpack, settings_of
from leed_adapters.measuring.media import media_of
from leed_adapters.measuring.syncing import run


def images(media: Any, *, name: str = "images", **options: Unpack[Options]) -> Recording:  # noqa: ANN401 - as measure
    """Return what is measured in images of one scene, in their order; frame numbers count them.

    Args:
        media: JPEG or PNG images: paths, bytes, or files open for bytes.
        name: the source of what is measured.
        options: as for `leed_adapters.hume.measure`, whose errors these are too.
    """
    return run(lambda: aimages(media, name=name, **options))


async def aimages(media: Any, *, name: str = "images", **options: Unpack[Options]) -> Recording:  # noqa: ANN401 - as above
    """Return what `images` returns, for code that is async itself."""
    settings, watch = settings_of({**options})
    async with Hume().open(settings, watch) as service:
        try:
            async with asyncio.timeout(settings.patience):
                return await service.images(media_of(media), name)
        except TimeoutError:
            raise UnfinishedError(f"{name}: {TITLE} gave no result in {settings.patience:g} s") from None
