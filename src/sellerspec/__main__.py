"""`python -m sellerspec` is the command line."""

from sellerspec.cli import main

if __name__ == "__main__":  # pragma: no branch
    main(prog_name="sellerspec")
