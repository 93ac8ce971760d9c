"""Ray: the work of `leed batch`, `embed` and `predict` on many machines, and descriptions for data sets of Ray's.

`run` is the engine ``ray``: what `leed.batch.engines.Engine` says, done by actors of Ray Data. `DescribeBatches` is a
class for ``Dataset.map_batches``.
"""

from leed_adapters.ray.describing import DescribeBatches
from leed_adapters.ray.engine import run

__all__ = ["DescribeBatches", "run"]
