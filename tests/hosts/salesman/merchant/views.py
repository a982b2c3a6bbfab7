from django.shortcuts import get_object_or_404, render

from .models import Book


def book(request, pk):
    return render(request, "book.html", {"book": get_object_or_404(Book, pk=pk)})
