"""The frozen program's start: child processes of the analysis start here too."""

import multiprocessing
import sys

from service.cli import main

if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(main())
