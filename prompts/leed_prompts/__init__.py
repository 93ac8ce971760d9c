"""Versioned prompt templates of leed: Jinja files, and no code."""
