"""A server on loopback that speaks Behavioral Signals' REST API v5, and its gRPC streaming.

It finds utterances by loudness, as the fake of Hume does. Verified by the SDK behavioralsignals.

>>> from urllib.request import Request as Ask, urlopen
>>> with FakeBehavioralSignals() as service:
...     asked = Ask(f"{service.base_url}/auth", headers={"X-Auth-Token": "any", "X-Auth-Client": "1"})
...     with urlopen(asked) as answer:
...         answer.status
200

``python -m leed_adapters.fakes.behavioral_signals`` serves it by itself.
"""

from leed_adapters.fakes.behavioral_signals.server import FakeBehavioralSignals
from leed_adapters.fakes.serving import Fault, Request

__all__ = ["FakeBehavioralSignals", "Fault", "Request"]
