"""Media measured by whatever measures them: a vendor's service or a local model, found by name.

Each vendor's module has the same calls: ``measure``, ``submit`` and ``resume``, and ``ameasure``, ``asubmit`` and
``aresume`` for code that is async itself. `leed measure` is the same on the command line.
"""

from leed_adapters.measuring.gathering import Job
from leed_adapters.measuring.measurer import Event, Measurer, Service, Settings, Watch
from leed_adapters.measuring.media import Media

__all__ = ["Event", "Job", "Measurer", "Media", "Service", "Settings", "Watch"]
