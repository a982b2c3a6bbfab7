"""Ready adapters for shops that many run; each is an app or a class that a host names itself."""
