"""The errors that are about what somebody gave us; every other exception is a fault of ours and keeps its traceback."""

from artifacts.reading import DocumentError
from contracts.brief import BriefError
from flows.engines.errors import EngineError
from flows.inputs import InputError
from flows.strictness import NotReadyError

USER_ERRORS = (InputError, BriefError, DocumentError, EngineError, NotReadyError)
