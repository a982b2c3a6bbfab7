import insights


class TinyAdapter(insights.Adapter):
    class Customers:  model = "auth.User";         id = "pk";  email = "email"; joined_at = "date_joined"
    class Products:   model = "tinyshop.Article";  id = "sku"; name = "title";  price = "price"; currency = insights.Const("EUR"); url = "get_absolute_url"
    class Orders:     model = "tinyshop.Purchase"; id = "pk";  customer = "buyer_id"; placed_at = "made"; total = "sum"; currency = insights.Const("EUR"); status = {"cancelled": ["VOID"]}; status_field = "state"
    class OrderLines: model = "tinyshop.Entry";    id = "pk";  order = "purchase_id"; product = "article_id"; quantity = "number"; unit_price = "each"
