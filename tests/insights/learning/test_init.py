from __future__ import annotations

import subprocess
import sys

import pytest

import insights.learning


def test_getattr__every_public_name_is_there() -> None:
    for name in insights.learning.__all__:
        assert getattr(insights.learning, name)


def test_getattr__unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="Rfm"):
        _ = insights.learning.Rfm


def test_import__loads_neither_numpy_nor_django() -> None:
    program = "import sys, insights.learning; print(sorted({'numpy', 'sklearn', 'django'} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert told.strip() == "[]"


def test_dir__lists_the_public_names() -> None:
    assert dir(insights.learning) == sorted(insights.learning.__all__)
