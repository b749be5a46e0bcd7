"""What PyTorch trains: a file for each kind of data, and what they share in `training`.

PyTorch is imported when a method is fitted, never before: it takes a second, and it is an optional extra.
"""
