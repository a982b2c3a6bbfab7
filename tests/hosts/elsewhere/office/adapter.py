import insights


class ShopAdapter(insights.Adapter):
    currency = "EUR"
    database = "shop"

    class Customers:
        model = "office.Kunde"
        email = "mail"
        joined_at = "seit"

    class Products:
        model = "office.Artikel"
        name = "bezeichnung"
        price = "preis"

    class Orders:
        model = "office.Auftrag"
        customer = "kunde"
        placed_at = "datum"
        total = "lines"
        status = {"counts": [True]}
        status_field = "bezahlt"

    class OrderLines:
        model = "office.Position"
        exclude = {"auftrag__bezahlt": False}
        order = "auftrag"
        product = "artikel"
        quantity = "menge"
        unit_price = "preis"
