"""A second shop with its own habits: other names, keys of other types, a table for people beside Django's users."""
