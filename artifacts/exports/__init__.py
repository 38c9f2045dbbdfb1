"""The schema for other tools: DBML for every project, and models in the language that the brief names."""

from artifacts.exports.dbml import dbml
from artifacts.exports.efcore import entity_classes
from artifacts.exports.jpa import entities
from artifacts.exports.prisma import prisma
from artifacts.exports.sqlalchemy import models
from contracts.plan import Design


def exports(design: Design) -> dict[str, str]:
    """Texts by their path under `planning`; models for the stated language on PostgreSQL, whose types they spell."""
    title, schema = design.requirements.title, design.schema_design
    found = {"schema.dbml": dbml(title, schema)}
    if schema.dialect != "postgresql":
        return found
    match design.requirements.stack.language:
        case "python":
            found["models/models.py"] = models(title, schema)
        case "typescript":
            found["models/schema.prisma"] = prisma(title, schema)
        case "java":
            found |= {f"models/{name}": text for name, text in entities(title, schema).items()}
        case "csharp":
            found["models/Models.cs"] = entity_classes(title, schema)
    return found
