"""Arrays as the kernels reach them: by address, through one record that holds all addresses.

Measured here: a NamedTuple of arrays as argument made numba pass some 250 values in every call and count references to
each of them; kernels compiled for two minutes and ran ten times slower than with one pointer. So a Frame keeps the
arrays alive on Python's side, and its `record` (addresses and sizes) is all that a kernel gets. `records` and `numbers`
make the functions by which kernels reach an element: `stop_of(state, s, k).start` reads, and writes, like a field.

Nothing checks bounds here, as in all compiled code of numba.
"""

import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numba
import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

LONG = ir.IntType(64)

_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
_INNER: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
entry = numba.njit(**_OPTIONS)
"""For functions that Python calls; the interpreter's lock is free meanwhile."""
kernel = numba.njit(**_OPTIONS, **_INNER)
"""For functions that only other compiled functions call."""


class Frame:
    """Arrays and sizes under their names, and the record through which kernels see them."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]], sizes: Mapping[str, int]) -> None:
        self.arrays = dict(arrays)
        dtype = np.dtype([(name, "i8") for name in (*arrays, *sizes, f"source_{fingerprint(Path(__file__).parent)}")])
        cells = np.zeros(1, dtype)
        for name, array in arrays.items():
            if not array.flags.c_contiguous:
                raise ValueError(f"{name} does not lie in one piece")
            cells[name] = array.ctypes.data
        for name, size in sizes.items():
            cells[name] = size
        self._cells = cells
        self.record: Any = cells[0]

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.arrays[name]


@cache
def fingerprint(folder: Path) -> str:
    """Of all kernels' source: numba's cache looks at one file only, and must not mix what was compiled at odds."""
    files = sorted(folder.glob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


def records(name: str, dtype: np.dtype[Any], *strides: str) -> Any:
    """The function (frame, i, ...) -> record of the array `name`; `strides` name the other axes' sizes."""
    kind = numba.from_dtype(dtype)

    def emit(context: Any, builder: Any, frame: Any, frame_type: Any, indices: list[Any]) -> Any:
        address = _address(context, builder, frame, frame_type, name, strides, indices, dtype.itemsize)
        return builder.inttoptr(address, context.get_value_type(kind))

    return _reach(len(strides) + 1, kind, emit)


def numbers(name: str, dtype: str, *strides: str) -> Any:
    """The function (frame, i, ...) -> int of the integer array `name`, to be read only."""
    width = np.dtype(dtype).itemsize

    def emit(context: Any, builder: Any, frame: Any, frame_type: Any, indices: list[Any]) -> Any:
        address = _address(context, builder, frame, frame_type, name, strides, indices, width)
        value = builder.load(builder.inttoptr(address, ir.IntType(8 * width).as_pointer()))
        return value if width == LONG.width // 8 else builder.sext(value, LONG)

    return _reach(len(strides) + 1, types.int64, emit)


def _address(
    context: Any,
    builder: Any,
    frame: Any,
    frame_type: Any,
    name: str,
    strides: tuple[str, ...],
    indices: list[Any],
    itemsize: int,
) -> Any:
    def field(of: str) -> Any:
        offset = ir.Constant(LONG, frame_type.offset(of))
        place = builder.add(builder.ptrtoint(frame, LONG), offset)
        return builder.load(builder.inttoptr(place, LONG.as_pointer()))

    at = indices[0]
    for stride, index in zip(strides, indices[1:], strict=True):
        at = builder.add(builder.mul(at, field(stride)), index)
    return builder.add(field(name), builder.mul(at, ir.Constant(LONG, itemsize)))


def _reach(axes: int, result: Any, emit: Callable[..., Any]) -> Any:
    """An intrinsic of the frame and so many indices."""

    def signed(frame: Any, count: int) -> tuple[Any, Any]:
        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return emit(context, builder, args[0], signature.args[0], list(args[1:]))

        return result(frame, *[types.int64] * count), codegen

    if axes == 1:
        return intrinsic(lambda typing, frame, i: signed(frame, 1))
    if axes == 2:
        return intrinsic(lambda typing, frame, i, j: signed(frame, 2))
    return intrinsic(lambda typing, frame, i, j, k: signed(frame, 3))


def _copy(typing: Any, to: Any, source: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        block = ir.ArrayType(LONG, signature.args[0].size // 8).as_pointer()
        builder.store(builder.load(builder.bitcast(args[1], block)), builder.bitcast(args[0], block))
        return context.get_dummy_value()

    return types.none(to, source), codegen


copy: Any = intrinsic(_copy)
"""copy(to, source): write all fields of one record over another of the same kind."""
