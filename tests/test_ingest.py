"""Every kind of input to its stories: told by content, packed or not, cut or whole, in bounded memory."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import random
import subprocess
import sys
import tarfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from communique.errors import UsageError
from communique.ingest.dates import read_date
from communique.ingest.jsons import _Scanner
from communique.ingest.reading import read, read_bytes
from communique.ingest.wiki import plain
from communique.types import RawDocument, Reject

STORY = "Norway expelled two Russian diplomats on Tuesday. Moscow condemned the decision and promised a response to Oslo."


def stories(data: bytes, name: str = "in", **options: object) -> list[RawDocument]:
    got = list(read_bytes(data, name, **options))  # type: ignore[arg-type]
    assert all(isinstance(g, RawDocument) for g in got), got
    return got  # type: ignore[return-value]


def zstd(data: bytes) -> bytes:
    return pa.Codec("zstd").compress(data, asbytes=True)


def page(number: int = 1) -> bytes:
    return (
        f"<html><head><title>Story {number}</title><meta property='article:published_time' content='2024-03-0{number % 9 + 1}'></head>"
        f"<body><article><h1>Story {number}</h1><p>{STORY}</p><p>Envoys of country {number} met. {STORY}</p></article></body></html>"
    ).encode()


def warc_record(number: int, body: bytes | None = None, kind: str = "response", headers: str = "", status: str = "200 OK") -> bytes:
    body = page(number) if body is None else body
    http = f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\n{headers}\r\n".encode() + body
    return (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: https://news.example/{number}\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(http)}\r\n\r\n"
    ).encode() + http + b"\r\n\r\n"  # fmt: skip


PACKERS = {
    "gzip": gzip.compress,
    "bzip2": lambda d: bz2.compress(d, 1),
    "xz": lzma.compress,
    "zstd": zstd,
    "twice": lambda d: gzip.compress(bz2.compress(d)),
}


@pytest.mark.parametrize("packer", PACKERS)
def test_packings_are_told_by_content(packer: str):
    data = b"".join(json.dumps({"id": str(n), "text": f"{n}. {STORY}"}).encode() + b"\n" for n in range(500))
    whole = stories(PACKERS[packer](data))
    members = stories(PACKERS[packer](data[: len(data) // 2]) + PACKERS[packer](data[len(data) // 2 :]))
    assert [s.id for s in whole] == [str(n) for n in range(500)] == [s.id for s in members]


@pytest.mark.parametrize("packer", ["gzip", "bzip2", "xz", "zstd"])
def test_cut_packings_keep_whole_lines_and_report_the_cut(packer: str):
    rng = random.Random(7)
    lines = [json.dumps({"id": str(n), "text": STORY, "noise": rng.randbytes(60).hex()}) for n in range(4000)]
    data = PACKERS[packer]("\n".join(lines).encode())
    for share in (0.35, 0.7, 0.98):
        *got, cut = read_bytes(data[: int(len(data) * share)], "in")
        assert isinstance(cut, Reject) and "cut short" in cut.message
        assert got and all(isinstance(g, RawDocument) for g in got) and [g.id for g in got] == [str(n) for n in range(len(got))]


def test_tsv_keeps_quotes_that_mean_nothing():
    data = f'id\ttext\tdate\n1\t"Never," he said. {STORY}\t2024-03-07\n2\t"Never closed. {STORY}\t2024-03-08\n'.encode()
    first, second = stories(data)
    assert first.text.startswith('"Never," he said.') and second.text.startswith('"Never closed')
    assert (first.published, second.published) == ("2024-03-07", "2024-03-08")
    (quoted,) = stories(b'id\ttext\n1\t"Line one.\nLine two."\n')
    assert quoted.text == "Line one.\nLine two."


def test_factiva_and_hugging_face_columns_need_no_mapping():
    table = f'Headline,Publication Date,Source Name,Accession Number,Lead Paragraph,Full Text\nEnvoys out,12 March 2020,Reuters,LBA1,Norway acted.,"{STORY}"\n'
    (raw,) = stories(table.encode())
    assert (raw.id, raw.title, raw.publisher, raw.published) == ("LBA1", "Envoys out", "Reuters", "2020-03-12")
    assert raw.text == f"Norway acted.\n\n{STORY}"
    sink = io.BytesIO()
    pq.write_table(pa.table({"text": [STORY], "date": ["2019-07-12 10:00:00"], "url": ["https://a.example/1"], "other": [[1, 2]]}), sink)
    (raw,) = stories(sink.getvalue())
    assert (raw.url, raw.published) == ("https://a.example/1", "2019-07-12 10:00:00")
    (raw,) = stories(json.dumps({"maintext": STORY, "date_publish": "2021-01-02 03:04:05", "source_domain": "a.example"}).encode())
    assert (raw.text, raw.publisher) == (STORY, "a.example")


def test_mapping_goes_first_and_can_say_that_a_field_is_missing():
    data = f"text,body,date\nwrong,{STORY},soon\n".encode()
    (raw,) = stories(data, mapping={"text": "body", "published": ""})
    assert raw.text == STORY and raw.published is None
    (bad,) = read_bytes(data, "in", mapping={"text": "body"})
    assert isinstance(bad, Reject) and bad.code == "C105"


def test_rows_with_too_many_cells_are_not_cut_in_silence():
    good, bad = read_bytes(f"id,text\n1,{STORY}\n2,Norway, which expelled envoys, waits.\n".encode(), "in.csv")
    assert isinstance(good, RawDocument) and isinstance(bad, Reject) and bad.id == "in.csv:3"


def test_json_arrays_and_objects_over_lines_are_read_one_by_one():
    rows = [{"id": str(n), "text": f'{STORY} "{n}" {{[\\'} for n in range(300)]
    assert [s.id for s in stories(json.dumps(rows).encode())] == [r["id"] for r in rows]
    assert [s.text for s in stories(json.dumps(rows, indent=2).encode())] == [r["text"] for r in rows]
    assert len(stories("\n".join(json.dumps(r, indent=1) for r in rows).encode())) == 300
    *kept, cut = read_bytes(json.dumps(rows).encode()[:-300], "in")
    assert isinstance(cut, Reject) and len(kept) >= 290


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20), lambda v: st.lists(v, max_size=4) | st.dictionaries(st.text(max_size=5), v, max_size=4)
)  # fmt: skip


@given(
    st.lists(st.dictionaries(st.text(max_size=5), values, max_size=3) | st.integers() | st.text(), max_size=6), st.sampled_from([None, 1])
)
def test_scanner_cuts_any_array_where_json_does(rows: list[object], indent: int | None):
    data = json.dumps(rows, indent=indent).encode()
    assert [json.loads(d) for d in _Scanner(io.BytesIO(data)).values() if isinstance(d, bytes)] == rows


def test_warc_pages_texts_and_what_is_neither():
    plain_text = STORY.encode()
    parts = [
        b"WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 3\r\n\r\na:b\r\n\r\n",
        warc_record(1),
        warc_record(2, kind="request"),
        warc_record(3, status="404 Not Found"),
        warc_record(4, body=gzip.compress(page(4)), headers="Content-Encoding: gzip\r\n"),
        warc_record(5, body=b"".join(b"%x\r\n%s\r\n" % (len(c), c) for c in (page(5)[:200], page(5)[200:])) + b"0\r\n\r\n", headers="Transfer-Encoding: chunked\r\n"),
        b"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: https://news.example/wet\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n"
        % (len(plain_text), plain_text),
    ]  # fmt: skip
    got = {(g.url if isinstance(g, RawDocument) else g.id): g for g in read_bytes(b"".join(gzip.compress(p) for p in parts), "x.warc.gz")}
    assert {k.rsplit("/", 1)[1] for k, g in got.items() if k and isinstance(g, RawDocument)} == {"1", "4", "5", "wet"}
    bad = got["https://news.example/3"]
    assert isinstance(bad, Reject) and bad.code == "C108" and "404" in bad.message
    first = got["https://news.example/1"]
    assert isinstance(first, RawDocument) and first.published == "2024-03-02" and first.title == "Story 1" and STORY in first.text


@pytest.mark.parametrize("packed", [True, False])
def test_warc_cut_at_a_hundred_offsets_keeps_whole_records(packed: bool):
    records = [warc_record(n) for n in range(1, 9)]
    parts = [gzip.compress(r) if packed else r for r in records]
    data = b"".join(parts)
    ends = [sum(map(len, parts[: n + 1])) for n in range(8)]
    rng = random.Random(1)
    for cut in sorted(rng.sample(range(1, len(data)), 100)):
        got = list(read_bytes(data[:cut], "cut"))
        whole = sum(end <= cut for end in ends)
        kept = [g.url for g in got if isinstance(g, RawDocument)]
        assert kept[:whole] == [f"https://news.example/{n}" for n in range(1, whole + 1)]
        # a record whose last empty lines or checksum are missing is whole too
        assert len(kept) in (whole, whole + 1)
        rejects = [g for g in got if isinstance(g, Reject)]
        assert len(rejects) <= 1 and (rejects or cut in ends or len(kept) == whole + 1)


def test_feeds_rss_atom_and_rdf_with_their_usual_faults():
    rss = f"""<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
      <title>Wire &eacute;</title><item><title>Envoys & more&nbsp;out</title><link>https://a.example/1</link><guid>g1</guid>
      <pubDate>Thu, 07 Mar 2024 10:00:00 GMT</pubDate><description>short</description>
      <content:encoded><![CDATA[<p>{STORY}</p><p>R&eacute;union &amp; more.</p>]]></content:encoded></item>
      <item><title>Empty</title></item></channel></rss>"""
    story, empty = read_bytes(rss.encode(), "feed.xml")
    assert isinstance(story, RawDocument) and isinstance(empty, Reject) and empty.code == "C102"
    assert story.text == f"{STORY}\n\nRéunion & more." and story.publisher == "Wire é" and story.title == "Envoys & more out"
    assert (story.id, story.url, story.published) == ("g1", "https://a.example/1", "2024-03-07T10:00:00+00:00")
    atom = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Desk</title><entry><id>e1</id><title>T</title><link rel="self" href="x"/><link href="https://a.example/2"/>
      <updated>2024-03-08T00:00:00Z</updated><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>{STORY}</p></div></content></entry></feed>"""
    (story,) = stories(atom.encode())
    assert (story.id, story.url, story.publisher, story.text, story.published) == (
        "e1",
        "https://a.example/2",
        "Desk",
        STORY,
        "2024-03-08T00:00:00Z",
    )
    rdf = f'<rdf:RDF xmlns:rdf="a" xmlns="http://purl.org/rss/1.0/" xmlns:dc="d"><channel><title>Old</title></channel><item><description>{STORY}</description><dc:date>2003-01-02</dc:date></item></rdf:RDF>'
    (story,) = stories(rdf.encode())
    assert (story.publisher, story.published) == ("Old", "2003-01-02")
    assert stories(rss.replace("<item><title>Empty</title></item>", "").encode("utf-16"))[0].text.startswith(STORY)


def test_cut_feed_keeps_whole_items():
    item = f"<item><description>{STORY}</description></item>"
    *kept, cut = read_bytes(f"<rss><channel>{item * 5}{item[:50]}".encode(), "feed")
    assert len(kept) == 5 and isinstance(cut, Reject) and "5 whole items" in cut.message


def test_sgml_blocks():
    block = '<REUTERS TOPICS="NO" NEWID="{n}"><DATE>26-FEB-1987 15:01:01.79</DATE><TEXT>&#2;\n<TITLE>OSLO &lt;X> ACTS</TITLE><DATELINE>    OSLO, Feb 26 - </DATELINE><BODY>{t}\n&#3;</BODY></TEXT></REUTERS>\n'
    data = '<!DOCTYPE lewis SYSTEM "lewis.dtd">\n' + "".join(block.format(n=n, t=STORY) for n in range(1, 40))
    got = stories(data.encode("latin-1"))
    assert [g.id for g in got] == [f"reuters-{n}" for n in range(1, 40)]
    assert (got[0].published, got[0].title, got[0].text) == ("1987-02-26", "OSLO <X> ACTS", STORY)
    *kept, cut = read_bytes(data[:-30].encode(), "reut")
    assert len(kept) == 38 and isinstance(cut, Reject)


def test_mailbox_messages():
    box = (
        "From a@b Thu Mar  7 10:00:00 2024\nFrom: Wire <w@a.example>\nSubject: =?utf-8?q?Envoys_expell=C3=A9s?=\nDate: Thu, 07 Mar 2024 10:00:00 +0000\n"
        f"Message-ID: <1@a>\n\n{STORY}\n>From Oslo came no word.\n\n"
        "From c@d Thu Mar  7 11:00:00 2024\nSubject: two\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=x\n\n"
        f"--x\nContent-Type: text/html\n\n<p>{STORY}</p><p>More.</p>\n--x--\n\nFrom e@f Thu Mar  7 12:00:00 2024\nSubject: none\n\n\n"
    )
    one, two, none = read_bytes(box.encode(), "box")
    assert isinstance(one, RawDocument) and isinstance(two, RawDocument) and isinstance(none, Reject)
    assert (one.id, one.title, one.published, one.publisher) == (
        "1@a",
        "Envoys expellés",
        "2024-03-07T10:00:00+00:00",
        "Wire <w@a.example>",
    )
    assert "\nFrom Oslo came" in one.text and two.text == f"{STORY}\n\nMore."


def test_wikinews_dump():
    def wiki_page(number: int, space: str, text: str, extra: str = "") -> str:
        return f"<page><title>P{number}</title><ns>{space}</ns><id>{number}</id>{extra}<revision><id>9</id><text>{text}</text></revision></page>"

    article = (
        "{{date|March 7, 2024}}\n[[File:a.jpg|thumb|A [[b]] c]]'''Oslo''' &amp; {{w|Moscow|Russia}} spoke.\n\n"
        + STORY
        + "\n== Sources ==\n*x"
    )
    dump = '<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/"><siteinfo/>' + wiki_page(1, "0", article)
    dump += wiki_page(2, "1", "talk") + wiki_page(3, "0", "#REDIRECT [[x]]", '<redirect title="x"/>') + "</mediawiki>"
    story, talk, moved = read_bytes(bz2.compress(dump.encode()), "dump.xml.bz2")
    assert isinstance(story, RawDocument) and story.text == f"Oslo & Russia spoke.\n\n{STORY}"
    assert (story.id, story.title, story.published, story.publisher) == ("page-1", "P1", "2024-03-07", "Wikinews")
    assert [r.code for r in (talk, moved) if isinstance(r, Reject)] == ["C108", "C108"]
    assert plain("{{a|{{b}} [[c]]}} d {| class=x\n| y\n|} e") == "d  e"


def test_archives_folders_and_globs(tmp_path: Path):
    (tmp_path / "in/deep").mkdir(parents=True)
    (tmp_path / "in/.git").mkdir()
    (tmp_path / "in/.git/config").write_text("no story")
    long = "n" * 150 + ".txt"
    for name in ("a.txt", "deep/b.txt", long):
        (tmp_path / "in" / name).write_text(f"{name[:5]} {STORY}")
    with tarfile.open(tmp_path / "x.tgz", "w:gz") as tar:
        tar.add(tmp_path / "in", "in")
    names = [g.id for g in read([tmp_path / "x.tgz"])]
    assert sorted(n.removeprefix("x.tgz/in/") for n in names if n and "/.git/" not in n) == ["a.txt", "deep/b.txt", long]
    assert [g.id for g in read([tmp_path / "in"])] == ["a.txt", "deep/b.txt", long]
    assert [g.id for g in read([f"{tmp_path}/in/**/*.txt"])] == ["a.txt", "deep/b.txt", long]
    data = (tmp_path / "x.tgz").read_bytes()
    tar_bytes = gzip.decompress(data)
    *_, cut = read_bytes(tar_bytes[: len(tar_bytes) // 2 // 512 * 512 + 100], "x.tar")
    assert isinstance(cut, Reject) and cut.code == "C101"
    with pytest.raises(UsageError, match="communique fetch"):
        list(read(["https://a.example/feed.xml"]))


def test_missing_file_is_a_reject(tmp_path: Path):
    for paths in ([tmp_path / "none.txt"], tmp_path / "none.txt", str(tmp_path / "none.txt")):
        (got,) = read(paths)
        assert isinstance(got, Reject) and got.code == "C101"


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("2024-03-07", "2024-03-07"),
        ("2024-03-07T10:00:00Z", "2024-03-07T10:00:00Z"),
        ("20240307", "2024-03-07"),
        ("20240307T101500Z", "2024-03-07T10:15:00+00:00"),
        ("Thursday, 7 March 2024", "2024-03-07"),
        ("March 7th, 2024", "2024-03-07"),
        ("7-Mar-2024", "2024-03-07"),
        ("2024/3/7", "2024-03-07"),
        ("2024-03-07 10:11:12 UTC", "2024-03-07T10:11:12+00:00"),
        ("7 Mar 2024 10:11 -0500", "2024-03-07T10:11:00-05:00"),
        ("07/03/2024", None),
        ("31 February 2024", None),
        ("soon", None),
        ("", None),
    ],
)
def test_dates(text: str, want: str | None):
    assert read_date(text) == want


BOUNDED = """
import resource, sys
from communique.ingest.reading import read
n = sum(1 for _ in read([sys.argv[1]]))
print(n, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def test_memory_stays_bounded_for_files_of_any_size(tmp_path: Path):
    def peak(rows: int, kind: str) -> int:
        path = tmp_path / f"{kind}{rows}"
        line = json.dumps({"text": STORY * 20}) + "\n" if kind == "jsonl" else f'"{STORY * 20}"\n'
        with gzip.open(path, "wt", compresslevel=1) as file:
            file.write("text,id\n" * (kind == "csv"))
            for n in range(rows):
                file.write(line if kind == "jsonl" else line.replace("\n", f",{n}\n"))
        done = subprocess.run([sys.executable, "-c", BOUNDED, str(path)], capture_output=True, text=True, check=True)
        count, mib = done.stdout.split()
        assert int(count) >= min(rows, 20000)
        return int(mib)

    for kind in ("jsonl", "csv"):
        assert peak(40000, kind) - peak(400, kind) < 24, kind
