"""The first thing that is imported in the process that trials are forked from.

Nothing of what it then imports is garbage; not looking for any makes it ready earlier. Each call switches the
collector on again in its own process.
"""

import gc

gc.disable()
