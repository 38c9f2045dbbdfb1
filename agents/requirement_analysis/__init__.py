"""Requirement analysis: a brief's text becomes the contract that every other agent reads."""

from agents.requirement_analysis.analysis import requirement_analysis

__all__ = ["requirement_analysis"]
