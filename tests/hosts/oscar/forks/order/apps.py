from oscar.apps.order.apps import OrderConfig as Base


class OrderConfig(Base):
    name = "forks.order"
