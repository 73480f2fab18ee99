"""What the desk counts of itself, in the text form that Prometheus reads."""

from __future__ import annotations

import resource
import sys
import threading
import time
from collections import Counter
from typing import Any

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 10.0)


class Metrics:
    """Requests by kind of address and status, their times, and what the cache spared."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, int]] = Counter()
        self._buckets: Counter[tuple[str, float]] = Counter()
        self._seconds: dict[str, float] = {}
        self._cached: Counter[bool] = Counter()
        self.started = time.time()

    def seen(self, scope: Any, status: int, seconds: float) -> None:
        """Count one request; addresses count by their pattern, so that their number stays small."""
        name = scope.get("state", {}).get("pattern") or getattr(scope.get("route"), "path", "other")
        with self._lock:
            self._requests[(name, status)] += 1
            self._seconds[name] = self._seconds.get(name, 0.0) + seconds
            for bound in BUCKETS:
                if seconds <= bound:
                    self._buckets[(name, bound)] += 1

    def cache(self, hit: bool) -> None:
        """Count whether an answer was there already."""
        with self._lock:
            self._cached[hit] += 1

    def text(self, gauges: dict[str, tuple[str, float]]) -> str:
        """Everything, with further gauges by name."""
        with self._lock:
            requests, seconds = sorted(self._requests.items()), sorted(self._seconds.items())
            buckets, cached = dict(self._buckets), dict(self._cached)
        out = ["# HELP communique_requests_total Requests answered.", "# TYPE communique_requests_total counter"]
        out += [f'communique_requests_total{{path="{n}",status="{s}"}} {c}' for (n, s), c in requests]
        out += ["# HELP communique_request_seconds Time to answer.", "# TYPE communique_request_seconds histogram"]
        for name, total in seconds:
            count = sum(c for (n, _), c in requests if n == name)
            out += [f'communique_request_seconds_bucket{{path="{name}",le="{b:g}"}} {buckets.get((name, b), 0)}' for b in BUCKETS]
            out.append(f'communique_request_seconds_bucket{{path="{name}",le="+Inf"}} {count}')
            out.append(f'communique_request_seconds_sum{{path="{name}"}} {total:.6f}')
            out.append(f'communique_request_seconds_count{{path="{name}"}} {count}')
        out += ["# HELP communique_cache_total Answers from the cache and made anew.", "# TYPE communique_cache_total counter"]
        out += [f'communique_cache_total{{result="{"hit" if k else "miss"}"}} {v}' for k, v in sorted(cached.items())]
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        gauges = {**gauges, "communique_peak_memory_bytes": ("Largest memory of the process.", float(memory))}
        gauges["communique_uptime_seconds"] = ("Time since the start.", time.time() - self.started)
        for name, (help_, value) in gauges.items():
            out += [f"# HELP {name} {help_}", f"# TYPE {name} gauge", f"{name} {value:g}"]
        return "\n".join(out) + "\n"
