"""The language of a text."""

from __future__ import annotations

from functools import lru_cache

from communique.errors import NotEnglish

NAMES: dict[str, str] = {
    k: v
    for k, v in (
        p.split(":")
        for p in (
            "ar:Arabic az:Azerbaijani bg:Bulgarian bn:Bengali bs:Bosnian ca:Catalan cs:Czech da:Danish de:German el:Greek es:Spanish et:Estonian fa:Persian fi:Finnish fr:French "
            "he:Hebrew hi:Hindi hr:Croatian hu:Hungarian hy:Armenian id:Indonesian it:Italian ja:Japanese ka:Georgian kk:Kazakh ko:Korean lt:Lithuanian lv:Latvian mk:Macedonian "
            "ms:Malay nl:Dutch no:Norwegian nb:Norwegian pl:Polish ps:Pashto pt:Portuguese ro:Romanian ru:Russian sk:Slovak sl:Slovenian sq:Albanian sr:Serbian sv:Swedish "
            "sw:Swahili ta:Tamil th:Thai tl:Tagalog tr:Turkish uk:Ukrainian ur:Urdu vi:Vietnamese zh:Chinese am:Amharic"
        ).split()
    )
}
_SAMPLE = 4000
_ENGLISH = frozenset("the of and to that with said from which have has been were was would are is it its by for in on at as be".split())
_MINIMUM = 60


@lru_cache(maxsize=1)
def _identifier():
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def identify(text: str) -> str | None:
    """ISO 639-1 code of the language, None where the text is too short to tell."""
    sample = text[:_SAMPLE]
    if sum(map(str.isalpha, sample)) < _MINIMUM:
        return None
    # what is plainly English need not be asked about; no other language has a fifth of these words
    words = sample.lower().split()
    if len(words) >= _MINIMUM // 2 and 5 * sum(map(_ENGLISH.__contains__, words)) > len(words):
        return "en"
    code, probability = _identifier().classify(sample)
    return str(code) if probability > 0.7 else None


def require_english(text: str) -> str | None:
    """The language code; raises `NotEnglish` that names the language where it is surely another one."""
    code = identify(text)
    if code not in (None, "en"):
        raise NotEnglish(f"the story is in {NAMES.get(code or '', code)}; communique codes English only")
    return code
