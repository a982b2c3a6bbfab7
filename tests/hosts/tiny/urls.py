from django.contrib import admin
from django.urls import include, path
from tinyshop.views import home, product

urlpatterns = [
    path("admin/", admin.site.urls),
    path("insights/", include("insights.urls")),
    path("p/<str:sku>/", product),
    path("", home),
]
