"""One file a library: each makes an `Embedder` of what the library trains.

The libraries are imported when a method is fitted, so that listing the embedders loads none of them.
"""
