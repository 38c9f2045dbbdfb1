"""Structured forms of a brief: each file reads one notation into the same things, columns, links and rules."""
