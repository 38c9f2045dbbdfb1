"""The database's validation, from the published design alone: what a suite must know, and what its run means."""

from agents.application_validation.judgement import validation_report
from agents.application_validation.suite import application_validation

__all__ = ["application_validation", "validation_report"]
