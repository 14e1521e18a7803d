"""Scalars, dtypes and arrays of numpy and torch."""

import sys
from typing import Any

import msgspec
import pytest

from setpoint._core.values import ArrayDigest, Encoder, Foreign, Redacted, StandIn, decode, is_equal, is_same, show

np = pytest.importorskip("numpy")


def through_json(value: Any) -> Any:
    return decode(msgspec.json.decode(msgspec.json.encode(Encoder().encode(value))))


SCALARS = [
    *(np.dtype(code).type(1) for code in "?bBhHiIlLqQpPefdFD"),
    np.float32(0.1),
    np.float16("nan"),
    np.float64("-inf"),
    np.float32(-0.0),
    np.longdouble(0.5),
    np.complex64(1 + 2j),
    np.datetime64("2024-02-29T12:00", "us"),
    np.datetime64("NaT", "D"),
    np.timedelta64(5, "h"),
    np.timedelta64(5, "25s"),
    np.str_("text"),
    np.bytes_(b"bytes"),
]


@pytest.mark.parametrize("value", SCALARS, ids=repr)
def test_numpy_scalar_comes_back_same_value_and_type(value: Any) -> None:
    back = through_json(value)
    assert type(back) is type(value)
    assert back.dtype == value.dtype
    # Of a longdouble's 16 bytes the last 6 are padding, and hold whatever was there.
    size = 10 if type(value) is np.longdouble else None
    assert back.tobytes()[:size] == value.tobytes()[:size]
    assert is_same(value, back)


def test_numpy_scalar_equals_the_number_but_is_not_the_same() -> None:
    assert is_equal(np.float64(0.5), 0.5)
    assert is_equal(np.int64(4), 4)
    assert not is_same(np.float64(0.5), 0.5)
    assert not is_same(np.float32(0.5), np.float64(0.5))
    assert is_equal(np.float32("nan"), np.float32("nan"))


def test_long_double_with_more_digits_is_a_stand_in() -> None:
    value = np.longdouble(1) / np.longdouble(3)
    if value == np.longdouble(float(value)):
        pytest.skip("long double is double here")
    assert "digits" in through_json(value).reason


@pytest.mark.parametrize(
    "dtype", ["f4", ">f4", "?", "U5", "S3", "M8[ns]", "m8[5m]", "O", [("a", "i4"), ("b", "f8", (2,))]], ids=repr
)
def test_numpy_dtype_comes_back(dtype: Any) -> None:
    assert through_json(np.dtype(dtype)) == np.dtype(dtype)


ARRAYS = [
    np.arange(6.0).reshape(2, 3),
    np.arange(6, dtype=">i2").reshape(3, 2).T,
    np.array(0.5),
    np.zeros((0, 3)),
    np.array([float("nan"), -0.0], "f4"),
    np.array([1 + 2j]),
    np.array([True, False]),
    np.array(["a", "déf"]),
    np.array([b"a", b"bc"]),
    np.array([1, None, "x", [2]], dtype=object),
    np.array(["2024-01-01", "NaT"], "M8[D]"),
]


@pytest.mark.parametrize("value", ARRAYS, ids=repr)
def test_small_array_comes_back_exactly(value: Any) -> None:
    back = through_json(value)
    assert (back.dtype, back.shape) == (value.dtype, value.shape)
    assert back.tolist() == value.tolist() or back.tobytes() == value.tobytes()
    assert is_equal(value, back)
    assert is_same(value, back)
    assert back.flags.writeable


def test_large_array_becomes_a_digest() -> None:
    array = np.arange(100_000.0).reshape(10, -1)
    digest = through_json(array)
    assert type(digest) is ArrayDigest
    assert (digest.dtype, digest.shape, digest.preview[:3]) == ("<f8", (10, 10_000), (0.0, 1.0, 2.0))
    assert through_json(array.copy(order="F")) == digest
    changed = array.copy()
    changed[5, 5] = -1
    assert through_json(changed).hash != digest.hash
    assert show(digest).startswith("<array 10 x 10000 <f8")
    assert through_json(np.zeros(5000, "M8[s]")).preview[0].startswith("1970")


def test_huge_array_is_hashed_by_sample() -> None:
    array = np.zeros(65 * 2**20, "u1")
    digest = through_json(array)
    array[-1] = 1
    assert digest.hash.startswith("blake2b-sample:")
    assert through_json(array).hash != digest.hash


def test_arrays_are_equal_by_shape_and_elements() -> None:
    a = np.array([1.0, float("nan")])
    assert is_equal(a, a.copy())
    assert is_equal({"a": [a]}, {"a": [a.astype("f4")]})
    assert not is_same(a, a.astype("f4"))
    assert not is_equal(a, a.reshape(2, 1))
    assert not is_equal(a, [1.0, float("nan")])
    assert not is_equal(a, 1.0)
    assert is_equal(np.array(["a"]), np.array(["a"]))
    assert not is_equal(np.array(["a"]), np.array(["b"]))


@pytest.mark.parametrize(
    "value",
    [np.ma.array([1]), np.zeros(2, [("a", "i4")]), np.zeros(2, [("a", "i4")])[0], np.zeros(5000, object)],
    ids=type,
)
def test_array_without_an_exact_form_is_a_stand_in(value: Any) -> None:
    assert type(through_json(value)) is StandIn


@pytest.mark.parametrize(
    "value",
    [
        np.void(b"abc"),
        np.zeros(2, [("a", "i4")])[0],
        np.dtype(("i4", (2,))),
        np.dtype({"names": ["a"], "formats": ["i4"], "offsets": [4]}),
    ],
    ids=repr,
)
def test_scalar_or_dtype_without_an_exact_form_says_so(value: Any) -> None:
    assert through_json(value).reason.endswith("no exact form")


def test_secret_in_an_array_of_texts_is_not_written() -> None:
    encoder = Encoder(lambda name, value: Redacted("ab") if type(value) is str and value == "hush" else value)
    plain = encoder.encode(np.array(["hush", "x"]))
    assert b"hush" not in msgspec.json.encode(plain)
    assert decode(plain) == Foreign("numpy.ndarray", "numpy.array", "", [Redacted("ab"), "x"])


def test_ufuncs_and_classes_come_back() -> None:
    assert through_json(np.tanh) is np.tanh
    assert through_json(np.float32) is np.float32


def test_value_is_foreign_where_numpy_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    plains = [Encoder().encode(value) for value in (np.float32(0.5), np.dtype("f4"), np.zeros(2))]
    monkeypatch.setitem(sys.modules, "numpy", None)
    backs = [decode(plain) for plain in plains]
    assert all(type(back) is Foreign for back in backs)
    assert backs[0].value == 0.5


def test_torch_value_is_foreign_where_torch_is_not_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    assert decode({"$type": "torch.dtype", "value": "float32"}) == Foreign(
        "torch.float32", "torch.dtype", "", "float32"
    )
    assert decode({"$type": "torch.device", "value": "cuda:0"}).value == "cuda:0"
    form = {"$type": "torch.tensor", "dtype": "float32", "shape": [], "base64": "AAAAPw==", "value": 0.5}
    assert decode(form) == Foreign("torch.float32", "torch.tensor", "", 0.5)
    assert type(decode({"$type": "torch.size", "items": [2]})) is Foreign
    assert "torch" not in sys.modules


class TestTorch:
    @pytest.fixture
    def torch(self) -> Any:
        return pytest.importorskip("torch")

    def test_tensors_come_back(self, torch: Any) -> None:
        kinds = [torch.float32, torch.float64, torch.bfloat16, torch.float16, torch.int64, torch.uint8, torch.bool]
        for dtype in [*kinds, torch.complex64]:
            for value in (torch.tensor(1, dtype=dtype), torch.ones(2, 3, dtype=dtype).T, torch.empty(0, dtype=dtype)):
                back = through_json(value)
                assert (type(back), back.dtype, back.shape) == (type(value), value.dtype, value.shape)
                assert torch.equal(back, value)
                assert is_same(back, value)

    def test_parameter_comes_back_as_a_parameter(self, torch: Any) -> None:
        back = through_json(torch.nn.Parameter(torch.ones(2)))
        assert type(back) is torch.nn.Parameter
        assert back.requires_grad

    def test_names_and_sizes_come_back(self, torch: Any) -> None:
        for value in (torch.float32, torch.device("cuda:1"), torch.device("cpu"), torch.strided, torch.channels_last):
            assert through_json(value) == value
        assert through_json(torch.Size([2, 3])) == torch.Size([2, 3])
        assert type(through_json(torch.Size([2]))) is torch.Size
        assert through_json(torch.nn.ReLU) is torch.nn.ReLU

    def test_large_tensor_becomes_a_digest(self, torch: Any) -> None:
        digest = through_json(torch.arange(100_000, dtype=torch.float32).reshape(10, -1))
        assert (digest.dtype, digest.shape, digest.preview[:2]) == ("torch.float32", (10, 10_000), (0.0, 1.0))

    def test_nan_in_tensors_is_equal(self, torch: Any) -> None:
        assert is_equal(torch.tensor([float("nan")]), torch.tensor([float("nan")]))
        assert not is_equal(torch.tensor([1.0]), torch.tensor([2.0]))
        assert not is_equal(torch.tensor([1.0]), 1.0)
