"""Parts of submit/bench-torch.py."""
