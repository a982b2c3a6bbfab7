"""As ``oscar_fork_app order`` leaves it, with something of the shop's own."""

import os

from oscar.apps.order.abstract_models import AbstractOrder


class Order(AbstractOrder):
    if os.environ.get("HOST_FORK") == "slim":  # a shop that has no guests
        guest_email = None

    @property
    def is_large(self):
        return self.total_incl_tax > 500


from oscar.apps.order.models import *  # noqa: E402, F403
