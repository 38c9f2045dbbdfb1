# The image in which a Docker work pool runs flows: docs/prefect.md. It serves nothing and listens on nothing.
FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

# PostgreSQL refuses to run as root, so the embedded engine needs an ordinary user anyway.
RUN useradd --create-home --uid 10001 architect \
    && mkdir /app /applications \
    && chown architect /applications
WORKDIR /app

COPY requirements.lock ./
RUN python -m pip install --require-hashes --requirement requirements.lock

COPY contracts contracts
COPY agents agents
COPY artifacts artifacts
COPY flows flows
COPY examples examples
COPY LICENSE pyproject.toml ./
# Each run is a process of its own, which would compile what is not compiled here.
RUN python -m compileall -q contracts agents artifacts flows

USER architect
ENV PYTHONPATH=/app
VOLUME /applications
CMD ["python", "-m", "flows", "--help"]
