"""A server on loopback that speaks the REST API of Phonexia Speech Platform 4, and answers by rules.

>>> import leed_adapters.phonexia
>>> with FakePhonexia(states=("pending", "running")) as platform:
...     recording = leed_adapters.phonexia.measure(b"RIFF", base_url=platform.base_url, pause=0.01)
>>> recording
Recording(1 track, 1 segment, 0 issues)
>>> [request.method for request in platform.requests]
['POST', 'GET', 'GET', 'GET']

``python -m leed_adapters.fakes.phonexia`` serves it by itself.
"""

from leed_adapters.fakes.phonexia.server import FakePhonexia, channel
from leed_adapters.fakes.serving import Fault, Request

__all__ = ["FakePhonexia", "Fault", "Request", "channel"]
