"""Pictures of the desk for the README: `python tools/make_pictures.py`. Needs chromium and the extra `dev`.

The story is one of those that ship with communique; the other two show synthetic events.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))
OUT = ROOT / "docs" / "pictures"


def pictures(stories: str, synthetic: str) -> dict[str, tuple[str, str]]:
    """Name to address and the element that is pointed at."""
    return {
        "story.png": (f"{stories}/stories/drill", ".fact.n0"),
        "dyads.png": (f"{synthetic}/dyads?since=2020&side=12", ".matrix tbody tr:last-child"),
        "timeline.png": (f"{synthetic}/timeline?actor=CHN&by=quarter", "figcaption"),
    }


def main() -> None:
    import bench_desk
    import synthetic
    from playwright.sync_api import sync_playwright

    from communique.store.dataset import create_dataset

    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        demo, made = Path(folder) / "demo", Path(folder) / "synthetic"
        subprocess.run([sys.executable, "-m", "communique", "demo", "--into", str(demo)], check=True, stdout=subprocess.DEVNULL)
        synthetic.make(create_dataset(made), 20_000)
        with bench_desk.desk(demo) as (one, _), bench_desk.desk(made) as (two, _), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1000, "height": 620})
            for name, (address, at) in pictures(f"http://127.0.0.1:{one}", f"http://127.0.0.1:{two}").items():
                page.goto(address)
                page.locator(at).first.hover()
                page.wait_for_timeout(300)
                page.screenshot(path=str(OUT / name))
            browser.close()


if __name__ == "__main__":
    main()
