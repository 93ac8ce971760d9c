"""``python -m leed`` is the command ``leed``."""

from leed.cli import main

if __name__ == "__main__":
    main()
