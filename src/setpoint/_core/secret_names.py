"""Which names are a secret's, judged word by word."""

import re
from enum import IntEnum
from itertools import pairwise


class Suspicion(IntEnum):
    """How much a name says that its value is secret."""

    NONE = 0  # only the value's own form can tell
    TEXT = 1  # a text is secret, a number is not: token, auth, cookie
    ANY = 2  # numbers and containers are secret too: password, api_key


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MAX_LENGTH = 256
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")

_ANY_WORDS = _words(
    "password passwd passphrase passcode passwords secret secrets credential credentials apikey apikeys secretkey "
    "accesskey privatekey clientsecret dbpassword userpassword"
)
_ANY_KEYS = _words("api access private secret")
"""With ``key`` or ``keys`` behind them: ``api_key``."""

_TEXT_WORDS = _words(
    "token auth authorization dsn cookie cookies private pwd pass pin bearer jwt apitoken accesstoken authtoken "
    "refreshtoken bearertoken"
)
_TEXT_KEYS = _words(
    "encryption signing master account service auth license licence ssh gpg storage subscription deploy session wandb "
    "openai anthropic neptune comet huggingface hf aws azure gcp google cohere mistral replicate"
)
_TOKENS_OF = _words("api access auth refresh bearer hub")
"""With ``tokens`` behind them; any other ``tokens`` are a model's."""

_DESCRIBING = _words(
    "file files path paths dir folder name names env var variable url uri type kind length len size limit count policy "
    "field column provider method methods mode enabled required expiry expires ttl timeout scope scopes prefix suffix "
    "header index id ids manager service class format strength rotation backend endpoint store version min max rate "
    "page prompt hint label algorithm algo encoding ref loss weight dim"
)
"""A name that ends in one of these tells something about a secret, not the secret."""

_COUNTING = _words("num n max min use has is show hide allow require requires with no enable disable")

_MODEL_TOKENS = _words(
    "pad padding bos eos unk sep cls mask image images img video audio speech start end stop special begin beginning "
    "think thinking prompt decoder encoder forced prefix suffix middle eot eod boi eoi num max min per n trigger "
    "class vision tool additional placeholder new first last next target source src tgt control system user assistant "
    "sentinel split language lang blank space word sub char byte input output text object box point frame patch query "
    "pooling pool register null empty dummy fim one single each latent memory reward label answer question chat turn "
    "role separator delimiter by time cost"
)
"""Words that make a ``token`` one of a model's vocabulary."""

_PASSES = _words("n num single one two multi first second third forward backward per max min high low band")


def may_be_secret(name: str) -> bool:
    """Tell whether *name* has in it what the name of every secret has: most names are cleared by this alone.

    A chain of plain searches takes a fifth of the time of a regular expression, and a run may have a million names.
    """
    text = name[-MAX_LENGTH:].lower()
    return (
        "key" in text or "pass" in text or "token" in text or "auth" in text or "secret" in text or "cred" in text
        or "pin" in text or "private" in text or "pwd" in text or "cookie" in text or "dsn" in text or "jwt" in text
        or "bearer" in text or "signature" in text
    )  # fmt: skip


def words_of(name: str) -> list[str]:
    """Return the words of a name in snake, kebab, camel or dotted case, in lower case."""
    return [word.lower() for word in _WORD.findall(name)]


def judge_name(name: str) -> Suspicion:
    """Return how much *name*, a name or a dotted key, says that its value is secret; its end counts."""
    if not may_be_secret(name):
        return Suspicion.NONE
    *above, last = re.split(r"[.\[\]/]+", name[-MAX_LENGTH:].rstrip("]\"'"))
    if any(_judge_words(words_of(part)) == Suspicion.ANY and len(part) > 0 for part in above):
        # Whatever stands under credentials.* is one, but for what merely describes it.
        return Suspicion.NONE if _is_describing(words_of(last)) else Suspicion.TEXT
    return _judge_words(words_of(last))


def _is_describing(words: list[str]) -> bool:
    return bool(words) and (words[-1] in _DESCRIBING or words[0] in _COUNTING)


def _judge_words(words: list[str]) -> Suspicion:
    if not words or _is_describing(words):
        return Suspicion.NONE
    if not _ANY_WORDS.isdisjoint(words) or _has_key(words, _ANY_KEYS):
        return Suspicion.ANY
    if _is_text_secret(words):
        return Suspicion.TEXT
    return Suspicion.NONE


def _has_key(words: list[str], owners: frozenset[str]) -> bool:
    return any(word in ("key", "keys") and before in owners for before, word in pairwise(words))


def _is_text_secret(words: list[str]) -> bool:
    last = words[-1]
    before = words[:-1]
    if last == "token":
        return _MODEL_TOKENS.isdisjoint(before)
    if last == "tokens":
        return not _TOKENS_OF.isdisjoint(before) and _MODEL_TOKENS.isdisjoint(before)
    if last == "pass":
        return _PASSES.isdisjoint(before)
    if last == "key":
        return bool(before) and before[-1] in _TEXT_KEYS
    if last in ("signature", "credential"):
        return "amz" in before
    return last in _TEXT_WORDS
