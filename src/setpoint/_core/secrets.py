"""Finds secrets by name and by form, so that they are never written; the live values stay as they are.

All patterns run in linear time: every repeat is possessive or bounded, and starts only where a word starts.
"""

import base64
import re
from collections.abc import Callable, Collection, Sequence
from typing import Any

import msgspec

from .encode import Encoder
from .marks import Redacted, StandIn
from .raw import mro_of, type_of
from .secret_names import MAX_LENGTH, Suspicion, judge_name

_SHORTEST = 8
_MOST_NAMES = 65_536
_UNTOLD = frozenset({int, float, bool, type(None), dict, list, tuple, set, frozenset})
"""Types that are a secret by their name only."""

# Each branch starts with plain letters, which lets the search skip what can't start a secret; that they start a word is
# looked up behind them.
_FORM = re.compile(
    r"sk[-_](?<![A-Za-z0-9]...)(?P<key>[A-Za-z0-9_-]{16,}+)"
    r"|h(?:f_(?<![A-Za-z0-9]...)[A-Za-z0-9]{16,}+|vs\.(?<![A-Za-z0-9]....)[\w-]{20,}+"
    r"|ttps://hooks\.slack\.com/services/[\w/]{20,200}+)"
    r"|g(?:h[oprsu]_(?<![A-Za-z0-9]....)[A-Za-z0-9]{20,}+|ithub_pat_\w{20,}+|lpat-[\w-]{16,}+"
    r"|sk_(?<![A-Za-z0-9]....)[A-Za-z0-9]{20,}+)"
    r"|A(?:(?:KIA|SIA)(?<![A-Za-z0-9]....)[A-Z0-9]{16}(?![A-Za-z0-9])|Iza(?<![A-Za-z0-9]....)[\w-]{30,}+)"
    r"|x(?:ox[abceoprs]-(?<![A-Za-z0-9].....)[\w-]{10,}+|app-(?<![A-Za-z0-9].....)[\w-]{16,}+)"
    r"|eyJ(?<![\w-]...)[\w-]{8,}+\.[\w-]{4,}+(?:\.[\w-]*+)?"
    r"|n(?:pm_(?<![A-Za-z0-9]....)[A-Za-z0-9]{30,}+|vapi-(?<![A-Za-z0-9]......)[\w-]{20,}+)"
    r"|pypi-AgEI[\w-]{20,}+"
    r"|r(?:8_(?<![A-Za-z0-9]...)[A-Za-z0-9]{30,}+|k_live_[A-Za-z0-9]{16,}+)"
    r"|SG\.(?<![A-Za-z0-9]...)[\w-]{16,}+\.[\w-]{16,}+"
    r"|ya29\.(?<![A-Za-z0-9].....)[\w-]{20,}+"
    r"|d(?:api[0-9a-f]{32}(?![A-Za-z0-9])|op_v1_[0-9a-f]{32,}+)"
    r"|-----BEGIN (?P<pem>[A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----)"
    r"|[Bb](?:earer[ ](?P<bearer>[\w.~+/=-]{16,}+)|asic[ ](?P<basic>[A-Za-z0-9+/]{8,}+={0,2}))"
    r"|://(?<=[A-Za-z0-9+.-]...)(?P<user>[^\s/:@]{0,256}+:)?(?P<login>[^\s/]{1,512})@"
    r"|[?&]sig=(?P<sig>[^\s&#]{16,}+)"
)
_LONG = 4096
_FORM_STARTS = (
    "sk-", "sk_", "hf_", "hvs.", "hooks.slack", "gho_", "ghp_", "ghr_", "ghs_", "ghu_", "github_pat_", "glpat-", "AKIA",
    "ASIA", "AIza", "xox", "xapp-", "eyJ", "npm_", "nvapi-", "pypi-AgEI", "r8_", "rk_live_", "SG.", "ya29.", "dapi",
    "dop_v1_", "-----BEGIN ", "earer ", "asic ", "://", "sig=",
)  # fmt: skip
_ASSIGNED = re.compile(r"(?<![\w.-])(?P<name>[\w.-]++)[\"']?[ \t]{0,8}(?:=(?!=)|:(?![/:]))[ \t]{0,8}")
_QUOTED = re.compile(r"[rbuf]{0,2}(?P<quote>[\"'])(?P<value>[^\"'\n]{1,8192}+)")
_BARE = re.compile(r"[^\s,;&\"'()\[\]{}]++")
_LINE = re.compile(r"[^\n\r\"']{1,8192}+")
_HEADERS = ("authorization", "cookie", "set-cookie")
_SPECIAL = re.compile(r"[<\[{(|#]|\$|[*x.•]{3,}$")
_WORDLIKE = re.compile(r"[A-Za-z]{1,8}|.{0,3}", re.DOTALL)
_CODE = re.compile(
    r"(?:None|True|False|null|true|false|str|bytes|int|bool|Optional|Any|getpass|self|os|args|cfg|conf|config|opt|opts"
    r"|options|settings|environ|env|flags|FLAGS|hparams|params|request|kwargs|\.\.\.)(?![^.|\s])"
)


class Redactor:
    """Tells secrets from other values.

    Called with a name (or dotted key) and a value, it returns the value itself, or a Redacted where it is a secret.
    *fingerprint* turns a secret's bytes into hexadecimal digits (keyed, so that nobody can guess back); *unredacted*
    holds names or keys whose values are written as they are.
    """

    __slots__ = ("_fingerprint", "_known", "_unredacted")

    def __init__(self, fingerprint: Callable[[bytes], str], unredacted: Collection[str] = ()) -> None:
        """Take the keyed hash, and the names and keys to leave alone."""
        self._fingerprint = fingerprint
        self._known: dict[str, int] = {}
        self._unredacted = {form for key in unredacted for form in (key, key.rpartition(".")[2])}

    def __call__(self, name: str, value: Any) -> Any:
        """Return *value*, or a Redacted if its name or its form says that it is secret."""
        suspicion = self._known.get(name)
        if suspicion is None:
            suspicion = self._learn(name)
        kind = type_of(value)
        if suspicion == 0:
            if kind is str:
                if len(value) < _SHORTEST or not self._is_form(value):
                    return value
                return self._redacted(value)
            if kind in _UNTOLD:
                return value
        return self._judge(suspicion, value, kind)

    def text(self, text: str) -> str:
        """Return *text* with each secret part replaced by ``[redacted <8 hexadecimal digits>]``."""
        if may_hold_form(text) and _FORM.search(text):
            text = self._without_forms(text)
        return self._without_assigned(text)

    def argv(self, args: Sequence[str]) -> list[str]:
        """Return a command line with each secret replaced, be it a flag's value, assigned, or known by its form."""
        kept: list[str] = []
        flag = ""
        for arg in args:
            secret = self(flag, arg) if flag and not arg.startswith("--") else arg
            kept.append(self._mark(arg) if type(secret) is Redacted else self._argument(arg))
            is_flag = arg.startswith("-") and "=" not in arg and " " not in arg
            flag = arg.lstrip("-") if is_flag else ""
        return kept

    def _argument(self, arg: str) -> str:
        head, equals, value = arg.partition("=")
        if equals and " " not in head and type(self(head.lstrip("-+~"), value)) is Redacted:
            text = self.text(value)
            # A text of which only a part is secret keeps the rest, unless the name makes all of it secret.
            is_whole = text == value or self._known.get(head.lstrip("-+~"), 0) > 0
            return f"{head}={self._mark(value) if is_whole else text}"
        return self.text(arg)

    def _learn(self, name: str) -> int:
        if len(self._known) >= _MOST_NAMES:
            self._known.clear()
        suspicion = -1 if name in self._unredacted else int(judge_name(name))
        if len(name) <= MAX_LENGTH:
            self._known[name] = suspicion
        return suspicion

    def _judge(self, suspicion: int, value: Any, kind: type) -> Any:
        if suspicion < 0 or value is None or kind is bool:
            return value
        if kind is StandIn:
            return StandIn(value.type_name, self.text(value.shown), value.reason)
        bases = mro_of(kind)
        if str in bases or bytes in bases or bytearray in bases:
            text = str.__str__(value) if str in bases else str(value, "latin-1")
            return self._redacted(value) if self._is_secret(suspicion, text) else value
        if suspicion == Suspicion.ANY and kind not in (Redacted, type) and not _is_empty(value, kind):
            return self._redacted(value)
        return value

    def _is_secret(self, suspicion: int, text: str) -> bool:
        if suspicion == Suspicion.ANY:
            return bool(text) and not _is_placeholder(text)
        if suspicion == Suspicion.TEXT and not _is_harmless(text):
            return True
        return len(text) >= _SHORTEST and self._is_form(text)

    def _is_form(self, text: str) -> bool:
        if may_hold_form(text) and _FORM.search(text) and any(_secret_part(match) for match in _FORM.finditer(text)):
            return True
        return "=" in text and self._without_assigned(text) is not text

    def _redacted(self, value: Any) -> Redacted:
        return Redacted(self._fingerprint(_bytes_of(value)))

    def _mark(self, secret: str) -> str:
        return f"[redacted {self._fingerprint(_bytes_of(secret))[:8]}]"

    def _without_forms(self, text: str) -> str:
        parts: list[str] = []
        at = 0
        for match in _FORM.finditer(text):
            if match.start() < at or not (span := _secret_part(match)):
                continue
            start, end = span
            parts += [text[at:start], self._mark(text[start:end])]
            at = end
        return "".join([*parts, text[at:]])

    def _without_assigned(self, text: str) -> str:
        parts: list[str] = []
        at = 0
        for match in _ASSIGNED.finditer(text):
            if match.start() < at:
                continue
            span = self._assigned_secret(match)
            if span is not None:
                parts += [text[at : span[0]], self._mark(text[span[0] : span[1]])]
                at = span[1]
        return "".join([*parts, text[at:]]) if parts else text

    def _assigned_secret(self, match: re.Match[str]) -> tuple[int, int] | None:
        name = match["name"]
        suspicion = self._known.get(name)
        if suspicion is None:
            suspicion = self._learn(name)
        if suspicion <= 0:
            return None
        text, at = match.string, match.end()
        quoted = _QUOTED.match(text, at)
        if quoted:
            value, span = quoted["value"], quoted.span("value")
            return None if not self._is_secret(suspicion, value) else span
        bare = (_LINE if name.lower() in _HEADERS else _BARE).match(text, at)
        if bare is None or "[redacted " in bare[0] or _is_code(bare[0], text[bare.end() : bare.end() + 1], name):
            return None
        return bare.span() if self._is_secret(suspicion, bare[0]) else None


def may_hold_form(text: str) -> bool:
    """Tell, for a long text, whether any form's beginning is in it: a plain search is some 30 times as fast."""
    return len(text) < _LONG or any(start in text for start in _FORM_STARTS)


def _secret_part(match: re.Match[str]) -> tuple[int, int] | None:
    """Return where in the text the secret of a match stands, None where it only looks like one."""
    group = match.lastgroup
    if match["pem"] is not None:
        end = match.string.find("-----END", match.end())
        closing = match.string.find("-----", end + 8) if end >= 0 else -1
        return match.start(), closing + 5 if closing >= 0 else len(match.string)
    if group is None:
        return match.span()
    part = match[group]
    if group == "login":
        is_token = len(part) >= 20 and any(char.isdigit() for char in part)
        is_login = match["user"] is not None and not _is_placeholder(part)
        return match.span("login") if is_login or (match["user"] is None and is_token) else None
    if group in ("key", "bearer"):
        is_random = any(char.isdigit() for char in part)
        return match.span(0 if group == "key" else group) if is_random else None
    if group == "basic":
        return match.span(group) if _is_basic(part) else None
    return match.span(group)


def _is_basic(part: str) -> bool:
    """Tell whether *part* is base64 of ``user:password``."""
    try:
        return b":" in base64.b64decode(part + "=" * (-len(part) % 4))
    except ValueError:
        return False


def _is_placeholder(text: str) -> bool:
    return bool(_SPECIAL.match(text)) and len(text) <= 64


def _is_harmless(text: str) -> bool:
    """Tell whether a text under a name such as ``token`` is a short word, a special token or a path."""
    return _WORDLIKE.fullmatch(text) is not None or _is_placeholder(text) or text.startswith(("/", "./", "~/"))


def _is_code(value: str, following: str, name: str) -> bool:
    """Tell whether a bare text behind ``=`` or ``:`` is an expression of a program."""
    return following in ("(", "[") or value == name or _CODE.match(value) is not None


def _is_empty(value: Any, kind: type) -> bool:
    return kind in (dict, list, tuple, set, frozenset) and not value


def _bytes_of(value: Any) -> bytes:
    kind = type_of(value)
    if kind is str:
        return bytes(value.encode("utf-8", "surrogatepass"))
    if kind is bytes:
        return bytes(value)
    return msgspec.json.encode(Encoder().encode(value))
