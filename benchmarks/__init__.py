"""Measurements: each prints its figures beside those of a baseline on the same work."""
