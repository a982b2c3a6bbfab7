from insights.contrib.salesman import SalesmanAdapter, product_tables


class MerchantAdapter(SalesmanAdapter):
    Products = product_tables({"merchant.Book": {"brand": "publisher"}})

    class Orders(SalesmanAdapter.Orders):
        currency = "currency"
