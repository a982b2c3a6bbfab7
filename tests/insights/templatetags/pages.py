"""A page of a host that has nothing on it but our tags, and a style sheet of its own."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

PAGE = """{% load insights %}<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>A page</title>{% insights_beacon product=product %}</head><body>
<main>{% recommendations "similar" product=product limit=8 %}{% recommendations "for_you" limit=6 layout="slide" %}</main>
<ul data-insights-list="shelf">{% for key in "123" %}<li data-insights-item="tea-{{ key }}"><a href="#{{ key }}">Tea {{ key }}</a></li>{% endfor %}</ul>
<button type="button" data-insights-event="add_to_cart" data-insights-item="tea-4" data-insights-price="7" data-insights-quantity="2" data-insights-currency="GBP">Add</button>
<form action="#sent" data-insights-event="search" data-insights-query="oolong"><button>Search</button></form>
<p data-insights-event="view_promotion" data-insights-on="view">Spring</p>
</body></html>"""


def page(request: HttpRequest, key: str) -> HttpResponse:
    return HttpResponse(engines["django"].from_string(PAGE).render({"product": key}, request))


def icon(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=204)


urlpatterns = [path("p/<str:key>/", page), path("favicon.ico", icon), path("insights/", include("insights.urls"))]
