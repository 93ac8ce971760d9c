"""An OpenAI-compatible server that describes expressions on the way through, and shows its work on a page."""
