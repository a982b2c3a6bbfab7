"""Puts the panel into the admin site that the host uses."""

from __future__ import annotations

from django.contrib import admin

from insights.panel import register

register(admin.site)
