from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db.models import Field, Model

from insights.sources.paths import PathError, follow_path
from shop_demo.models import Category, OrderLine, Product
from tests.insights.sources.host.models import Article, Client, Note, Purchase


@pytest.mark.parametrize(
    ("model", "text", "column", "related"),
    [
        (Product, "sku", "sku", ""),
        (Product, "pk", "pk", ""),
        (Product, "category", "category", ""),
        (Product, "category_id", "category_id", ""),
        (OrderLine, "order__user__email", "order__user__email", "order__user"),
        (User, "profile__phone", "profile__phone", "profile"),
        (User, "profile", "profile", ""),
        (Client, "pk", "pk", ""),
        (Purchase, "client__user__email", "client__user__email", "client__user"),
        (Purchase, "date_created__date", "date_created__date", ""),
        (Article, "facts__colour__name", "facts__colour__name", ""),
        (Product, "get_absolute_url", None, ""),
        (OrderLine, "product__picture_url", None, "product"),
    ],
)
def test_follow_path__leads(model: type[Model], text: str, column: str | None, related: str) -> None:
    path = follow_path(model, text)
    assert (path.column, path.related) == (column, related)


def test_follow_path__knows_the_field_at_its_end() -> None:
    field = follow_path(OrderLine, "order__user__email").field
    assert isinstance(field, Field)
    assert field.model is User
    assert follow_path(Purchase, "date_created__date").field is None


@pytest.mark.parametrize(
    ("model", "text", "said", "hint"),
    [
        (Product, "skuu", "shop.Product has no “skuu”", "“sku”"),
        (OrderLine, "order__numbr", "shop.Order has no “numbr”", "“order__number”"),
        (OrderLine, "ordr__number", "shop.OrderLine has no “ordr”", "“order__number”"),
        (OrderLine, "order_idd", "no “order_idd”", "“order_id”"),
        (Product, "pictureurl", "no “pictureurl”", "“picture_url”"),
        (Category, "zzz", "shop.Category has no “zzz”", "It has: id, name, name_zh, parent, position, slug."),
        (Product, "", "has no “”", "It has:"),
        (Product, "sku__name", "leads to no other table", "“sku”"),
        (OrderLine, "order_id__number", "leads to no other table", "“order_id”"),
        (OrderLine, "product__picture_url__host", "is a property or method", "callable"),
        (Article, "get_price", "needs more than the row", "callable"),
        (Note, "about", "leads to rows of any table", "column that holds the key"),
        (Note, "about__title", "no other table", "“about”"),
        (Product, "_meta", "has no “_meta”", "It has:"),
    ],
)
def test_follow_path__a_wrong_step_is_named_with_the_nearest(
    model: type[Model], text: str, said: str, hint: str
) -> None:
    with pytest.raises(PathError) as caught:
        follow_path(model, text)
    assert said in str(caught.value)
    assert hint in caught.value.hint
    assert not caught.value.many


@pytest.mark.parametrize(
    ("model", "text"), [(Article, "similar"), (Purchase, "items__qty"), (Category, "products"), (User, "orders__total")]
)
def test_follow_path__many_rows_are_no_value(model: type[Model], text: str) -> None:
    with pytest.raises(PathError, match="leads to many rows") as caught:
        follow_path(model, text)
    assert caught.value.many


def test_value__a_missing_row_gives_none() -> None:
    assert follow_path(OrderLine, "product__picture_url").value()(OrderLine()) is None
    assert follow_path(User, "profile__phone").value()(User()) is None


def test_value__a_method_is_called() -> None:
    assert follow_path(Article, "get_absolute_url").value()(Article(code="a1")) == "/articles/a1/"
    assert follow_path(Article, "shout").value()(Article(title="mug")) == "MUG"
