"""What may be sent to the API, checked before anything is done with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from insights.exceptions import UnknownKeyError


class Question(serializers.Serializer[dict[str, Any]]):
    """A question to the assistant."""

    question = serializers.CharField(max_length=1000)
    language = serializers.ChoiceField(choices=["en", "zh"], required=False, allow_null=True)
    conversation = serializers.UUIDField(required=False, allow_null=True)
    as_of = serializers.DateTimeField(required=False, allow_null=True)


class Suggestions(serializers.Serializer[dict[str, Any]]):
    """Which products to suggest."""

    type = serializers.CharField(max_length=32, default="for_you")
    customer = serializers.CharField(max_length=128, required=False)
    product = serializers.CharField(max_length=128, required=False)
    limit = serializers.IntegerField(min_value=1, max_value=50, default=8)


class Training(serializers.Serializer[dict[str, Any]]):
    """What to train, and as of when."""

    families = serializers.ListField(child=serializers.CharField(max_length=32), default=list)
    as_of = serializers.DateTimeField(required=False, allow_null=True, default=None)


def parsed(form: type[serializers.Serializer[dict[str, Any]]], data: Any) -> dict[str, Any]:
    """The values of a request.

    Raises:
        UnknownKeyError: a name is none of the form's.
        ValidationError: a value is missing or wrong.
    """
    sent = form(data=data)
    for name in data if isinstance(data, Mapping) else ():
        if name not in sent.fields:
            raise UnknownKeyError("field", name, sent.fields)
    sent.is_valid(raise_exception=True)
    values: dict[str, Any] = sent.validated_data
    return values
