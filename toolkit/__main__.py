"""``python -m toolkit``: the command line, for an environment whose scripts are not on the path."""

import sys

from toolkit.cli import main

if __name__ == "__main__":
    sys.exit(main())
