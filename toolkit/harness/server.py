"""What is imported in the process that trials are forked from: the modules that an environment variable names.

One that cannot be imported must not end that process, whatever it raises: the trial that needs it will tell why.
Nothing of what is imported is garbage, and to look for any later, in a trial, would copy what is shared.
"""

import gc
import os
import signal
from contextlib import suppress
from importlib import import_module

VARIABLE = "TOOLKIT_PRELOAD"

if _names := os.environ.pop(VARIABLE, "").split():
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who waits for the trials
    gc.disable()
    for _name in _names:
        with suppress(Exception):
            import_module(_name)
    gc.freeze()
    gc.enable()
