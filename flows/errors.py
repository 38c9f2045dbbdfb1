"""The errors that are about what somebody gave us; every other exception is a fault of ours and keeps its traceback."""

from agents.requirement_analysis.errors import BriefError
from artifacts.reading import DocumentError
from flows.engines.errors import EngineError
from flows.inputs import InputError
from flows.strictness import NotReadyError

USER_ERRORS = (InputError, BriefError, DocumentError, EngineError, NotReadyError)
