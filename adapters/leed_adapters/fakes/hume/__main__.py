"""``python -m leed_adapters.fakes.hume [PORT]``: the fake by itself, until Ctrl-C."""

from leed_adapters.fakes.hume import FakeHume
from leed_adapters.fakes.serving import serve_until_stopped

if __name__ == "__main__":
    environment = {"HUME_BASE_URL": "{base_url}", "HUME_API_KEY": "fake"}
    serve_until_stopped(FakeHume(), environment)
