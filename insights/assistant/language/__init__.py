"""Questions in English and Chinese, read without a model: a closed lexicon and a grammar."""

from insights.assistant.language.read import read
from insights.assistant.language.reading import Reading
from insights.assistant.language.text import detect

__all__ = ["Reading", "detect", "read"]
