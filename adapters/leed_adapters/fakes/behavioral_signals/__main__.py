"""``python -m leed_adapters.fakes.behavioral_signals [PORT]``: the fake by itself, until Ctrl-C."""

from leed_adapters.fakes.behavioral_signals import FakeBehavioralSignals
from leed_adapters.fakes.serving import serve_until_stopped

if __name__ == "__main__":
    environment = {
        "BEHAVIORALSIGNALS_BASE_URL": "{base_url}",
        "BEHAVIORALSIGNALS_API_KEY": "fake",
        "BEHAVIORALSIGNALS_CID": "1",
    }
    serve_until_stopped(FakeBehavioralSignals(), environment)
