"""What the shop's goods and shelves are called in Chinese, for questions to the assistant."""

from __future__ import annotations

from shop_demo.models import Category, Product


def names() -> dict[str, dict[str, list[str]]]:
    """Dimension → name → other names."""
    return {
        "category": {
            name: [chinese] for name, chinese in Category.objects.exclude(name_zh="").values_list("name", "name_zh")
        },
        "product": {
            name: [chinese] for name, chinese in Product.objects.exclude(name_zh="").values_list("name", "name_zh")
        },
    }
