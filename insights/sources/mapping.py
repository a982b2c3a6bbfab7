"""By what rows are taken over: the code of the adapter, and the settings by which amounts, countries and days are read."""

from __future__ import annotations

import inspect
import sys
from hashlib import blake2b

from django.conf import settings as django_settings

from insights.conf import settings
from insights.sources.adapter import Adapter


def mapping_of(adapter: Adapter) -> str:
    """A hash that changes when rows would be taken over in another way; empty where the code cannot be read.

    It is of whole modules, since an adapter calls functions and names constants beside it.
    """
    ours = set(Adapter.__mro__)
    modules = sorted({base.__module__ for base in type(adapter).__mro__ if base not in ours})
    try:
        said = [inspect.getsource(sys.modules[name]) for name in modules]
    except (OSError, TypeError):
        return ""
    rules = settings.BASE_CURRENCY, sorted(settings.RATES.items()), settings.COUNTRY, django_settings.TIME_ZONE
    said.append(repr(rules))
    return blake2b("\0".join(said).encode(), digest_size=16).hexdigest()
