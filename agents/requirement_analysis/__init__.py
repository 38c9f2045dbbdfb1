"""Requirement analysis: a brief's text becomes the contract that every other agent reads."""

from agents.requirement_analysis.analysis import requirement_analysis
from agents.requirement_analysis.errors import BriefError

__all__ = ["BriefError", "requirement_analysis"]
