"""Typed contracts between agents: frozen pydantic models and nothing else."""
