"""communique: event data from news."""
