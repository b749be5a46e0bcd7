"""Methods whose training is the toolkit's own, in PyTorch."""
