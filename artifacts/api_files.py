"""The files of the API integration agent: what people read, and what tools do."""

from artifacts.api_document import api_integration_md
from artifacts.api_openapi import openapi_yaml
from contracts.api import ApiIntegration
from contracts.published import GeneratedFile

MARKDOWN = "planning/api-integration.md"
OPENAPI = "planning/openapi.yaml"


def api_files(api: ApiIntegration) -> tuple[GeneratedFile, ...]:
    """Both files, relative to the project's folder."""
    return (
        GeneratedFile(path=MARKDOWN, text=api_integration_md(api)),
        GeneratedFile(path=OPENAPI, text=openapi_yaml(api)),
    )
