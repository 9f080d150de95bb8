"""Checks before a run: whether photos are fit for it, and whether the installation is sound."""
