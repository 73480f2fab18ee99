"""Records to JSON, HTML and the terminal."""
