"""Stories beside each other: versions of one story, clusters of one happening, events and exercises with all their sources.

How a run calls it:

1. The worker that codes a story keeps its views beside its rows: `views = views_of(record, event_ids=..., exercise_ids=...)` with the
   dataset's own ids; `encode(views.sketch)`, and `encode(views.events)` and `encode(views.exercises)` where there are any, go into one row
   by document id and day of publication. Together they take about 1.5 kB a story; no text is needed afterwards.
2. When all shards are in, the run shows the dataset as a `types.Book` (sketches and events of a day, filings and merged ids of the last
   snapshot) and calls `update(book, changed)` once, with day and id of every story that is new, coded again or gone.
3. Of the snapshot's rows it takes away those whose `cluster_id` is in `replaced`, adds those of `clusters`, puts `exercises` in the place
   of all merged exercises, and adds `redirects`. Where a first run is too big for one `Update` in memory, `update.Steps` gives
   the same clusters one by one.

`memory.MemoryBook` does all of this in memory and is the example to read. What depends on what is written in docs/stories.md.
"""
