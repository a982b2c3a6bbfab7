"""Pictures of the goods, drawn as SVG from a shape and a palette, so that the shop needs no photographs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any
from zlib import crc32

VIEWS = ("front", "close", "table")
"""The pictures of one product: as it is, near by, and in use beside a cup."""


@dataclass(frozen=True)
class Palette:
    """Three colours: behind the thing, its light side, its shadow side."""

    ground: str
    body: str
    shade: str


PALETTES = {
    "celadon": Palette("#dfeae3", "#a9c4b4", "#7fa191"),
    "ivory": Palette("#f6f1e7", "#efe4d0", "#cdbb9c"),
    "porcelain": Palette("#e4eaec", "#f8f8f5", "#c6d0d2"),
    "night": Palette("#d9e2e8", "#3f5566", "#2b3c4a"),
    "tenmoku": Palette("#ead9cf", "#5d3a2b", "#442a20"),
    "moss": Palette("#e3ecdb", "#5f7d4f", "#44603a"),
    "honey": Palette("#f7edd3", "#d9b45f", "#b18d3d"),
    "slate": Palette("#e8eaeb", "#9a9f9f", "#73797a"),
    "rose": Palette("#f6e6e1", "#d9a79b", "#b98175"),
    "persimmon": Palette("#f9e7d8", "#d98a58", "#b26434"),
    "plum": Palette("#ece2eb", "#86637f", "#644860"),
    "indigo": Palette("#e1e5f1", "#5b6b9a", "#414f79"),
    "straw": Palette("#f3eedd", "#cbbd8a", "#a5975f"),
    "clay": Palette("#f1dfd4", "#b5704f", "#8c5138"),
    "iron": Palette("#e6e4e0", "#4b4a48", "#333231"),
    "bamboo": Palette("#f2efdc", "#c9a961", "#9c7f3f"),
}

# Where light falls on a thing, drawn over its side.
_GLOSS = '<path d="M66 92q3 30 14 44" stroke="#fff" stroke-width="4" stroke-linecap="round" fill="none" opacity=".35"/>'
_TINES = "".join(
    f'<path d="M{100 + 2 * n} 96Q{100 + 9 * n} 124 {100 + 6 * n} 154" fill="none" stroke="{{shade}}" stroke-width="2"/>'
    for n in range(-4, 5)
)
_SLATS = "".join(f'<rect x="{x}" y="118" width="8" height="6" rx="3" fill="{{shade}}"/>' for x in range(48, 152, 14))
_WRAP = "".join(
    f'<path d="M100 100L{x} {y}" stroke="{{shade}}" stroke-width="1.2" opacity=".45"/>'
    for x, y in ((100, 48), (137, 63), (152, 100), (137, 137), (100, 152), (63, 137), (48, 100), (63, 63))
)

SHAPES = {
    "gaiwan": (
        '<ellipse cx="100" cy="153" rx="62" ry="9" fill="{shade}"/><ellipse cx="100" cy="150" rx="62" ry="8" fill="{body}"/>'
        '<path d="M50 88h100q-4 50 -30 60h-40q-26 -10 -30 -60Z" fill="{body}"/>{motif}'
        '<path d="M112 88h38q-4 50 -30 60h-14q16 -20 6 -60Z" fill="{shade}" opacity=".45"/>'
        '<path d="M54 84q46 -40 92 0Z" fill="{body}"/><path d="M110 66q22 5 36 18h-30Z" fill="{shade}" opacity=".45"/>'
        '<rect x="50" y="83" width="100" height="6" rx="3" fill="{shade}"/><path d="M90 64l3 -12h14l3 12Z" fill="{shade}"/>'
        + _GLOSS
    ),
    "cup": (
        '<path d="M56 84h88q-2 58 -26 70h-36q-24 -12 -26 -70Z" fill="{body}"/>{motif}'
        '<path d="M114 84h30q-2 58 -26 70h-14q20 -26 10 -70Z" fill="{shade}" opacity=".45"/>'
        '<ellipse cx="100" cy="84" rx="44" ry="9" fill="{shade}"/><ellipse cx="100" cy="86" rx="37" ry="6" fill="{liquor}" opacity=".8"/>'
        + _GLOSS
    ),
    "bowl": (
        '<path d="M38 88h124q-6 50 -44 62h-36q-38 -12 -44 -62Z" fill="{body}"/>{motif}'
        '<path d="M122 88h40q-6 50 -44 62h-18q28 -20 22 -62Z" fill="{shade}" opacity=".45"/>'
        '<rect x="82" y="148" width="36" height="9" rx="3" fill="{shade}"/><ellipse cx="100" cy="88" rx="62" ry="12" fill="{shade}"/>'
        '<ellipse cx="100" cy="91" rx="54" ry="8" fill="{liquor}" opacity=".8"/>'
        '<path d="M50 100q4 22 20 36" stroke="#fff" stroke-width="4" stroke-linecap="round" fill="none" opacity=".3"/>'
    ),
    "mug": (
        '<path d="M136 92q34 -2 32 24t-36 26" fill="none" stroke="{shade}" stroke-width="9"/>'
        '<path d="M54 72h84v74q0 12 -12 12h-60q-12 0 -12 -12Z" fill="{body}"/>{motif}'
        '<path d="M108 72h30v74q0 12 -12 12h-14q-4 -40 -4 -86Z" fill="{shade}" opacity=".4"/>'
        '<ellipse cx="96" cy="72" rx="42" ry="8" fill="{shade}"/><ellipse cx="96" cy="74" rx="35" ry="5" fill="{liquor}" opacity=".8"/>'
        + _GLOSS
    ),
    "glass": (
        '<path d="M60 60h80l-8 90q-1 8 -9 8h-46q-8 0 -9 -8Z" fill="{body}" opacity=".38"/>'
        '<path d="M64 92h72l-5 56q-1 7 -8 7h-46q-7 0 -8 -7Z" fill="{liquor}" opacity=".55"/>{motif}'
        '<path d="M118 62h22l-8 88q-1 8 -9 8h-14q10 -40 9 -96Z" fill="{shade}" opacity=".25"/>'
        '<ellipse cx="100" cy="60" rx="40" ry="7" fill="none" stroke="{shade}" stroke-width="3"/>'
        '<path d="M72 74l5 66" stroke="#fff" stroke-width="4" stroke-linecap="round" opacity=".6"/>'
    ),
    "teapot": (
        '<path d="M140 92q36 -8 34 20t-38 28" fill="none" stroke="{shade}" stroke-width="10"/>'
        '<path d="M62 116q-22 -6 -28 -34l12 -4q6 18 22 22Z" fill="{body}"/>'
        '<ellipse cx="102" cy="116" rx="48" ry="40" fill="{body}"/>{motif}'
        '<path d="M112 77q38 6 38 39t-42 40q22 -34 4 -79Z" fill="{shade}" opacity=".45"/>'
        '<path d="M72 84q30 -22 60 0Z" fill="{body}"/><rect x="70" y="82" width="64" height="5" rx="2.5" fill="{shade}"/>'
        '<circle cx="102" cy="67" r="7" fill="{shade}"/>'
        '<path d="M68 104q-4 20 6 34" stroke="#fff" stroke-width="4" stroke-linecap="round" fill="none" opacity=".35"/>'
    ),
    "kettle": (
        '<path d="M58 92q0 -56 42 -56t42 56" fill="none" stroke="{shade}" stroke-width="8"/>'
        '<path d="M60 120q-24 -2 -32 -36l14 -4q6 20 24 22Z" fill="{body}"/>'
        '<path d="M56 156q-8 -64 44 -68q52 4 44 68Z" fill="{body}"/>{motif}'
        '<path d="M112 89q40 8 32 67h-28q14 -34 -4 -67Z" fill="{shade}" opacity=".45"/>'
        '<path d="M78 92q22 -16 44 0Z" fill="{shade}"/><rect x="95" y="74" width="10" height="11" rx="4" fill="{shade}"/>'
        '<path d="M70 112q-6 18 -2 34" stroke="#fff" stroke-width="4" stroke-linecap="round" fill="none" opacity=".3"/>'
    ),
    "jug": (
        '<path d="M140 88q26 2 22 26t-28 20" fill="none" stroke="{shade}" stroke-width="8"/>'
        '<path d="M62 74l-12 -8q2 22 14 30q-6 44 16 58h42q24 -22 16 -80Z" fill="{body}"/>{motif}'
        '<path d="M116 74h22q8 58 -16 80h-16q18 -30 10 -80Z" fill="{shade}" opacity=".45"/>'
        '<path d="M50 66q10 10 24 10h64" stroke="{shade}" stroke-width="6" fill="none" stroke-linecap="round"/>'
        + _GLOSS
    ),
    "tin": (
        '<rect x="62" y="66" width="76" height="92" rx="5" fill="{body}"/>{motif}'
        '<rect x="112" y="66" width="26" height="92" rx="5" fill="{shade}" opacity=".4"/>'
        '<rect x="58" y="52" width="84" height="24" rx="5" fill="{shade}"/>'
        '<rect x="76" y="94" width="48" height="40" rx="2" fill="{ground}"/>{mark}'
    ),
    "pouch": (
        '<path d="M60 58h80l6 92q0 8 -8 8h-76q-8 0 -8 -8Z" fill="{body}"/>{motif}'
        '<path d="M116 58h24l6 92q0 8 -8 8h-22q8 -50 0 -100Z" fill="{shade}" opacity=".4"/>'
        '<path d="M60 58h80l1 16h-82Z" fill="{shade}"/><rect x="76" y="94" width="48" height="40" rx="20" fill="{ground}"/>{mark}'
    ),
    "box": (
        '<path d="M50 84h100v66q0 6 -6 6h-88q-6 0 -6 -6Z" fill="{body}"/>{motif}'
        '<path d="M126 86h24v64q0 6 -6 6h-18Z" fill="{shade}" opacity=".4"/>'
        '<rect x="44" y="66" width="112" height="20" rx="3" fill="{shade}"/>'
        '<path d="M93 66h14v90h-14Z" fill="{liquor}"/>'
        '<path d="M100 66q-30 -2 -28 -17t28 17q26 -32 28 -17t-28 17Z" fill="none" stroke="{liquor}" stroke-width="5"/>'
    ),
    "cake": (
        '<circle cx="100" cy="100" r="58" fill="{body}"/>{motif}'
        + _WRAP
        + '<circle cx="100" cy="100" r="26" fill="{ground}"/>{mark}'
        '<path d="M100 42a58 58 0 0 1 0 116q34 -58 0 -116Z" fill="{shade}" opacity=".3"/>'
    ),
    "whisk": _TINES + '<path d="M80 154q20 8 40 0" fill="none" stroke="{shade}" stroke-width="2"/>'
    '<path d="M86 44h28v50q-14 6 -28 0Z" fill="{body}"/><path d="M103 44h11v50q-5 3 -11 3Z" fill="{shade}" opacity=".5"/>'
    '<rect x="84" y="86" width="32" height="6" rx="3" fill="{shade}"/>',
    "scoop": (
        '<path d="M124 48l10 8l-48 66q-22 34 -38 22t12 -40q18 -10 28 -20Z" fill="{body}"/>'
        '<path d="M52 138q6 -22 28 -30q6 8 4 16q-20 28 -32 14Z" fill="{shade}" opacity=".7"/>'
        '<path d="M58 134q6 -12 16 -16" stroke="{liquor}" stroke-width="7" stroke-linecap="round" fill="none"/>'
    ),
    "strainer": (
        '<path d="M56 92h88q-4 52 -44 52t-44 -52Z" fill="{body}"/>{motif}<path d="M114 92h30q-4 46 -36 52q14 -22 6 -52Z" fill="{shade}" opacity=".45"/>'
        '<rect x="46" y="84" width="108" height="9" rx="4.5" fill="{shade}"/><path d="M154 88h26" stroke="{shade}" stroke-width="8" stroke-linecap="round"/>'
        '<path d="M68 104h62M72 114h54M78 124h42" stroke="{shade}" stroke-width="2" stroke-dasharray="2 6"/>'
    ),
    "tray": (
        '<rect x="36" y="112" width="128" height="34" rx="5" fill="{body}"/><rect x="36" y="130" width="128" height="16" rx="5" fill="{shade}"/>'
        + _SLATS
        + '<path d="M78 76h44q-2 32 -14 36h-16q-12 -4 -14 -36Z" fill="#efe4d0"/><ellipse cx="100" cy="77" rx="22" ry="4" fill="#cdbb9c"/>'
    ),
    "candle": (
        '<path d="M64 86h72v66q0 6 -6 6h-60q-6 0 -6 -6Z" fill="{body}"/>{motif}<path d="M114 86h22v66q0 6 -6 6h-16Z" fill="{shade}" opacity=".4"/>'
        '<ellipse cx="100" cy="86" rx="36" ry="8" fill="{shade}"/><path d="M100 84v-14" stroke="#4b4a48" stroke-width="2.5"/>'
        '<path d="M100 46q14 16 0 26q-14 -10 0 -26Z" fill="#e9b95b"/>'
    ),
    "cloth": (
        '<rect x="46" y="128" width="108" height="26" rx="13" fill="{shade}"/>'
        '<rect x="46" y="100" width="108" height="32" rx="15" fill="{body}"/>'
        '<path d="M60 132h79a15 16 0 0 0 0 -32q10 16 0 32Z" fill="{shade}" opacity=".5"/>'
        '<path d="M56 72h84q14 0 14 14t-14 14h-84q-12 -2 -12 -14t12 -14Z" fill="{body}"/>'
        '<path d="M44 86q0 14 12 14h84q14 0 14 -14q-6 6 -14 6h-84q-8 0 -12 -6Z" fill="{shade}" opacity=".55"/>'
        '<path d="M68 72v20M76 72v20M124 72v20M68 100v31M76 100v31M124 100v31" stroke="{shade}" stroke-width="3"/>'
    ),
    "biscuit": (
        '<circle cx="84" cy="112" r="40" fill="{shade}"/><circle cx="82" cy="108" r="40" fill="{body}"/>'
        '<circle cx="124" cy="104" r="34" fill="{shade}"/><circle cx="122" cy="100" r="34" fill="{body}"/>'
        '<g fill="{liquor}" opacity=".7"><circle cx="66" cy="100" r="4"/><circle cx="84" cy="126" r="4"/><circle cx="112" cy="92" r="4"/>'
        '<circle cx="134" cy="106" r="4"/><circle cx="90" cy="96" r="3"/><circle cx="120" cy="116" r="3"/></g>'
    ),
    "book": (
        '<path d="M62 48h78q6 0 6 6v98q0 6 -6 6h-78q-8 0 -8 -8v-94q0 -8 8 -8Z" fill="{body}"/>{motif}'
        '<path d="M54 148q0 -8 8 -8h84v12q0 6 -6 6h-78q-8 0 -8 -8Z" fill="{ground}"/><path d="M62 48h8v92h-8q-8 0 -8 8v-92q0 -8 8 -8Z" fill="{shade}"/>'
        '<rect x="86" y="78" width="44" height="36" rx="2" fill="{ground}"/><path d="M94 90h28M94 98h28M94 106h18" stroke="{shade}" stroke-width="3"/>'
    ),
}

# The outline that a pattern is cut to. A shape without one stays plain.
OUTLINES = {
    "gaiwan": "M50 94h100q-6 46 -30 54h-40q-24 -8 -30 -54Z",
    "cup": "M56 96h88q-4 46 -26 58h-36q-22 -12 -26 -58Z",
    "bowl": "M40 104h120q-8 34 -42 46h-36q-34 -12 -42 -46Z",
    "mug": "M54 86h84v60q0 12 -12 12h-60q-12 0 -12 -12Z",
    "teapot": "M56 104q0 -8 4 -12q42 -8 86 0q4 6 4 24q0 40 -48 40t-48 -40Z",
    "kettle": "M56 156q-3 -26 2 -44h84q5 18 2 44Z",
    "jug": "M64 90h76q2 46 -18 64h-42q-20 -14 -16 -64Z",
    "tin": "M62 78h76v75q0 5 -5 5h-66q-5 0 -5 -5Z",
    "pouch": "M59 78h82l5 72q0 8 -8 8h-76q-8 0 -8 -8Z",
    "box": "M50 86h100v64q0 6 -6 6h-88q-6 0 -6 -6Z",
    "candle": "M64 96h72v56q0 6 -6 6h-60q-6 0 -6 -6Z",
}

MOTIFS = {
    "dots": "".join(
        f'<circle cx="{x + (y // 12 % 2) * 6}" cy="{y}" r="2"/>' for y in range(84, 160, 12) for x in range(44, 160, 12)
    ),
    "stripes": "".join(f'<rect x="30" y="{y}" width="140" height="3"/>' for y in range(98, 160, 10)),
    "waves": "".join(
        f'<path d="M30 {y}q10 -8 20 0t20 0t20 0t20 0t20 0t20 0t20 0" fill="none" stroke="#fff" stroke-width="2.5"/>'
        for y in range(108, 160, 13)
    ),
    "branch": '<path d="M44 150Q84 132 96 104M76 133q2 -16 -8 -24M86 122q16 2 26 -6" fill="none" stroke="#fff" stroke-width="2.5"/>'
    '<circle cx="96" cy="104" r="5"/><circle cx="68" cy="108" r="5"/><circle cx="112" cy="115" r="5"/><circle cx="60" cy="140" r="4"/>',
    "speckle": "".join(
        f'<circle cx="{40 + n * 53 % 120}" cy="{88 + n * 31 % 70}" r="{1 + n % 3 * 0.5}"/>' for n in range(60)
    ),
}

MARKS = {
    "leaf": '<path d="M100 130q-16 -14 0 -30q16 16 0 30Z" fill="{shade}"/>',
    "pair": '<path d="M100 130q-20 -4 -18 -24q18 4 18 24q0 -20 18 -24q2 20 -18 24Z" fill="{shade}"/>',
    "hill": '<path d="M80 128l14 -22l8 12l6 -8l12 18Z" fill="{shade}"/>',
    "sun": '<circle cx="100" cy="114" r="9" fill="{shade}"/><path d="M100 99v5M100 124v5M85 114h5M110 114h5" stroke="{shade}" stroke-width="3"/>',
    "flower": "".join(
        f'<circle cx="{x}" cy="{y}" r="6" fill="{{shade}}"/>'
        for x, y in ((100, 106), (107, 112), (104, 120), (96, 120), (93, 112))
    )
    + '<circle cx="100" cy="114" r="4" fill="{ground}"/>',
}

LIQUORS = {"green": "#8a9a4a", "amber": "#c08a3e", "red": "#8a4b2a", "gold": "#b8a24a"}


def draw(art: dict[str, Any], sku: str, view: str = "front") -> str:
    """The picture of a product as an SVG document.

    Args:
        art: any of ``shape``, ``palette``, ``motif``, ``mark``, ``liquor`` (the tea); what is missing or
            unknown is chosen by the stock code, so that the same product always looks the same.
        view: one of ``VIEWS``.
    """
    seed = crc32(sku.encode())
    colours = PALETTES[_pick(art.get("palette"), PALETTES, seed)]
    thing = _thing(art, colours, seed)
    if view == "table":
        cup = _fill(SHAPES["cup"], PALETTES["porcelain"], motif="", mark="", liquor=_liquor(art, seed))
        inside = (
            f'<rect width="200" height="200" fill="{colours.ground}"/><rect y="128" width="200" height="72" fill="{colours.shade}" opacity=".22"/>'
            f'<g transform="translate(-14 12) scale(.82)">{thing}</g><g transform="translate(112 92) scale(.42)">{_SHADOW}{cup}</g>'
        )
        box = "0 0 200 200"
    else:
        inside = f'<rect width="200" height="200" fill="{colours.ground}"/>{thing}'
        box = "48 62 96 96" if view == "close" else "0 0 200 200"
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" width="800" height="800">{inside}</svg>'


_SHADOW = '<ellipse cx="100" cy="158" rx="58" ry="7" fill="#000" opacity=".09"/>'


def _thing(art: dict[str, Any], colours: Palette, seed: int) -> str:
    name = _pick(art.get("shape"), SHAPES, seed >> 4, default=("box", "tin", "pouch", "cloth", "candle", "mug"))
    motif = ""
    if name in OUTLINES and art.get("motif") in MOTIFS:
        motif = (
            f'<clipPath id="o"><path d="{OUTLINES[name]}"/></clipPath>'
            f'<g clip-path="url(#o)" fill="#fff" opacity=".5">{MOTIFS[art["motif"]]}</g>'
        )
    mark = MARKS[_pick(art.get("mark"), MARKS, seed >> 8)]
    if name == "cake":
        mark = f'<g transform="translate(0 -14)">{mark}</g>'
    return _SHADOW + _fill(SHAPES[name], colours, motif=motif, mark=_fill(mark, colours), liquor=_liquor(art, seed))


def _fill(drawing: str, colours: Palette, **parts: str) -> str:
    return drawing.format(**asdict(colours), **parts)


def _liquor(art: dict[str, Any], seed: int) -> str:
    return LIQUORS[_pick(art.get("liquor"), LIQUORS, seed >> 12)]


def _pick(wanted: Any, known: Any, seed: int, default: tuple[str, ...] | None = None) -> str:
    if wanted in known:
        return str(wanted)
    options = default or tuple(known)
    return options[seed % len(options)]
