"""The panel inside the Django admin.

``register`` adds it to an admin site; the default site gets it by itself.
"""

from insights.panel.site import register

__all__ = ["register"]
