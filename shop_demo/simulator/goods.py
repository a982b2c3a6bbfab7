"""What the simulated shop sells: some 200 goods on twelve shelves."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import product as pairs

Names = tuple[str, str]
"""In English and in Chinese."""


@dataclass(frozen=True)
class Shelf:
    """A shelf: what stands on it, and in which sizes.

    Attributes:
        things: name, name in Chinese, price, and how its picture is drawn (shape and palette).
        sizes: what is added to the name, and what the price is multiplied by.
    """

    slug: str
    names: Names
    parent: str
    things: tuple[tuple[str, str, float, str, str], ...]
    sizes: tuple[tuple[str, str, float], ...]


@dataclass(frozen=True)
class Good:
    """One good, as it will stand in the shop."""

    sku: str
    title: str
    """Name of the thing, without its size."""
    names: Names
    shelf: int
    thing: int
    """Number of the thing over all shelves: its sizes share it."""
    price: Decimal
    shape: str
    palette: str
    brand: str


PARENTS: dict[str, Names] = {
    "tea": ("Tea", "茶叶"),
    "teaware": ("Teaware", "茶器"),
    "more": ("Gifts and more", "礼品与其他"),
}
BRANDS = ("Fern & Kettle", "Misty Peak", "Old Kiln", "Stone Bridge", "Lantern House", "Two Rivers")
_LEAF = ((", 50 g", "，50 克", 1.0), (", 100 g", "，100 克", 1.85), (", 250 g", "，250 克", 4.2))
_PLAIN = (("", "", 1.0),)
_OTHERWISE = {
    "Yixing pot": ((", purple clay", "，紫泥", 1.0), (", red clay", "，朱泥", 1.1), (", yellow clay", "，段泥", 0.95)),
    "Iron kettle": ((", hobnail", "，霰纹", 1.0), (", bronze", "，古铜", 1.1), (", smooth", "，素面", 0.95)),
    "Double-walled glass": ((", tall", "，高身", 1.0), (", with handle", "，带把", 1.1), (", low", "，矮身", 0.95)),
}
"""Things that are not glazed, and what their kinds are called."""
_PALETTES = {
    ", celadon": "celadon", ", tenmoku": "tenmoku", ", ivory": "ivory", ", dark": "tenmoku", ", purple clay": "plum",
    ", red clay": "clay", ", yellow clay": "straw", ", bronze": "tenmoku", ", smooth": "slate",
}  # fmt: skip
"""How what is added to a name changes the picture."""
_WOODS = (("", "", 1.0), (", dark", "，深色", 1.1))
_GLAZES = ((", celadon", "，青瓷", 1.0), (", tenmoku", "，天目", 1.1), (", ivory", "，象牙白", 0.95))

SHELVES = (
    Shelf("green", ("Green tea", "绿茶"), "tea", (
        ("Dragon Well", "龙井", 9.5, "tin", "celadon"), ("Anji Bai Cha", "安吉白茶", 11.0, "tin", "moss"),
        ("Bi Luo Chun", "碧螺春", 12.0, "pouch", "celadon"), ("Sencha", "煎茶", 7.0, "pouch", "moss"),
        ("Gyokuro", "玉露", 16.0, "tin", "moss"), ("Gunpowder", "珠茶", 5.0, "pouch", "slate"),
        ("Jasmine pearls", "茉莉龙珠", 9.0, "tin", "ivory"),
    ), _LEAF),
    Shelf("oolong", ("Oolong", "乌龙茶"), "tea", (
        ("Tieguanyin", "铁观音", 8.5, "tin", "honey"), ("Da Hong Pao", "大红袍", 14.0, "tin", "persimmon"),
        ("Oriental Beauty", "东方美人", 13.0, "pouch", "rose"), ("Milk oolong", "金萱乌龙", 9.0, "pouch", "ivory"),
        ("Phoenix Dan Cong", "凤凰单丛", 12.5, "tin", "honey"), ("Dong Ding", "冻顶乌龙", 10.0, "tin", "moss"),
    ), _LEAF),
    Shelf("black", ("Black tea", "红茶"), "tea", (
        ("Keemun", "祁门红茶", 7.5, "tin", "persimmon"), ("Lapsang Souchong", "正山小种", 8.0, "tin", "tenmoku"),
        ("Dian Hong", "滇红", 8.5, "pouch", "honey"), ("Assam", "阿萨姆", 5.5, "pouch", "clay"),
        ("Darjeeling first flush", "大吉岭初摘", 12.0, "tin", "straw"), ("Earl Grey", "伯爵红茶", 6.0, "tin", "indigo"),
        ("English breakfast", "英式早餐茶", 5.0, "tin", "rose"),
    ), _LEAF),
    Shelf("white", ("White tea", "白茶"), "tea", (
        ("Silver Needle", "白毫银针", 15.0, "tin", "porcelain"), ("White Peony", "白牡丹", 9.5, "tin", "ivory"),
        ("Shou Mei", "寿眉", 6.5, "pouch", "straw"), ("Aged white cake", "老白茶饼", 18.0, "cake", "straw"),
    ), _LEAF),
    Shelf("puerh", ("Pu-erh", "普洱茶"), "tea", (
        ("Ripe pu-erh", "熟普", 7.0, "cake", "tenmoku"), ("Raw pu-erh", "生普", 8.0, "cake", "moss"),
        ("Old tree raw pu-erh", "古树生普", 22.0, "cake", "iron"), ("Tangerine pu-erh", "陈皮普洱", 9.0, "tin", "persimmon"),
        ("Mini tuocha", "小沱茶", 6.0, "pouch", "clay"),
    ), _LEAF),
    Shelf("herbal", ("Herbal tea", "花草茶"), "tea", (
        ("Chrysanthemum", "菊花茶", 5.0, "pouch", "straw"), ("Rosebud", "玫瑰花茶", 6.0, "pouch", "rose"),
        ("Buckwheat", "苦荞茶", 4.5, "pouch", "bamboo"), ("Rooibos", "路易波士", 5.0, "pouch", "clay"),
        ("Lemon verbena", "柠檬马鞭草", 5.5, "pouch", "moss"), ("Ginger and mint", "姜薄荷茶", 5.0, "pouch", "honey"),
    ), _LEAF),
    Shelf("pots", ("Gaiwans and pots", "盖碗与茶壶"), "teaware", (
        ("Gaiwan, 120 ml", "盖碗，120 毫升", 34.0, "gaiwan", "celadon"), ("Side-handle pot", "侧把壶", 46.0, "teapot", "tenmoku"),
        ("Yixing pot", "宜兴紫砂壶", 88.0, "teapot", "clay"), ("Iron kettle", "铁壶", 120.0, "kettle", "iron"),
        ("Family teapot, 1 l", "家用茶壶，1 升", 38.0, "teapot", "ivory"),
    ), _GLAZES),
    Shelf("cups", ("Cups and bowls", "杯与碗"), "teaware", (
        ("Tasting cup", "品茗杯", 9.0, "cup", "porcelain"), ("Matcha bowl", "抹茶碗", 28.0, "bowl", "tenmoku"),
        ("Mug, 350 ml", "马克杯，350 毫升", 15.0, "mug", "slate"), ("Double-walled glass", "双层玻璃杯", 13.0, "glass", "porcelain"),
        ("Fair cup", "公道杯", 19.0, "jug", "celadon"), ("Guest set of four", "待客四杯套装", 42.0, "cup", "ivory"),
    ), _GLAZES),
    Shelf("tools", ("Tools", "茶具配件"), "teaware", (
        ("Bamboo tray", "竹茶盘", 39.0, "tray", "bamboo"), ("Bamboo whisk", "茶筅", 15.0, "scoop", "bamboo"),
        ("Tea scoop", "茶则", 8.0, "scoop", "straw"), ("Fine strainer", "细滤网", 9.0, "strainer", "slate"),
        ("Tea towel", "茶巾", 6.0, "cloth", "indigo"), ("Storage tin", "储茶罐", 12.0, "tin", "plum"),
        ("Thermometer", "温度计", 14.0, "scoop", "slate"), ("Travel set", "旅行茶具", 44.0, "box", "night"),
    ), _WOODS),
    Shelf("gifts", ("Gift boxes", "礼盒"), "more", (
        ("Four seasons box", "四季礼盒", 48.0, "box", "persimmon"), ("Green tea tasting box", "绿茶品鉴礼盒", 29.0, "box", "celadon"),
        ("Oolong tasting box", "乌龙品鉴礼盒", 32.0, "box", "honey"), ("Beginner's gongfu box", "功夫茶入门礼盒", 58.0, "box", "tenmoku"),
        ("New Year box", "新年礼盒", 66.0, "box", "rose"), ("Advent box", "降临节日历礼盒", 42.0, "box", "moss"),
    ), (("", "", 1.0), (", large", "，大", 1.7))),
    Shelf("sweets", ("Sweets", "茶点"), "more", (
        ("Shortbread", "黄油酥饼", 5.0, "biscuit", "straw"), ("Mooncakes", "月饼", 16.0, "biscuit", "honey"),
        ("Pineapple cakes", "凤梨酥", 11.0, "biscuit", "bamboo"), ("Candied ginger", "糖姜", 5.5, "pouch", "honey"),
        ("Sesame brittle", "芝麻糖", 4.5, "biscuit", "clay"), ("Dark chocolate with matcha", "抹茶黑巧克力", 6.0, "box", "moss"),
    ), (("", "", 1.0), (", three packs", "，三包", 2.7))),
    Shelf("books", ("Books and candles", "书与香烛"), "more", (
        ("The Book of Tea", "《茶之书》", 9.0, "book", "indigo"), ("Tea by the Kettle", "《煮水记》", 14.0, "book", "plum"),
        ("A Year of Leaves", "《一年的叶子》", 18.0, "book", "moss"), ("Beeswax candle", "蜂蜡烛", 12.0, "candle", "honey"),
        ("Cedar candle", "雪松烛", 13.0, "candle", "slate"),
        ("Green tea candle", "绿茶烛", 12.5, "candle", "celadon"), ("Notes for tasting", "《品茗手记》", 8.0, "book", "straw"),
    ), _PLAIN),
)  # fmt: skip

TOGETHER = (
    ("Gaiwan, 120 ml", "Fair cup"), ("Matcha bowl", "Bamboo whisk"), ("Tieguanyin", "Gaiwan, 120 ml"),
    ("Earl Grey", "Shortbread"), ("English breakfast", "Shortbread"), ("Yixing pot", "Ripe pu-erh"),
    ("Bamboo tray", "Tea towel"), ("Sencha", "Mug, 350 ml"), ("Silver Needle", "Double-walled glass"),
    ("Fine strainer", "Family teapot, 1 l"),
)  # fmt: skip
"""What people who buy the first often take along."""


def goods() -> list[Good]:
    """All goods, in a fixed order."""
    found: list[Good] = []
    thing = 0
    for number, shelf in enumerate(SHELVES):
        for name, chinese, price, shape, palette in shelf.things:
            for place, (size, chinese_size, factor) in enumerate(_OTHERWISE.get(name, shelf.sizes)):
                found.append(
                    Good(
                        sku=f"{shelf.slug[:2].upper()}{thing:03}{'ABC'[place]}",
                        title=name,
                        names=(name + size, chinese + chinese_size),
                        shelf=number,
                        thing=thing,
                        price=(Decimal(str(price)) * Decimal(str(factor))).quantize(Decimal("0.1")) - Decimal("0.05"),
                        shape=shape,
                        palette=_PALETTES.get(size, palette),
                        brand=BRANDS[(thing * 7 + number) % len(BRANDS)],
                    )
                )
            thing += 1
    return found


def together() -> list[tuple[int, int]]:
    """Places of goods in ``goods()`` that go together, in all sizes."""
    names = [thing[0] for shelf in SHELVES for thing in shelf.things]
    of_thing: dict[int, list[int]] = {}
    for place, good in enumerate(goods()):
        of_thing.setdefault(good.thing, []).append(place)
    return [
        pair
        for first, second in TOGETHER
        for pair in pairs(of_thing[names.index(first)], of_thing[names.index(second)])
    ]
