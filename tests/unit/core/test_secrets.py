"""Secrets are found by name and by form in values, texts and command lines; everything else stays as it is."""

import hashlib
import time
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from secrets_corpus import BY_NAME, FORMS, HARMLESS, URLS

from setpoint._core.secrets import Redactor
from setpoint._core.values import Encoder, Redacted, StandIn, decode

SECRET = "Zx81-hunter2-Qq"


def fingerprint(data: bytes) -> str:
    return hashlib.blake2b(data, key=b"a key of the user", digest_size=16).hexdigest()


@pytest.fixture
def redactor() -> Redactor:
    return Redactor(fingerprint)


def written(redactor: Redactor, value: Any, name: str = "") -> str:
    return msgspec.json.encode(Encoder(redactor).encode(value, name)).decode()


def test_corpus_is_large_enough() -> None:
    assert 4 * len(BY_NAME) + 4 * len(FORMS) + 3 * len(URLS) >= 800
    assert len(HARMLESS) >= 300


@pytest.mark.parametrize("name", BY_NAME)
def test_secret_is_found_by_its_name_in_every_channel(redactor: Redactor, name: str) -> None:
    assert type(redactor(name, SECRET)) is Redacted
    assert SECRET not in written(redactor, {"a": [{name: SECRET}]})
    assert SECRET not in written(redactor, SECRET, name)
    flag = "--" + name.replace("_", "-")
    assert SECRET not in " ".join(redactor.argv(["train.py", flag, SECRET, "--lr", "1"]))
    assert SECRET not in " ".join(redactor.argv([f"{flag}={SECRET}", f"{name}={SECRET}", f"+{name}={SECRET}"]))
    if "[" not in name:
        for text in (f"{name}={SECRET}", f'x {name}: "{SECRET}",', f"f({name}='{SECRET}')", f"?{name}={SECRET}&x=1"):
            assert SECRET not in redactor.text(text)


@pytest.mark.parametrize("secret", FORMS, ids=lambda secret: secret[:8])
def test_secret_is_found_by_its_form_in_every_channel(redactor: Redactor, secret: str) -> None:
    assert type(redactor("note", secret)) is Redacted
    assert type(redactor("note", secret.encode())) is Redacted
    assert type(redactor("note", f"see {secret} there")) is Redacted
    assert secret[10:] not in written(redactor, {"a": [secret, (secret,), {secret[:3]: {1: secret}}]})
    assert secret[10:] not in " ".join(redactor.argv(["x", secret, f"--note={secret}", f"a={secret}"]))
    for text in (f"value {secret} end", f"'{secret}'", f"+x = {secret}\n", f"https://h/?q={secret}&r=1", f"({secret})"):
        kept = redactor.text(text)
        assert secret[10:] not in kept
        assert "[redacted " in kept


@pytest.mark.parametrize(("url", "password"), URLS)
def test_password_in_a_url_is_found_in_every_channel(redactor: Redactor, url: str, password: str) -> None:
    assert type(redactor("store", url)) is Redacted
    assert f":{password}@" not in redactor.text(f"remote: {url} (fetch)")
    assert f":{password}@" not in " ".join(redactor.argv(["--url", url, f"--url={url}"]))
    assert "://" in redactor.text(url)


def test_harmless_params_of_real_configs_stay(redactor: Redactor) -> None:
    redacted = [name for name, value in HARMLESS.items() if redactor(name, value) is not value]
    assert len(redacted) <= len(HARMLESS) // 100, redacted


def test_harmless_texts_and_arguments_stay(redactor: Redactor) -> None:
    texts = [f"{name}: {value}" for name, value in HARMLESS.items()]
    changed = [text for text in texts if redactor.text(text) != text]
    assert len(changed) <= len(texts) // 100, changed
    arguments = [arg for name, value in HARMLESS.items() for arg in (f"--{name}", str(value))]
    kept = redactor.argv(arguments)
    changed = [arg for arg, other in zip(arguments, kept, strict=True) if arg != other]
    # As texts, True and 512 under "token" are short words; None under "password" is a word like any other.
    assert len(changed) <= len(arguments) // 100 + 6, changed


@pytest.mark.parametrize(
    ("name", "value", "is_secret"),
    [
        ("password", 1234, True),
        ("api_key", 1234, True),
        ("token", 1234, False),
        ("pin", "1234", True),
        ("password", True, False),
        ("password", None, False),
        ("password", "", False),
        ("password", {}, False),
        ("password", "${DB_PASSWORD}", False),
        ("credentials", {"user": "me", "word": "x"}, True),
        ("secrets", ["a", "b"], True),
        ("tokens", ["hello", "world"], False),
        ("auth", {"kind": "basic"}, False),
        ("credentials.user", "someone-long", True),
        ("credentials.type", "someone-long", False),
        ("wandb_key", "0123456789abcdef0123456789abcdef01234567", True),
        ("commit", "0123456789abcdef0123456789abcdef01234567", False),
        ("connection", "Server=db;User=me;Password=hunter22", True),
        ("header", "Authorization: Basic dXNlcjpwYXNz", True),
        ("header", "Bearer 0123456789abcdef", True),
        ("sas", "https://x.blob.core.windows.net/c?sv=1&sig=abcdefghijklmnop%3D", True),
        ("url", "https://0123456789abcdef0123456789abcdef@github.com/x", True),
        ("url", "https://user@github.com/x", False),
        ("password", b"bytes", True),
        ("anything", bytearray(b"hf_abcdefghijklmnopqrstuvwx"), True),
        ("", "plain", False),
    ],
)
def test_judgement_by_name_and_value(redactor: Redactor, name: str, value: Any, is_secret: bool) -> None:
    assert (type(redactor(name, value)) is Redacted) == is_secret


def test_equal_secrets_have_equal_fingerprints_in_every_channel(redactor: Redactor) -> None:
    short = fingerprint(SECRET.encode())[:8]
    assert (
        redactor("password", SECRET) == redactor("api_key", SECRET.encode()) == Redacted(fingerprint(SECRET.encode()))
    )
    assert redactor.text(f"password={SECRET}") == f"password=[redacted {short}]"
    assert redactor.argv(["--password", SECRET]) == ["--password", f"[redacted {short}]"]
    assert redactor("password", SECRET) != redactor("password", SECRET + "1")
    assert redactor("password", {"a": 1}) == redactor("secrets", {"a": 1})


def test_subclasses_of_texts_are_looked_into(redactor: Redactor) -> None:
    class Text(str):
        __slots__ = ()

    assert type(redactor("x", Text(FORMS[0]))) is Redacted
    assert type(redactor("password", Text("abc"))) is Redacted


def test_recorded_secret_reads_back_as_redacted_and_is_recorded_again_as_it_was(redactor: Redactor) -> None:
    plain = Encoder(redactor).encode({"password": SECRET, "lr": 0.1})
    back = decode(plain)
    assert back == {"password": Redacted(fingerprint(SECRET.encode())), "lr": 0.1}
    assert Encoder(redactor).encode(back) == plain


def test_repr_of_a_stand_in_is_cleared_of_secrets(redactor: Redactor) -> None:
    class Client:
        def __repr__(self) -> str:
            return f"Client(url='https://x', api_key='{SECRET}')"

    back = decode(Encoder(redactor).encode(Client()))
    assert type(back) is StandIn
    assert SECRET not in back.shown
    assert "https://x" in back.shown


def test_named_keys_are_left_alone() -> None:
    redactor = Redactor(fingerprint, ["password", "hub.token"])
    assert redactor("password", SECRET) is SECRET
    assert redactor("hub.token", SECRET) is SECRET
    assert redactor("token", SECRET) is SECRET
    assert type(redactor("api_key", SECRET)) is Redacted
    assert redactor.text(f"password={SECRET}") == f"password={SECRET}"
    assert redactor.argv(["--password", SECRET]) == ["--password", SECRET]


def test_code_in_a_diff_stays_readable(redactor: Redactor) -> None:
    diff = (
        "+def connect(password: str = None, token: Optional[str] = None) -> None:\n"
        "+    client = Client(api_key=os.environ['KEY'], password=password, token=args.token)\n"
        "+    if token == other: secret = getpass.getpass()\n"
        "+    self.tokenizer = AutoTokenizer.from_pretrained(name, token=load_token(x))\n"
    )
    assert redactor.text(diff) == diff


def test_private_key_is_cut_out_of_a_text_whole(redactor: Redactor) -> None:
    key = next(form for form in FORMS if form.startswith("-----"))
    kept = redactor.text(f"before\n{key}\nafter")
    assert kept.startswith("before\n[redacted ")
    assert kept.endswith("]\nafter")
    assert redactor.text(f"before\n{key[:60]}").count("\n") == 1


def test_flag_that_takes_no_value_does_not_hide_the_next_flag(redactor: Redactor) -> None:
    args = ["--use-auth-token", "--lr", "0.1", "--password", "--epochs", "3"]
    assert redactor.argv(args) == args


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_handled_and_clearing_twice_changes_nothing(name: str, text: str) -> None:
    redactor = Redactor(fingerprint)
    redactor(name, text)
    redactor.argv([text, name])
    once = redactor.text(text)
    assert redactor.text(once) == once


@pytest.mark.parametrize(
    "secret", [*FORMS[:40:3], f"password={SECRET}", "Authorization: Bearer abcdef0123456789", URLS[0][0]]
)
def test_clearing_a_cleared_text_changes_nothing(redactor: Redactor, secret: str) -> None:
    once = redactor.text(f"x {secret} y")
    assert redactor.text(once) == once


ADVERSARIAL = [
    "a",
    "eyJ",
    "eyJaaaaaaaa.",
    "://",
    "://a:",
    "://x@",
    "password",
    "password=",
    "password: ",
    "a='",
    'token="',
    "token='x",
    "-----BEGIN PRIVATE KEY-----",
    "-----BEGIN ",
    "Bearer ",
    "Basic ",
    "sk-",
    "hf_",
    "x.",
    "=",
    ":",
    "@",
    "a:",
    "authorization:a",
    "authorization: ",
    "?sig=",
    "SG.aaaaaaaaaaaaaaaaaaaa",
    " ",
    "\n",
    "\u00e9",
    "api_key",
    "passwordToken",
]


@pytest.mark.parametrize("part", ADVERSARIAL)
def test_a_megabyte_made_to_be_slow_takes_linear_time(redactor: Redactor, part: str) -> None:
    text = part * (10**6 // len(part))
    start = time.process_time()
    redactor.text(text)
    redactor("note", text)
    redactor("https://" + text, 1)
    assert time.process_time() - start < 5


def test_names_remembered_stay_bounded(redactor: Redactor) -> None:
    for number in range(70_000):
        redactor(f"name{number}", 1)
    assert type(redactor("password", SECRET)) is Redacted


@pytest.mark.parametrize("text", ["Basic training0", "Basic abcdefghi", "basic AAAAAAAAA"])
def test_basic_that_is_no_login_stays(redactor: Redactor, text: str) -> None:
    assert redactor.text(text) == text
