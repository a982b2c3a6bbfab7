from django.shortcuts import render

from tinyshop.models import Article


def home(request):
    return render(request, "home.html")


def product(request, sku):
    return render(request, "product.html", {"article": Article.objects.get(pk=sku)})
