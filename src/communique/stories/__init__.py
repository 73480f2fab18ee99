"""Stories beside each other: versions of one story, clusters of one happening, events and exercises with all their sources."""
