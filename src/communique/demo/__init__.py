"""Our own stories, for the first run."""
