"""200 inputs that are no stories, or hardly: made here, the same every time. `python -m tests.bad_inputs DIR` writes them as files."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import random
import sys
import tarfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

STORY = "Norway expelled two Russian diplomats on Tuesday. Moscow condemned the decision and promised a response to Oslo."
TEXT = STORY.encode()
Make = Callable[[], bytes]


def _row(**fields: object) -> bytes:
    return json.dumps(fields).encode()


def _parquet(**columns: list[object]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)  # type: ignore[arg-type]
    return sink.getvalue()


def _tar(names: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, data in names.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def _warc(body: bytes, length: int | None = None, http: bytes = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n") -> bytes:
    block = http + body
    return (
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/\r\nContent-Type: application/http\r\n"
        b"Content-Length: %d\r\n\r\n" % (len(block) if length is None else length)
    ) + block + b"\r\n\r\n"  # fmt: skip


def _zeros(size: int, pack: Callable[[bytes], bytes]) -> bytes:
    return pack(bytes(size))


def _gzip_zeros(size: int) -> bytes:
    packer, out = zlib.compressobj(9, zlib.DEFLATED, 31), []
    for _ in range(size >> 20):
        out.append(packer.compress(b" " * (1 << 20)))
    return b"".join(out) + packer.flush()


def _laughs(root: str, depth: int = 10) -> bytes:
    """The billion laughs: each entity ten times the one before."""
    entities = '<!ENTITY a0 "lol">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, depth))
    return f'<?xml version="1.0"?><!DOCTYPE {root} [{entities}]>'.encode()


def texts() -> dict[str, bytes]:
    """Bytes that may be text."""
    rng = random.Random(20240307)
    out = {
        "empty": b"",
        "blank": b" \n\t ",
        "newlines": b"\n" * 100_000,
        "nul": b"\x00" * 500,
        "nul_text": TEXT.replace(b" ", b" \x00"),
        "control": bytes(range(1, 32)) * 50,
        "latin1": "Die Börse fiel, sagte der Präsident. Norway expelled envoys of Russia.".encode("latin-1"),
        "cp1252": "“Norway” expelled envoys — said Oslo’s minister.".encode("cp1252"),
        "shift_jis": "ノルウェーは火曜日にロシアの外交官二人を追放した。".encode("shift_jis") * 5,
        "koi8": "Норвегия выслала двух российских дипломатов во вторник.".encode("koi8-r") * 5,
        "gb18030": "挪威周二驱逐两名俄罗斯外交官。".encode("gb18030") * 5,
        "utf16": STORY.encode("utf-16"),
        "utf16_be": b"\xfe\xff" + STORY.encode("utf-16-be"),
        "utf16_no_mark": STORY.encode("utf-16-le"),
        "utf16_cut": STORY.encode("utf-16")[:-1],
        "utf16_lone": b"\xff\xfe" + STORY.encode("utf-16-le") + b"\x00\xd8",
        "utf32": STORY.encode("utf-32"),
        "utf7": STORY.encode("utf-7"),
        "bom": b"\xef\xbb\xbf" + TEXT,
        "bom_only": b"\xef\xbb\xbf",
        "two_boms": b"\xef\xbb\xbf\xef\xbb\xbf" + TEXT,
        "bad_utf8": b"\xc3\x28 \xa0\xa1 " + TEXT,
        "overlong_utf8": b"\xc0\xaf\xe0\x80\xaf" + TEXT,
        "cesu_surrogates": b"\xed\xa0\x80\xed\xb0\x80 " + TEXT,
        "random": bytes((i * 7919) % 256 for i in range(3000)),
        "random_long": rng.randbytes(1_000_000),
        "one_letter": b"x",
        "one_word": b"Norway",
        "punctuation": b"... !!! ???" * 50,
        "digits": b"1 2 3 4 5 6 7 8 9 " * 100,
        "bidi": "\u202eNorway expelled envoys of Russia\u202c on Monday.".encode(),
        "bidi_isolates": ("\u2067\u2066" * 500 + STORY).encode(),
        "zero_width": ("\u200b".join(STORY)).encode(),
        "combining": ("N" + "\u0301" * 5000 + STORY).encode(),
        "emoji": "🙂".encode() * 500,
        "private_use": ("\ue000\uf8ff" * 1000).encode(),
        "noncharacters": ("\uffff\ufdd0" * 500 + STORY).encode(),
        "long_word": b"x" * 200_000,
        "long_sentence": b"Norway and " * 3000 + b"Russia met.",
        "long_line": TEXT * 100,
        "quotes": b'"' * 20_000,
        "brackets": b"((((((((((" * 3000 + TEXT,
        "capitals": b"A. " * 10_000,
        "dots": b"." * 100_000,
        "dashes": b"-- " * 20_000,
        "ansi": b"\x1b[31m\x1b]0;t\x07" + TEXT,
        "carriage_returns": TEXT.replace(b" ", b"\r"),
        "form_feeds": TEXT.replace(b" ", b"\x0c"),
        "template": b"{{ 7*7 }} ${jndi:ldap://a.example/x} %s %n " + TEXT,
        "formula": b'=HYPERLINK("http://a.example") ' + TEXT,
        "german": b"Die Bundesregierung hat am Dienstag neue Sanktionen gegen Belarus verhaengt, wie der Sprecher in Berlin sagte.",
        "mixed_direction": ("النرويج طردت " * 20 + STORY).encode(),
        "text_of_50_mb": b"Norway met Russia. " * 2_700_000,
    }
    return out


def files() -> dict[str, bytes]:
    """Files of other kinds."""
    return {
        "png": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
        "jpg": b"\xff\xd8\xff" + bytes(200),
        "gif": b"GIF89a" + bytes(200),
        "pdf": b"%PDF-1.7\n" + bytes(range(256)) * 3,
        "zip": b"PK\x03\x04" + bytes(300),
        "elf": b"\x7fELF" + bytes(300),
        "exe": b"MZ\x90\x00" + bytes(300),
        "ole": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(300),
        "sqlite": b"SQLite format 3\x00" + bytes(300),
        "ogg": b"OggS" + bytes(300),
        "riff": b"RIFF" + bytes(300),
        "pickle": b"\x80\x04\x95" + bytes(50) + b"cos\nsystem\n(S'true'\ntR.",
        "gzip_cut": gzip.compress(TEXT)[:-9],
        "gzip_bad": b"\x1f\x8b\x08" + bytes(50),
        "gzip_mark": b"\x1f\x8b",
        "gzip_empty": gzip.compress(b""),
        "gzip_tail": gzip.compress(TEXT) + b"garbage",
        "gzip_padded": gzip.compress(TEXT) + bytes(1000),
        "gzip_crc": gzip.compress(TEXT)[:-8] + bytes(8),
        "gzip_deep": _nested(6),
        "gzip_bomb": _gzip_zeros(300 << 20),
        "gzip_bomb_nested": gzip.compress(_gzip_zeros(300 << 20)),
        "gzip_bomb_json": gzip.compress(b'{"text": "' + b"a" * (100 << 20)),
        "gzip_bomb_csv": gzip.compress(b'id,text\n1,"' + b"a" * (100 << 20)),
        "gzip_bomb_lines": gzip.compress(b"text,id\n" + b"\n" * (100 << 20)),
        "bzip2_cut": bz2.compress(TEXT)[:-5],
        "bzip2_mark": b"BZh9",
        "bzip2_bomb": _zeros(100 << 20, bz2.compress),
        "xz_cut": lzma.compress(TEXT)[:-5],
        "xz_bomb": _zeros(100 << 20, lambda d: lzma.compress(d, preset=0)),
        "xz_memory": b"\xfd7zXZ\x00\x00\x04\xe6\xd6\xb4F\x02\x00!\x01\x28\x00\x00\x00" + bytes(40),
        "zstd_cut": pa.Codec("zstd").compress(TEXT, asbytes=True)[:-5],
        "zstd_mark": b"\x28\xb5\x2f\xfd",
        "zstd_bomb": _zeros(100 << 20, lambda d: pa.Codec("zstd").compress(d, asbytes=True)),
        "parquet_cut": b"PAR1" + bytes(100),
        "parquet_word": b"PAR1",
        "parquet_no_text": _parquet(id=["1"], name=["a"]),
        "parquet_null": _parquet(id=["1"], text=[None]),
        "parquet_bytes": _parquet(id=["1"], text=[b"\xff\xfe"]),
        "parquet_numbers": _parquet(id=["1"], text=[5]),
        "parquet_nested": _parquet(id=["1"], text=[["a", "b"]]),
        "parquet_empty": _parquet(id=[], text=[]),
        "parquet_bad_date": _parquet(text=[STORY], published=["soon"]),
        "parquet_flipped": (lambda d: d[: len(d) // 3] + b"\xff" * 20 + d[len(d) // 3 + 20 :])(_parquet(id=["1"] * 50, text=[STORY] * 50)),
        "parquet_bomb": _parquet(text=["a" * 1_000_000] * 200),
        "tar_cut": _tar({"a.txt": TEXT * 20})[:1000],
        "tar_empty": _tar({}),
        "tar_bad_sum": _tar({"a.txt": TEXT})[:148] + b"7777777\0" + _tar({"a.txt": TEXT})[156:],
        "tar_size": _tar({"a.txt": TEXT})[:124] + b"77777777777\0" + _tar({"a.txt": TEXT})[136:],
        "tar_names": _tar({"../../etc/x": TEXT, "/abs": TEXT, "n" * 3000: TEXT}),
        "tar_nested": _tar({"a.tar": _tar({"b.tar": _tar({"c.tar": _tar({"d.txt": TEXT})})})}),
        "tar_bomb": gzip.compress(_tar({"a.txt": bytes(100 << 20)})),
    }


def _nested(layers: int) -> bytes:
    data = TEXT
    for _ in range(layers):
        data = gzip.compress(data)
    return data


def rows() -> dict[str, bytes]:
    """JSON, CSV and TSV."""
    return {
        "json_empty": b"{}",
        "json_array": b"[]",
        "json_open": b"[",
        "json_brace": b"{",
        "json_text_number": b'{"text": 5}',
        "json_text_null": b'{"text": null}',
        "json_text_list": b'{"text": ["a", "b"]}',
        "json_text_empty": b'{"text": "  "}',
        "json_text_nan": b'{"text": NaN}',
        "json_bad_date": _row(text=STORY, published="yesterday"),
        "json_far_date": _row(text=STORY, published="9999-99-99"),
        "json_epoch_date": _row(text=STORY, published=10**30),
        "json_cut": b'{"text": "Norway',
        "json_numbers": b"[1, 2, 3]",
        "json_deep": b'{"a":' * 3000 + b"1" + b"}" * 3000,
        "json_deep_array": b"[" * 100_000,
        "json_deep_text": b'{"text": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
        "json_long_number": b'{"text": "' + TEXT + b'", "n": ' + b"9" * 100_000 + b"}",
        "json_many_keys": _row(text=STORY, **{f"k{n}": n for n in range(20_000)}),
        "json_surrogate": b'{"text": "Norway \\ud800 expelled envoys of Russia on Monday."}',
        "json_nul": b'{"text": "Norway \\u0000 expelled envoys of Russia on Monday."}',
        "json_lines_mixed": b'{"text": "Norway expelled envoys of Russia on Monday."}\n[1]\n"x"\nnull\n{\n',
        "json_two_keys": b'{"text": "a", "text": "Norway expelled envoys of Russia on Monday."}',
        "json_comment": b'{"text": "Norway"} // no\n',
        "json_single_quotes": b"{'text': 'Norway'}",
        "json_escapes": b'{"text": "' + b"\\n" * 200_000 + b'"}',
        "json_backslash": b'[{"text": "a\\',
        "json_long_line": b'{"text": "' + b"a " * 11_000_000 + b'"}\n' + _row(text=STORY),
        "json_id_object": _row(text=STORY, id={"a": 1}),
        "json_title_long": _row(text=STORY, title="t " * 100_000),
        "json_markup": _row(text=STORY, title="<script>alert(1)</script>", url="javascript:alert(1)"),
        "csv_no_text": b"id,name\n1,a\n",
        "csv_header_only": b"id,text\n",
        "csv_empty_text": b"id,text\n1,\n",
        "csv_ragged": b"id,text\n1,Norway expelled envoys of Russia.,extra,cells\n2\n",
        "csv_quote": b'id,text\n1,"never closed Norway expelled\n',
        "csv_quote_long": b'id,text\n1,"' + b"never closed\n" * 500_000 + b"2," + TEXT + b"\n",
        "csv_huge": b"id,text\n1," + b"x " * 300_000,
        "csv_wide": b"text," + b",".join(b"c%d" % n for n in range(50_000)) + b"\n" + TEXT,
        "csv_nul": b"id,text\n1,Nor\x00way expelled envoys.\n",
        "csv_cr": b"id,text\r1," + TEXT + b"\r2," + TEXT,
        "csv_twice": b"text,text\n" + TEXT + b",b\n",
        "csv_semicolon": b"id;text\n1;" + TEXT + b"\n",
        "csv_formula": b"id,text\n=cmd|' /C calc'!A0,\"" + TEXT + b'"\n',
        "tsv_ragged": b"id\ttext\n1\t" + TEXT + b"\tmore\n2\n",
        "tsv_quote": b'id\ttext\n1\t"' + TEXT + b"\n",
    }


def markup() -> dict[str, bytes]:
    """HTML, feeds, WARC, SGML, mail and wiki dumps."""
    page = b"<html><body><p>" + TEXT + b"</p><p>" + TEXT + b"</p></body></html>"
    item = b"<item><title>t</title><description>" + TEXT + b"</description></item>"
    xxe = b'[<!ENTITY x SYSTEM "file:///etc/hostname">]'
    web = b'[<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]'
    return {
        "html_empty": b"<html></html>",
        "html_script": b"<html><body><script>var a=1;</script></body></html>",
        "html_deep": b"<div>" * 50_000 + TEXT,
        "html_deep_tags": b"<q><i><em>" * 20_000 + TEXT,
        "html_unclosed": b"<html><body><p>" + TEXT,
        "html_entity": b'<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;&x;">]><html><body><p>&z;</p></body></html>',
        "html_laughs": _laughs("html") + b"<html><body><p>&a9;</p></body></html>",
        "html_xxe": b"<!DOCTYPE a " + xxe + b"><html><body><p>&x;</p></body></html>",
        "html_nul": b"<html><body><p>\x00\x00" + TEXT,
        "html_only_tags": b"<a><b><c></c></b></a>",
        "html_attributes": b"<html><body " + b"a=b " * 100_000 + b"><p>" + TEXT,
        "html_long_attribute": b'<html><body><p title="' + b"x" * 3_000_000 + b'">' + TEXT,
        "html_comment": b"<html><!-- " + b"-" * 500_000 + TEXT,
        "html_open_brackets": b"<html>" + b"<" * 200_000,
        "html_ampersands": b"<html><body><p>" + b"&" * 200_000 + b"&#x110000;&#xd800;&#0;" + TEXT,
        "html_many_elements": b"<html><body>" + b"<p>a</p>" * 50_000 + b"</body></html>",
        "html_tables": b"<html><body>" + b"<table><tr><td>" * 150 + TEXT,
        "html_forms": b"<html><body>" + b"<form><input value='x'>" * 5000 + page,
        "html_charset": b'<html><head><meta charset="hex"></head><body><p>' + TEXT,
        "html_charset_utf7": b'<html><head><meta charset="utf-7"></head><body><p>+ADw-script+AD4- ' + TEXT,
        "html_charset_none": b'<html><head><meta charset="no-such"></head><body><p>' + TEXT,
        "html_bad_date": b"<html><head><meta name='date' content='99999-99-99'></head>" + page,
        "html_refresh": b'<html><head><meta http-equiv="refresh" content="0;url=file:///etc/passwd"></head>' + page,
        "html_includes": b'<html><body><iframe src="file:///etc/passwd"></iframe><img src="http://127.0.0.1:9/x">' + page,
        "html_50_mb": b"<html><body>" + b"<p>Norway met Russia.</p>" * 2_200_000,
        "html_json_ld": b'<html><head><script type="application/ld+json">' + b"[" * 20_000 + b"</script></head>" + page,
        "xml_other": b'<?xml version="1.0"?><invoice><total>5</total></invoice>',
        "xml_open": b"<?xml",
        "feed_empty": b"<rss><channel></channel></rss>",
        "feed_cut": b"<rss><channel>" + item + item[:20],
        "feed_laughs": _laughs("rss") + b"<rss><channel><item><description>&a9;</description></item></channel></rss>",
        "feed_quadratic": b'<!DOCTYPE rss [<!ENTITY a "' + b"x" * 60_000 + b'">]><rss><channel><item><description>' + b"&a;" * 60_000 + b"</description></item></channel></rss>",
        "feed_xxe": b"<!DOCTYPE rss " + xxe + b"><rss><channel><item><description>&x; " + TEXT + b"</description></item></channel></rss>",
        "feed_xxe_web": b"<!DOCTYPE rss " + web + b"><rss><channel>" + item + b"</channel></rss>",
        "feed_dtd_web": b'<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd"><rss><channel>' + item + b"</channel></rss>",
        "feed_xinclude": b'<rss xmlns:xi="http://www.w3.org/2001/XInclude"><channel><item><description><xi:include href="file:///etc/hostname" parse="text"/></description></item></channel></rss>',
        "feed_deep": b"<rss><channel><item>" + b"<a>" * 100_000,
        "feed_deep_html": b"<rss><channel><item><description>" + b"&lt;div&gt;" * 20_000 + TEXT + b"</description></item></channel></rss>",
        "feed_long_text": b"<rss><channel><item><description>" + b"a " * 6_000_000 + b"</description></item></channel></rss>",
        "feed_bad_date": b"<rss><channel><item><description>" + TEXT + b"</description><pubDate>soon</pubDate></item></channel></rss>",
        "feed_two_roots": b"<rss><channel>" + item + b"</channel></rss><rss/>",
        "feed_bad_bytes": b"<rss><channel><item><description>\xff\xfe " + TEXT + b"</description></item></channel></rss>",
        "warc_open": b"WARC/1.0\r\n",
        "warc_no_length": b"WARC/1.0\r\nWARC-Type: response\r\n\r\nabc",
        "warc_bad_length": _warc(page).replace(b"Content-Length: ", b"Content-Length: -"),
        "warc_far_length": _warc(page, 10**14),
        "warc_long_length": _warc(page, int("9" * 40)),
        "warc_short_length": _warc(page, 10),
        "warc_no_http": _warc(b"abc", http=b""),
        "warc_image": _warc(b"\x89PNG", http=b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n"),
        "warc_header": b"WARC/1.0\r\n" + b"X-Long: a\r\n" * 10_000,
        "warc_header_line": b"WARC/1.0\r\nX: " + b"a" * 1_000_000,
        "warc_gzip_bomb": _warc(_gzip_zeros(100 << 20), http=b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n"),
        "warc_chunks": _warc(b"fffffffffff\r\nabc", http=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
        "warc_garbage": _warc(page) + b"garbage\r\n" * 50,
        "sgml_open": b"<!DOCTYPE lewis SYSTEM 'lewis.dtd'>\n<REUTERS NEWID=\"1\"><BODY>" + b"x" * 1000,
        "sgml_no_body": b'<REUTERS NEWID="1"><DATE>1-JAN-1987</DATE></REUTERS>',
        "sgml_bad_date": b'<REUTERS NEWID="1"><DATE>99-XXX-1987</DATE><BODY>' + TEXT + b"</BODY></REUTERS>",
        "sgml_tags": b"<REUTERS><TEXT>" + b"<" * 500_000 + TEXT + b"</TEXT></REUTERS>",
        "mail_deep": b"From a@b Thu Mar  7 10:00:00 2024\nSubject: x\n" + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(1500)),
        "mail_base64": b"From a@b Thu Mar  7 10:00:00 2024\nSubject: x\nContent-Transfer-Encoding: base64\n\n" + b"!" * 10_000,
        "mail_header": b"From a@b Thu Mar  7 10:00:00 2024\nSubject: " + b"=?utf-8?b?" * 5000 + b"\n\n" + TEXT,
        "mail_charset": b"From a@b Thu Mar  7 10:00:00 2024\nSubject: x\nContent-Type: text/plain; charset=rot13\n\n" + TEXT,
        "wiki_deep": b"<mediawiki><page><title>t</title><revision><text>" + b"{{" * 200_000 + TEXT + b"</text></revision></page></mediawiki>",
        "wiki_links": b"<mediawiki><page><title>t</title><revision><text>" + b"[[File:a|" * 20_000 + TEXT + b"</text></revision></page></mediawiki>",
        "wiki_cut": b"<mediawiki><page><title>t</title><revision><text>" + TEXT,
    }  # fmt: skip


def bad_inputs() -> Iterator[tuple[str, bytes]]:
    """All of them by name."""
    for group in (texts, files, rows, markup):
        yield from group().items()


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in bad_inputs():
        (folder / name).write_bytes(data)


if __name__ == "__main__":
    main()
