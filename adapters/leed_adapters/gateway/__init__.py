"""``leed serve``: an OpenAI-compatible server that describes expressions on the way to any upstream model."""
