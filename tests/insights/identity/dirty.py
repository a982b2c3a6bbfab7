"""Made-up people, some of them there twice and written otherwise the second time: who is whom is known."""

from __future__ import annotations

import random

from insights.identity import phone_key
from insights.models import Customer

_FIRST = (
    "Ada Ben Cleo Dan Eva Finn Greta Hugo Ines Jon Karl Lena Mara Nils Olga Paul Rosa Sven Tara Uwe Vera Willem Yara "
    "Zoe Anton Berta Carla Dieter Elsa Frank"
).split()
_LAST = (
    "Ashdown Bergmann Castellano Duval Eriksson Fairbanks Grunewald Hartmann Ivanova Jansen Kowalski Lindqvist Moreau "
    "Novakova Oliveira Petersen Quintana Rasmussen Schneider Takahashi Ulrich Vasquez Winterbottom Yilmaz Zimmermann"
).split()
_HAN = "林悦 周子涵 陈嘉宁 王思远 赵明轩 孙雨桐 吴浩然 郑晓彤 冯建国 褚梦琪".split()
_CITIES = "London York Leeds Berlin Hamburg Paris Lyon 上海 北京 Porto".split()


def people(count: int, seed: int = 5) -> set[tuple[int, int]]:
    """Write ``count`` people, a third of them twice; gives the pairs that are one person, the lower key first."""
    rng = random.Random(seed)
    rows, twice = [], []
    for number in range(count):
        row = _person(rng, number)
        rows.append(row)
        if number % 3 == 0:
            twice.append((len(rows) - 1, len(rows)))
            rows.append(_dirty(rng, row, number))
    made = Customer.objects.bulk_create(
        Customer(external_id=str(place), phone_key=phone_key(row["phone"], "GB"), country="GB", **row)
        for place, row in enumerate(rows)
    )
    return {(made[one].pk, made[other].pk) for one, other in twice}


def _person(rng: random.Random, number: int) -> dict[str, str]:
    if number % 10 == 9:
        name, local = rng.choice(_HAN), f"user{rng.randrange(10**6)}"
    else:
        first, last = rng.choice(_FIRST), rng.choice(_LAST)
        name, local = f"{first} {last}", f"{first}.{last}{rng.randrange(100)}".lower()
    return {
        "name": name,
        "email": f"{local}@{rng.choice(('gmail.com', 'example.com', 'mail.example'))}",
        "phone": f"07{rng.randrange(10**9):09}" if rng.random() < 0.7 else "",
        "city": rng.choice(_CITIES),
    }


def _dirty(rng: random.Random, row: dict[str, str], number: int) -> dict[str, str]:
    """The same person at another time: one or two things written otherwise or left out."""
    again = dict(row)
    local, _, host = row["email"].partition("@")
    act = number // 3 % 6
    if act == 0:
        again["email"] = f"{local}+shop@{host}"
    elif act == 1:
        again |= {
            "email": "",
            "name": _slip(rng, row["name"]),
            "phone": row["phone"] or "07000000000"[: 2 + number % 2],
        }
    elif act == 2:
        again |= {"email": f"{local}@{host[:-3]}{host[-2]}{host[-3]}{host[-1]}", "phone": ""}
    elif act == 3:
        again |= {"email": f"other{rng.randrange(10**6)}@example.org", "phone": f"+44 {row['phone'][1:]}"}
    elif act == 4:
        again |= {"name": " ".join(reversed(row["name"].split())), "city": ""}
    else:
        again |= {"name": row["name"][0] + ". " + row["name"].split()[-1], "email": row["email"].upper().lower()}
    if not again["phone"].strip("+4 "):
        again["phone"] = ""
    return again


def _slip(rng: random.Random, name: str) -> str:
    place = rng.randrange(len(name) - 1)
    return name if len(name) < 5 else name[:place] + name[place + 1] + name[place] + name[place + 2 :]
