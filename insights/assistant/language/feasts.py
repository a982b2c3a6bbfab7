"""What feasts and seasons are called in both languages, by the key that they have in the calendar."""

from __future__ import annotations

import re

IN_ENGLISH = {
    "christmas season": "christmas_season", "run-up to christmas": "christmas_season", "christmas": "christmas",
    "xmas": "christmas", "new year's day": "new_year", "valentine's day": "valentine", "valentines": "valentine",
    "valentine's": "valentine", "halloween": "halloween", "singles' day": "singles_day", "singles day": "singles_day",
    "double eleven": "singles_day", "double 11": "singles_day", "11.11": "singles_day", "double twelve": "double_twelve",
    "black friday": "black_friday", "cyber monday": "cyber_monday", "chinese new year": "spring_festival",
    "lunar new year": "spring_festival", "spring festival": "spring_festival", "mid-autumn festival": "mid_autumn",
    "mid-autumn": "mid_autumn", "dragon boat festival": "dragon_boat", "labour day": "labour_day", "women's day": "women_day",
    "national day": "national_day", "golden week": "national_day", "spring": "spring", "summer": "summer",
    "autumn": "autumn", "winter": "winter",
}  # fmt: skip
IN_CHINESE = {
    "双十一": "singles_day", "双11": "singles_day", "光棍节": "singles_day", "双十二": "double_twelve",
    "双12": "double_twelve", "618": "six_eighteen", "六一八": "six_eighteen", "黑五": "black_friday",
    "黑色星期五": "black_friday", "网络星期一": "cyber_monday", "春节": "spring_festival", "过年": "spring_festival",
    "农历新年": "spring_festival", "中秋节": "mid_autumn", "中秋": "mid_autumn", "端午节": "dragon_boat", "端午": "dragon_boat",
    "国庆节": "national_day", "国庆": "national_day", "十一黄金周": "national_day", "五一": "labour_day", "劳动节": "labour_day",
    "元旦": "new_year", "情人节": "valentine", "妇女节": "women_day", "三八节": "women_day", "圣诞节": "christmas",
    "圣诞": "christmas", "万圣节": "halloween", "春天": "spring", "春季": "spring", "夏天": "summer", "夏季": "summer",
    "秋天": "autumn", "秋季": "autumn", "冬天": "winter", "冬季": "winter",
}  # fmt: skip


FEAST_EN = "(?:" + "|".join(sorted(map(re.escape, IN_ENGLISH), key=len, reverse=True)) + ")"
FEAST_ZH = "(?:" + "|".join(sorted(IN_CHINESE, key=len, reverse=True)) + ")"
