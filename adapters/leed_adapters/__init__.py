"""Adapters that put leed into other libraries, one module or package per library, named after it."""
