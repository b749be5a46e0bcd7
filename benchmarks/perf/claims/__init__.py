"""One module a claim; see `claim` for what each holds."""
