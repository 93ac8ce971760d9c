"""``python -m leed_adapters.fakes.phonexia [PORT]``: the fake by itself, until Ctrl-C."""

from leed_adapters.fakes.phonexia import FakePhonexia
from leed_adapters.fakes.serving import serve_until_stopped

if __name__ == "__main__":
    serve_until_stopped(FakePhonexia(), {"PHONEXIA_BASE_URL": "{base_url}"})
