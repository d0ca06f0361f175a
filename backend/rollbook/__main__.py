"""`python -m rollbook` is the command line."""

from rollbook.cli.main import run

if __name__ == "__main__":
    run()
