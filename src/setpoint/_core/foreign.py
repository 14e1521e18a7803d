"""The plain forms of numpy's and torch's values.

When such a value arrives its library is loaded, so types are known by their names and nothing is imported to write
them. Reading imports numpy where it is installed; torch, which takes seconds, is used only if it is loaded already.
"""

import base64
import sys
from collections.abc import Callable, Iterator
from hashlib import blake2b
from importlib import import_module
from itertools import chain
from typing import Any

from .forms import Reader, Writer
from .marks import ArrayDigest, Foreign, Plain
from .named import Inside, NotKeptError, Read, write_function
from .raw import module_of

MAX_SIZE_BYTES = 8192
_MAX_COUNT = 1000
_HASHED_BYTES = 64 * 2**20
_BLOCK_BYTES = 2**20
_PREVIEW = 8

Block = Callable[[int, int], bytes]
"""Gives the bytes of an array's elements from the first index to before the second, in C order."""


def foreign_writer(bases: tuple[type, ...]) -> Writer | None:
    """Return the writer for a type of numpy's or torch's, given its method resolution order."""
    for base in bases:
        module = module_of(base)
        if module.startswith(("numpy", "torch")):
            writer = FOREIGN_WRITERS.get(f"{module.partition('.')[0]}.{base.__name__}")
            if writer is not None and _is_own(module, base):
                return writer
    return None


def _is_own(module: str, base: type) -> bool:
    library = sys.modules.get(module.partition(".")[0])
    return getattr(library, base.__name__, None) is base


def _write_numpy_scalar(value: Any, inside: Inside) -> Plain:
    dtype, kind = value.dtype, value.dtype.kind
    form: dict[str, Plain] = {"$type": "numpy.scalar", "dtype": dtype.name}
    if kind in "US":
        form["dtype"] = "str" if kind == "U" else "bytes"
        return {**form, "value": inside.part(value.item(), "value")}
    if kind not in "biufcmM":
        raise NotKeptError(f"numpy scalars of dtype {dtype} have no exact form")
    if sys.modules["numpy"].dtype(dtype.name).type is not type(value):
        form["char"] = dtype.char  # one of two C types of the same size
    if kind in "mM":
        return {**form, "value": int(value.view("i8"))}
    exact = bool(value) if kind == "b" else int(value) if kind in "iu" else _exact_number(value, kind)
    return {**form, "value": inside.part(exact, "value")}


def _exact_number(value: Any, kind: str) -> Any:
    number = complex(value) if kind == "c" else float(value)
    if type(value)(number) != value and value == value:  # noqa: PLR0124  # nan is unequal to itself
        raise NotKeptError(f"{value!r} has more digits than a float of 64 bits")
    return number


def _write_numpy_dtype(value: Any, inside: Inside) -> Plain:
    np = sys.modules["numpy"]
    if value.names is None and value.subdtype is None and np.dtype(value.str) == value:
        return {"$type": "numpy.dtype", "value": value.str}
    if value.names is not None and np.dtype(value.descr) == value:
        return {"$type": "numpy.dtype", "value": inside.part(value.descr, "descr")}
    raise NotKeptError(f"the numpy dtype {value} has no exact form")


def _write_numpy_array(value: Any, inside: Inside) -> Plain:
    kind, dtype, count = value.dtype.kind, value.dtype.str, value.size
    if type(value) is not sys.modules["numpy"].ndarray or kind not in "biufcmMUSO":
        raise NotKeptError(f"arrays of type {type(value).__name__} and dtype {value.dtype} have no exact form")
    form: dict[str, Plain] = {"$type": "numpy.array", "dtype": dtype, "shape": list(value.shape)}
    if kind in "USO" and count <= _MAX_COUNT:
        # Texts one by one, so that secrets among them are seen.
        return {**form, "items": [inside.part(part, at) for at, part in enumerate(value.reshape(-1).tolist())]}
    if kind == "O":
        raise NotKeptError(f"an array of {count:,} Python objects is too large to keep; use a list")
    if count <= _MAX_COUNT and value.nbytes <= MAX_SIZE_BYTES:
        return {**form, "base64": base64.b64encode(value.tobytes()).decode("ascii")}
    preview = value.flat[:_PREVIEW]
    parts = preview.astype(str).tolist() if kind in "mM" else preview.tolist()
    hashed = _hash(count, value.itemsize, lambda start, stop: bytes(value.flat[start:stop].tobytes()))
    return _digest(dtype, value.shape, hashed, parts, inside)


def _digest(dtype: str, shape: Any, hashed: str, preview: list[Any], inside: Inside) -> Plain:
    return inside.part(ArrayDigest(dtype, tuple(int(size) for size in shape), hashed, tuple(preview)), "digest")


def _hash(count: int, item_bytes: int, block: Block) -> str:
    """Return the hash of an array's bytes; over 64 evenly spaced blocks where it has more than 64 MiB."""
    step = max(_BLOCK_BYTES // max(item_bytes, 1), 1)
    is_sample = count * item_bytes > _HASHED_BYTES
    total = blake2b(digest_size=16)
    for start in _sample_starts(count, step) if is_sample else range(0, count, step):
        total.update(block(start, min(start + step, count)))
    return f"blake2b{'-sample' if is_sample else ''}:{total.hexdigest()}"


def _sample_starts(count: int, step: int) -> Iterator[int]:
    blocks = _HASHED_BYTES // _BLOCK_BYTES
    return chain((at * (count // blocks) for at in range(blocks - 1)), (max(count - step, 0),))


def _write_torch_tensor(value: Any, inside: Inside) -> Plain:  # pragma: no cover  # needs torch
    torch: Any = sys.modules["torch"]
    if type(value) not in (torch.Tensor, torch.nn.Parameter) or value.layout is not torch.strided:
        raise NotKeptError(f"tensors of type {type(value).__name__} and layout {value.layout} have no exact form")
    tensor = value.detach()
    dtype = str(value.dtype).removeprefix("torch.")
    form: dict[str, Plain] = {"$type": "torch.tensor", "dtype": dtype, "shape": list(value.shape)}
    if type(value) is not torch.Tensor:
        form["class"] = "Parameter"
    if value.requires_grad:
        form["requires_grad"] = True
    if value.numel() <= _MAX_COUNT and value.numel() * value.element_size() <= MAX_SIZE_BYTES:
        return {**form, "base64": base64.b64encode(_torch_bytes(tensor)).decode("ascii"), **_item(tensor, inside)}
    flat = tensor.reshape(-1)
    hashed = _hash(value.numel(), value.element_size(), lambda start, stop: _torch_bytes(flat[start:stop]))
    return _digest(f"torch.{dtype}", value.shape, hashed, flat[:_PREVIEW].tolist(), inside)


def _item(tensor: Any, inside: Inside) -> dict[str, Plain]:  # pragma: no cover  # needs torch
    """Return the number in a tensor of no dimension: what a reader without torch shows, and queries compare."""
    return {} if tensor.dim() else {"value": inside.part(tensor.item(), "value")}


def _torch_bytes(tensor: Any) -> bytes:  # pragma: no cover  # needs torch
    torch: Any = sys.modules["torch"]
    storage = tensor.cpu().contiguous().resolve_conj().clone().untyped_storage()
    if not storage.nbytes():
        return b""
    whole = torch.empty(0, dtype=torch.uint8).set_(storage)
    return bytes(whole.numpy()) if "numpy" in sys.modules else bytes(whole.tolist())


def _write_torch_size(value: Any, _inside: Inside) -> Plain:  # pragma: no cover  # needs torch
    return {"$type": "torch.size", "items": list(value)}


def _write_torch_name(value: Any, _inside: Inside) -> Plain:  # pragma: no cover  # needs torch
    return {"$type": f"torch.{type(value).__name__}", "value": str(value).removeprefix("torch.")}


FOREIGN_WRITERS: dict[str, Writer] = {
    "numpy.generic": _write_numpy_scalar,
    "numpy.dtype": _write_numpy_dtype,
    "numpy.ndarray": _write_numpy_array,
    "numpy.ufunc": write_function,
    "torch.Tensor": _write_torch_tensor,
    "torch.Size": _write_torch_size,
    "torch.dtype": _write_torch_name,
    "torch.device": _write_torch_name,
    "torch.layout": _write_torch_name,
    "torch.memory_format": _write_torch_name,
}
"""Writers by library and name of one of the value's bases."""


def _library(name: str, form: dict[str, Any]) -> Any:
    """Return the library, or a Foreign that holds what *form* says where the library is not at hand."""
    if (library := sys.modules.get(name)) is not None:
        return library
    if name == "numpy":
        try:
            return import_module(name)
        except ImportError:
            pass
    shown = {part: value for part, value in form.items() if part != "$type"}
    return Foreign(form["$type"], form["$type"], "", shown)


def _read_numpy_scalar(form: dict[str, Any], read: Read) -> Any:
    np = _library("numpy", form)
    value, dtype = read(form["value"]), form["dtype"]
    if isinstance(np, Foreign):
        return Foreign(f"numpy.{dtype}", "numpy.scalar", "", value)
    if dtype in ("str", "bytes"):
        return getattr(np, f"{dtype}_")(value) if type(value) in (str, bytes) else value
    exact = np.dtype(form.get("char", dtype))
    if exact.kind in "mM":
        return np.int64(value).view(exact)
    return exact.type(value)


def _read_numpy_dtype(form: dict[str, Any], read: Read) -> Any:
    np = _library("numpy", form)
    value = read(form["value"])
    return Foreign("numpy.dtype", "numpy.dtype", "", value) if isinstance(np, Foreign) else np.dtype(value)


def _read_numpy_array(form: dict[str, Any], read: Read) -> Any:
    np = _library("numpy", form)
    if isinstance(np, Foreign):
        return np
    if "base64" in form:
        data = base64.b64decode(form["base64"], validate=True)
        return np.frombuffer(data, form["dtype"]).reshape(form["shape"]).copy()
    parts = [read(part) for part in form["items"]]
    if form["dtype"][1] in "US" and any(type(part) not in (str, bytes) for part in parts):
        return Foreign("numpy.ndarray", "numpy.array", "", parts)  # one of the texts is a secret
    array = np.empty(len(parts), form["dtype"])
    for at, part in enumerate(parts):
        array[at] = part
    return array.reshape(form["shape"])


def _read_torch_tensor(form: dict[str, Any], read: Read) -> Any:
    torch = _library("torch", form)
    if isinstance(torch, Foreign):
        return Foreign(f"torch.{form['dtype']}", "torch.tensor", "", read(form["value"])) if "value" in form else torch
    return _torch_tensor(torch, form)  # pragma: no cover  # needs torch


def _torch_tensor(torch: Any, form: dict[str, Any]) -> Any:  # pragma: no cover  # needs torch
    data = bytearray(base64.b64decode(form["base64"], validate=True))
    dtype = getattr(torch, form["dtype"])
    flat = torch.frombuffer(data, dtype=dtype) if data else torch.empty(0, dtype=dtype)
    needs_grad = form.get("requires_grad", False)
    tensor = flat.reshape(form["shape"]).clone()
    if form.get("class") == "Parameter":
        return torch.nn.Parameter(tensor, requires_grad=needs_grad)
    return tensor.requires_grad_(needs_grad)


def _read_torch_size(form: dict[str, Any], _read: Read) -> Any:
    torch = _library("torch", form)
    return torch if isinstance(torch, Foreign) else torch.Size(form["items"])


def _read_torch_name(form: dict[str, Any], _read: Read) -> Any:
    torch = _library("torch", form)
    if isinstance(torch, Foreign):
        return Foreign(f"torch.{form['value']}", form["$type"], "", form["value"])
    is_device = form["$type"] == "torch.device"  # pragma: no cover  # needs torch
    return (
        torch.device(form["value"]) if is_device else getattr(torch, form["value"])
    )  # pragma: no cover  # needs torch


FOREIGN_READERS: dict[str, Reader] = {
    "numpy.scalar": _read_numpy_scalar,
    "numpy.dtype": _read_numpy_dtype,
    "numpy.array": _read_numpy_array,
    "torch.tensor": _read_torch_tensor,
    "torch.size": _read_torch_size,
    "torch.dtype": _read_torch_name,
    "torch.device": _read_torch_name,
    "torch.layout": _read_torch_name,
    "torch.memory_format": _read_torch_name,
}
"""Readers by the form's ``$type``."""


def are_arrays_equal(a: Any, b: Any) -> bool:
    """Tell whether two arrays or two tensors have the same shape and all elements equal, nan equal to nan."""
    if tuple(a.shape) != tuple(b.shape):
        return False
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(a, torch.Tensor):  # pragma: no cover  # needs torch
        return isinstance(b, torch.Tensor) and bool(((a == b) | ((a != a) & (b != b))).all())  # noqa: PLR0124  # nan
    np = sys.modules["numpy"]
    try:
        return bool(np.array_equal(a, b, equal_nan=True))
    except TypeError:  # no nan in texts and objects
        return bool(np.array_equal(a, b))


def is_array(bases: tuple[type, ...]) -> bool:
    """Tell whether a type of that method resolution order is numpy's array or torch's tensor."""
    return foreign_writer(bases) in (_write_numpy_array, _write_torch_tensor)
