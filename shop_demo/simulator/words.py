"""What the labels of the goods say, and what buyers say of them, in English and in Chinese."""

from __future__ import annotations

from collections.abc import Mapping

Said = tuple[str, str]
"""In English and in Chinese."""

NOTES: Mapping[str, Said] = {
    "Dragon Well": ("Flat, pan-fired leaves from Hangzhou that taste of chestnut and fresh peas.", "杭州手工炒制，扁平光滑，有栗香与豆香。"),
    "Anji Bai Cha": ("A pale spring green from Anji, soft as broth and hardly bitter at all.", "安吉春茶，叶色玉白，鲜爽如汤，几乎不苦。"),
    "Bi Luo Chun": ("Tiny curled buds from Dongting, picked among fruit trees; floral and quick to brew.", "洞庭碧螺，茶果间作，芽叶细卷，花果香明显。"),
    "Sencha": ("Steamed leaf from Shizuoka, bright and grassy, for every day.", "静冈蒸青绿茶，清亮草香，适合日常。"),
    "Gyokuro": ("Shaded for three weeks before picking; deep, savoury and sweet in a small cup.", "采前遮光三周，鲜味浓厚，小杯慢饮。"),
    "Gunpowder": ("Tightly rolled pellets with a light smoke; the base of a good mint tea.", "颗粒紧结，微带烟香，配薄荷正好。"),
    "Jasmine pearls": ("Hand-rolled buds scented over six nights with fresh jasmine.", "手工揉珠，六窨鲜茉莉，花香清而不腻。"),
    "Tieguanyin": ("A lightly baked Anxi oolong with orchid and cream, good for seven infusions.", "安溪清香型，兰花香带奶韵，可冲七泡。"),
    "Da Hong Pao": ("Rock oolong from Wuyi, charcoal-roasted twice, with cocoa and wet stone.", "武夷岩茶，两道炭焙，岩骨花香。"),
    "Oriental Beauty": ("Bitten by leafhoppers, which is what makes it taste of honey and muscat.", "小绿叶蝉叮咬后采制，蜜香果味天成。"),
    "Milk oolong": ("Jin Xuan from Alishan, naturally creamy; nothing is added.", "阿里山金萱，天然奶香，无任何添加。"),
    "Phoenix Dan Cong": ("From single bushes in Chaozhou, with an almond blossom nose that fills the room.", "潮州单株采制，杏仁花香满室。"),
    "Dong Ding": ("Medium roast from Lugu, nutty and round, the taste of a Taiwanese afternoon.", "鹿谷中焙火，坚果香，圆润回甘。"),
    "Keemun": ("Thin black leaves from Qimen with a wine-like finish; kind to milk and better without.", "祁门工夫，条索紧细，似酒余韵，清饮更佳。"),
    "Lapsang Souchong": ("Smoked over pine in Tongmu. A campfire in a cup, but a polite one.", "桐木关松烟熏制，烟香醇厚不呛。"),
    "Dian Hong": ("Golden tips from Yunnan: malt, sweet potato, no edge.", "云南金芽，麦芽与烤薯甜香，入口柔和。"),
    "Assam": ("Brisk and strong, second flush, made for the first cup of the day.", "阿萨姆夏茶，浓强鲜爽，早晨第一杯。"),
    "Darjeeling first flush": ("The light spring picking: green grapes, thyme, gone by summer.", "大吉岭春摘，青葡萄与百里香，过夏即无。"),
    "Earl Grey": ("Keemun and Ceylon with cold-pressed bergamot from Calabria.", "祁红与锡兰拼配，卡拉布里亚冷榨佛手柑。"),
    "English breakfast": ("Assam, Kenya and a little Keemun. Takes milk, forgives a forgetful brewer.", "阿萨姆、肯尼亚与少许祁红，可加奶，久泡不涩。"),
    "Silver Needle": ("Nothing but buds from Fuding, withered in the sun; melon and hay.", "福鼎单芽，日光萎凋，瓜香与干草香。"),
    "White Peony": ("A bud and two leaves; fuller than Silver Needle, with a touch of cucumber.", "一芽二叶，比银针更饱满，清香带甜。"),
    "Shou Mei": ("Late-picked white tea with date and dried leaves; boils well in winter.", "晚采白茶，枣香与陈叶香，冬日可煮。"),
    "Aged white cake": ("Pressed in 2016 and left alone since. Dark, sweet, medicinal in the good way.", "二〇一六年压制，自然陈化，色深味甜，药香温和。"),
    "Ripe pu-erh": ("Smooth, earthy and dark; after a meal it is hard to want anything else.", "醇厚顺滑，陈香浓郁，饭后最宜。"),
    "Raw pu-erh": ("Young and lively, with apricot and a grip that softens over the years.", "年轻生茶，杏香活泼，存放渐柔。"),
    "Old tree raw pu-erh": ("From trees older than the village beside them. For an unhurried afternoon.", "古树春料，茶树比村寨更老，宜慢慢喝一个下午。"),
    "Tangerine pu-erh": ("Ripe pu-erh dried inside a whole Xinhui tangerine; one makes a pot.", "新会小青柑包裹熟普，一颗一壶。"),
    "Mini tuocha": ("Single-serving nests of ripe pu-erh for the desk and the train.", "独立小沱，一次一颗，办公旅行皆宜。"),
    "Chrysanthemum": ("Whole flowers from Tongxiang; add a lump of rock sugar.", "桐乡整朵胎菊，加一粒冰糖更好。"),
    "Rosebud": ("Small, closed buds picked before sunrise; for the pot or the bath.", "日出前采摘的小花蕾，泡茶或沐浴皆可。"),
    "Buckwheat": ("Toasted black tartary buckwheat that smells of biscuits.", "黑苦荞烘焙，有饼干般的香气。"),
    "Rooibos": ("Sun-dried red bush from the Cederberg, sweet without sugar.", "塞德堡日晒红灌木，不加糖也甜。"),
    "Lemon verbena": ("Whole leaves that unroll in the pot and taste of lemon peel.", "整叶舒展，柠檬皮般清香。"),
    "Ginger and mint": ("Warm first, cool after. For the end of a cold day.", "先暖后凉，适合寒冷一天的结尾。"),
    "Gaiwan, 120 ml": ("Thin-walled and flared at the rim, so that it pours without burning fingers.", "薄胎撇口，出汤利落不烫手。"),
    "Side-handle pot": ("Thrown in one piece, with a ball filter inside; for a right hand or a left.", "一体拉坯，内置球孔，左右手皆可。"),
    "Yixing pot": ("Unglazed zini clay that remembers one kind of tea. Choose it well.", "紫泥原矿，养壶只宜一种茶。"),
    "Iron kettle": ("Sand-cast and left bare inside; softens water, lasts longer than its owner.", "砂模铸造，内壁不上釉，软水耐用。"),
    "Family teapot, 1 l": ("Six cups, a lid that stays on, and a spout that does not drip.", "可斟六杯，壶盖稳，壶嘴不滴漏。"),
    "Tasting cup": ("A mouthful and a half, thin enough to warm the fingers.", "一口半之量，薄胎暖手。"),
    "Matcha bowl": ("Wide enough to whisk in, with a foot that sits well in the palm.", "碗口宽阔便于击拂，圈足合手。"),
    "Mug, 350 ml": ("Heavy in the base, light at the lip. Survives the dishwasher.", "底重口薄，可用洗碗机。"),
    "Double-walled glass": ("Keeps tea hot and the table cool; shows the leaves at work.", "双层隔热，可观茶舞。"),
    "Fair cup": ("Evens out the brew, so that the last guest drinks what the first one did.", "匀汤之用，先后同浓。"),
    "Guest set of four": ("Four cups that belong together without matching.", "四杯一套，相似而不相同。"),
    "Bamboo tray": ("Slats over a drawer that holds a litre; lift it out to empty.", "竹条台面，抽屉盛水一升，便于倒净。"),
    "Bamboo whisk": ("Eighty tines, split by hand from one stem.", "单竹手工剖制八十本立。"),
    "Tea scoop": ("Measures three grams of leaf when level.", "平勺约三克茶叶。"),
    "Fine strainer": ("A double mesh that catches even rooibos.", "双层细网，连路易波士也滤得净。"),
    "Tea towel": ("Linen and cotton, dyed twice; dries without leaving lint.", "棉麻两道染色，吸水不掉絮。"),
    "Storage tin": ("Two lids, no light, no smell. Holds 100 g of rolled oolong.", "双层盖，避光隔味，可装乌龙一百克。"),
    "Thermometer": ("Reads in two seconds and clips to any kettle.", "两秒读数，可夹于任何水壶。"),
    "Travel set": ("A pot, two cups and a towel in a case the size of a book.", "一壶两杯一巾，收纳如书大小。"),
    "Four seasons box": ("One tea for each season, with a card that says when to open which.", "四季各一茶，附卡说明何时开启。"),
    "Green tea tasting box": ("Six greens of 15 g, from the lightest to the deepest.", "六款绿茶各十五克，由浅入深。"),
    "Oolong tasting box": ("Six oolongs of 15 g, from green to charcoal-roasted.", "六款乌龙各十五克，由清香到炭焙。"),
    "Beginner's gongfu box": ("A gaiwan, a fair cup, two tasting cups, and leaves to practise with.", "盖碗、公道杯、品茗杯两只，另配练习用茶。"),
    "New Year box": ("Red outside, pu-erh and oolong inside, ready to be given.", "红色礼盒，内装普洱与乌龙，可直接送礼。"),
    "Advent box": ("Twenty-four drawers with a cup's worth of tea in each.", "二十四格小抽屉，每格一杯之量。"),
    "Shortbread": ("All butter, baked on Tuesdays in Leith.", "纯黄油，每周二利斯烘焙。"),
    "Mooncakes": ("Lotus seed with salted yolk, four in a tin.", "莲蓉蛋黄，一盒四枚。"),
    "Pineapple cakes": ("Short pastry around slow-cooked native pineapple.", "酥皮包裹慢炒土凤梨馅。"),
    "Candied ginger": ("Young ginger in coarse sugar; good beside a black tea.", "嫩姜裹粗糖，配红茶正好。"),
    "Sesame brittle": ("Thin, dark, and gone before the pot is.", "薄脆芝麻，茶未尽而糖已空。"),
    "Dark chocolate with matcha": ("Seventy per cent cocoa with a green centre.", "七成可可，抹茶夹心。"),
    "The Book of Tea": ("Okakura's essay of 1906, newly set, with notes.", "冈仓天心一九〇六年名篇，新排附注。"),
    "Tea by the Kettle": ("A year of notes from behind our counter.", "柜台后一年的手记。"),
    "A Year of Leaves": ("Photographs from nine gardens, month by month.", "九处茶园，逐月摄影。"),
    "Beeswax candle": ("Poured in Fife; burns for thirty hours and smells of honey.", "法夫郡手工浇注，可燃三十小时，有蜜香。"),
    "Cedar candle": ("Cedar and a little smoke, in a cup that can be used again.", "雪松微烟，杯可再用。"),
    "Green tea candle": ("Green tea and cut grass; for a desk rather than a dinner.", "绿茶与青草气息，宜书桌不宜餐桌。"),
    "Notes for tasting": ("A page for each tea, with a wheel of words to choose from.", "一茶一页，附风味轮。"),
}  # fmt: skip
"""What is special about each thing."""

ABOUT: Mapping[str, Said] = {
    "green": ("Packed in Edinburgh within a week of landing; best within a year.", "到港一周内于爱丁堡分装，一年内饮用最佳。"),
    "oolong": ("Packed in Edinburgh in small batches; keep it from light and air.", "爱丁堡小批分装，避光密封保存。"),
    "black": ("Packed in Edinburgh in small batches; keeps for two years.", "爱丁堡小批分装，可存两年。"),
    "white": ("Packed by hand, since the leaves break easily.", "叶片易碎，手工分装。"),
    "puerh": ("Stored dry, and gets better with time.", "干仓存放，越陈越佳。"),
    "herbal": ("Contains no tea and no caffeine.", "不含茶叶与咖啡因。"),
    "pots": ("Each piece is fired on its own, so glazes differ a little.", "单件烧成，釉色略有差异。"),
    "cups": ("Each piece is fired on its own, so glazes differ a little.", "单件烧成，釉色略有差异。"),
    "tools": ("Made to be used every day.", "为日常使用而做。"),
    "gifts": ("Comes wrapped, with a card in your words.", "已包装，可附您的留言卡。"),
    "sweets": ("Best eaten within three months.", "三个月内食用最佳。"),
    "books": ("Sent flat in a stiff cover.", "硬封平寄。"),
}  # fmt: skip
"""What holds for all of a shelf."""

FACTS: Mapping[str, tuple[tuple[Said, Said], ...]] = {
    "green": ((("Water", "水温"), ("80 °C", "80 °C")), (("First infusion", "第一泡"), ("1 to 2 minutes", "1–2 分钟"))),
    "oolong": ((("Water", "水温"), ("95 °C", "95 °C")), (("First infusion", "第一泡"), ("30 seconds", "30 秒"))),
    "black": ((("Water", "水温"), ("95 °C", "95 °C")), (("First infusion", "第一泡"), ("3 minutes", "3 分钟"))),
    "white": ((("Water", "水温"), ("85 °C", "85 °C")), (("First infusion", "第一泡"), ("2 minutes", "2 分钟"))),
    "puerh": ((("Water", "水温"), ("100 °C", "100 °C")), (("First infusion", "第一泡"), ("rinse, then 15 seconds", "先洗茶，再泡 15 秒"))),
    "herbal": ((("Water", "水温"), ("100 °C", "100 °C")), (("Infusion", "冲泡"), ("5 minutes", "5 分钟"))),
    "pots": ((("Care", "保养"), ("rinse with water, no soap", "清水冲洗，勿用洗涤剂")),),
    "cups": ((("Care", "保养"), ("rinse by hand", "手洗")),),
    "tools": ((("Care", "保养"), ("wipe dry", "擦干存放")),),
    "gifts": ((("Wrapped", "包装"), ("yes, with a card", "含礼品包装与卡片")),),
    "sweets": ((("Keeps", "保质"), ("three months", "三个月")),),
    "books": ((("Language", "语言"), ("English", "英文")),),
}  # fmt: skip
"""Rows of the table of facts."""

_SHOP_SAYS: Mapping[int, tuple[Said, ...]] = {
    5: (
        ("Just right | Came quickly, and it is as good as it looks.", "非常满意|发货快，和图片一样好。"),
        ("Second order | Bought it again, and will once more.", "回购|第二次买了，还会再来。"),
        ("A present that pleased | My mother asked where it came from.", "送礼合适|妈妈很喜欢，问在哪里买的。"),
        ("Well packed | Arrived in one piece, with a note inside.", "包装用心|完好送到，里面还有手写卡片。"),
    ),
    4: (
        ("Good | Would buy again.", "不错|会再买。"),
        ("Nearly perfect | One star less for the postage.", "差一点完美|邮费略贵，扣一星。"),
        ("As described | No surprises, which is what I wanted.", "与描述相符|没有意外，正合心意。"),
    ),
    3: (
        ("Fine | Does what it should.", "还行|中规中矩。"),
        ("All right | Nice, but I have had better for the money.", "一般|不错，但这个价位有更好的。"),
    ),
    2: (
        ("Not for me | I had hoped for more.", "不太适合我|期待更高一些。"),
        ("Smaller than I thought | Read the measures, I did not.", "比想象中小|请看清尺寸，我没看。"),
    ),
    1: (
        ("Sent it back | Not what I expected. The money came back without fuss.", "退了|与预期不符，退款很爽快。"),
        ("Disappointed | It arrived late, and dented.", "失望|到得晚，还有磕碰。"),
    ),
}  # fmt: skip
_TEA_SAYS: Mapping[int, tuple[Said, ...]] = {
    5: (
        ("Every morning | The tin is empty sooner than I would like.", "每天早上都喝|一罐很快就喝完了。"),
        ("Clean and sweet | Five infusions and still something to say.", "清甜耐泡|五泡之后仍有滋味。"),
        ("The best of its kind I have had here | Fresh, and not a broken leaf in it.", "同类中最好|新鲜，叶片完整。"),
    ),
    4: (
        ("Fragrant | A little cooler water than it says, and it is lovely.", "很香|水温再低一点更好。"),
        ("Good leaf | The bigger bag is the better buy.", "茶好|大包装更划算。"),
    ),
    3: (("Pleasant | A bit thin for my taste.", "尚可|对我来说淡了一点。"), ("It is fine | Last year's was better.", "可以|去年的更好。")),
    2: (("Rather bitter | Perhaps my water.", "偏苦|也许是水的问题。"),),
    1: (("Flat | Tasted as if it had been open for a while.", "没有香气|像是放久了。"),),
}  # fmt: skip
_WARE_SAYS: Mapping[int, tuple[Said, ...]] = {
    5: (
        ("Pours without a drip | And does not burn my fingers, which I cannot say of my last two.", "断水利落|也不烫手，前两个都做不到。"),
        ("Lovely glaze | Deeper than in the picture.", "釉色很美|比图片更深沉。"),
        ("In use every day | It feels as if I had always had it.", "每天都用|像用了很多年一样顺手。"),
    ),
    4: (
        ("Well made | The lid sits a little loose.", "做工好|盖子略松。"),
        ("Beautiful, but small | Measure before you buy.", "漂亮，略小|买前请看尺寸。"),
    ),
    3: (("Good-looking | Heavier than I expected.", "好看|比想象中重。"),),
    2: (("Drips | Only a little, but on a white cloth.", "会滴水|一点点，但桌布是白的。"),),
    1: (("Came chipped | A new one is on its way.", "有磕口|已补发。"),),
}  # fmt: skip
_TEAS = ("green", "oolong", "black", "white", "puerh", "herbal")
_WARE = ("pots", "cups", "tools")


def description(thing: str, shelf: str) -> Said:
    """What the label of a thing says."""
    note, about = NOTES[thing], ABOUT[shelf]
    return f"{note[0]} {about[0]}", note[1] + about[1]


def opinion(stars: int, shelf: str, number: int, *, chinese: bool) -> Said:
    """Title and text of a review; the same ``number`` gives the same one."""
    own = _TEA_SAYS if shelf in _TEAS else _WARE_SAYS if shelf in _WARE else {}
    options = (*_SHOP_SAYS[stars], *own.get(stars, ()))
    said = options[number % len(options)][chinese]
    title, _, text = said.partition("|")
    return title.strip(), text.strip()
