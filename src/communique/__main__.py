"""`python -m communique`."""

from communique.cli import entry

if __name__ == "__main__":
    entry()
