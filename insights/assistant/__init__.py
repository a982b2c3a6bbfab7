"""Questions and answers: ``ask`` gives an answer, ``stream`` gives it as it is made."""

from insights.assistant.answer import KINDS, Answer
from insights.assistant.ask import ask, stream

__all__ = ["KINDS", "Answer", "ask", "stream"]
