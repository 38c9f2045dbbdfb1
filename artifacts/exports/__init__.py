"""The schema for other tools: DBML for every project, and models in the language that the brief names."""

from artifacts.exports.dbml import dbml
from artifacts.exports.dialects import spelling
from artifacts.exports.efcore import entity_classes
from artifacts.exports.jpa import entities
from artifacts.exports.prisma import prisma
from artifacts.exports.sqlalchemy import models
from contracts.plan import Design


def exports(design: Design) -> dict[str, str]:
    """Texts by their path under `planning`; models for the stated language where they can spell the engine's types.

    JPA's and Entity Framework's classes are written for PostgreSQL alone.
    """
    title, schema = design.requirements.title, design.schema_design
    found = {"schema.dbml": dbml(title, schema)}
    words, postgresql = spelling(schema.dialect), schema.dialect == "postgresql"
    match design.requirements.stack.language:
        case "python" if words:
            found["models/models.py"] = models(title, schema, words)
        case "typescript" if words:
            found["models/schema.prisma"] = prisma(title, schema, words)
        case "java" if postgresql:
            found |= {f"models/{name}": text for name, text in entities(title, schema).items()}
        case "csharp" if postgresql:
            found["models/Models.cs"] = entity_classes(title, schema)
    return found
