"""Who is named in a question without the word "customer" before it."""

from __future__ import annotations

import re

from insights.assistant.language.said import measures
from insights.assistant.language.scan import Scan

_FOR_PEOPLE = r"(?:\b(?:to|for|has|did|does|is|was|offer|about|why) |[给为帮替]|介绍(?:一下)?)"
_OF_PEOPLE = r"(?:'s)? ?(?:spen[dt]|b[uo]\w+|order|like|这个人|最近|总?共|一共|花|买|消费|下单|是谁|是个|喜欢|会|为什么|什么时候|上次|的画像|怎么样)"
"""What is done for people only, and what only people do."""

_MOST_WORDS = 4
"""With more words that were not understood it is no question about somebody."""


def take_name(found: Scan) -> str | None:
    """A name in quotation marks, or one that is no other word, beside what only people do or is done for them.

    Its words are taken from those that were not used.
    """
    if found.customer or measures(found) or found.values():
        return None
    if len(found.unused) > _MOST_WORDS:
        return None
    quoted = "|".join(map(re.escape, dict.fromkeys(found.quoted)))
    unread = "|".join(re.escape(word) for word in dict.fromkeys(found.unused) if len(word) > 1)
    names = [rf"[\"“「『](?P<quoted>{quoted})[\"”」』]"] if quoted else []
    # One word may be anything; a key with a number in it, or a first and a last name, hardly are.
    one = rf"(?=[a-z]+\d|[\u4e00-\u9fff])(?:{unread})"
    names += [rf"(?P<unread>(?:{unread})(?: (?:{unread}))+|{one})"] if unread else []
    for name in names:
        match = re.search(rf"{_FOR_PEOPLE}{name}|{name.replace('?P<', '?P<its_')}{_OF_PEOPLE}", found.text)
        if match:
            who = next(filter(None, match.groups()))
            found.unused = [word for word in found.unused if word not in who.split()]
            return who
    return None
