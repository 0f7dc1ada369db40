"""Compiled expressions: plain data that serialises, and the closures that run it.

A `Code` is an integer (itself) or a tuple `(operation, operand, …)`. Registers hold integers only: 0 and 1 for false
and true, an index for an enum, a bit mask for a set.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Run = Callable[[Sequence[int]], int]

#: An integer or a tuple of an operation's name and its operands; recursive, hence loosely typed.
Code = Any

INT_MAX = 2**31 - 1


class CodeError(Exception):
    """Data that is no code; only a damaged or foreign file holds such."""


def saturate(value: int) -> int:
    """The nearest value within ±(2³¹−1)."""
    return min(INT_MAX, max(-INT_MAX, value))


def link(code: Code, derived: Sequence[Run] = ()) -> Run:
    """The function from registers to the value of `code`; `derived` are those of the derived names.

    Raises `CodeError` on data that no compiler of ours wrote.
    """
    if isinstance(code, int):
        return lambda _registers, value=code: value  # type: ignore[misc]
    try:
        operation, *operands = code
        return _LINKERS[operation](operands, derived)
    except (KeyError, ValueError, TypeError, IndexError) as error:
        raise CodeError(f"no such operation: {code!r}") from error


def leaves(code: Code) -> Iterator[tuple[str, int]]:
    """What `code` itself asks for: `("flag", register)` or `("derived", index)`, each as often as it stands there."""
    waiting = [code]
    while waiting:
        item = waiting.pop()
        if not isinstance(item, int):
            operation, *operands = item
            if operation in ("flag", "derived"):
                yield operation, operands[0]
            else:
                waiting.extend(operands)


def registers_read(code: Code, derived: Sequence[Code] = ()) -> set[int]:
    """The registers that the value of `code` can depend on."""
    found: set[int] = set()
    waiting = [code]
    while waiting:
        for kind, index in leaves(waiting.pop()):
            if kind == "flag":
                found.add(index)
            else:
                waiting.append(derived[index])
    return found


def depth(code: Code, derived: Sequence[int] = ()) -> int:
    """How deep the operations of `code` are nested, given how deep the derived names go."""
    deepest = 0
    waiting = [(code, 1)]
    while waiting:
        item, here = waiting.pop()
        if not isinstance(item, int):
            operation, *operands = item
            if operation == "derived":
                here += derived[operands[0]] if 0 <= operands[0] < len(derived) else 0
            elif operation != "flag":
                waiting.extend((operand, here + 1) for operand in operands)
        deepest = max(deepest, here)
    return deepest


def _flag(operands: list[Code], _derived: Sequence[Run]) -> Run:
    (register,) = operands
    if not isinstance(register, int):
        raise TypeError
    return lambda registers: registers[register]


def _derived(operands: list[Code], derived: Sequence[Run]) -> Run:
    return derived[operands[0]]


def _unary(make: Callable[[Run], Run]) -> Callable[[list[Code], Sequence[Run]], Run]:
    def linker(operands: list[Code], derived: Sequence[Run]) -> Run:
        (operand,) = operands
        return make(link(operand, derived))

    return linker


def _binary(make: Callable[[Run, Run], Run]) -> Callable[[list[Code], Sequence[Run]], Run]:
    def linker(operands: list[Code], derived: Sequence[Run]) -> Run:
        left, right = operands
        return make(link(left, derived), link(right, derived))

    return linker


def _many(make: Callable[[tuple[Run, ...]], Run]) -> Callable[[list[Code], Sequence[Run]], Run]:
    def linker(operands: list[Code], derived: Sequence[Run]) -> Run:
        return make(tuple(link(operand, derived) for operand in operands))

    return linker


def _compare(against: Callable[[int, int], Run], make: Callable[[Run, Run], Run]) -> Any:
    """A comparison, with the commonest form, a flag against a number, made short: `against(register, number)`."""
    general = _binary(make)

    def linker(operands: list[Code], derived: Sequence[Run]) -> Run:
        left, right = operands
        if isinstance(right, int) and isinstance(left, (tuple, list)) and left[0] == "flag":
            return against(left[1], right)
        return general(operands, derived)

    return linker


def _if(operands: list[Code], derived: Sequence[Run]) -> Run:
    condition, yes, no = (link(operand, derived) for operand in operands)
    return lambda registers: yes(registers) if condition(registers) else no(registers)


def _and(operands: tuple[Run, ...]) -> Run:
    if len(operands) == 2:
        left, right = operands
        return lambda registers: right(registers) if left(registers) else 0
    return lambda registers: int(all(operand(registers) for operand in operands))


def _or(operands: tuple[Run, ...]) -> Run:
    if len(operands) == 2:
        left, right = operands
        return lambda registers: left(registers) or right(registers)
    return lambda registers: int(any(operand(registers) for operand in operands))


#: One linker an operation; the whole instruction set.
_LINKERS: dict[str, Callable[[list[Code], Sequence[Run]], Run]] = {
    "flag": _flag,
    "derived": _derived,
    "not": _unary(lambda a: lambda r: 0 if a(r) else 1),
    "and": _many(_and),
    "or": _many(_or),
    "==": _compare(lambda i, n: lambda r: r[i] == n, lambda a, b: lambda r: a(r) == b(r)),
    "!=": _compare(lambda i, n: lambda r: r[i] != n, lambda a, b: lambda r: a(r) != b(r)),
    "<": _compare(lambda i, n: lambda r: r[i] < n, lambda a, b: lambda r: a(r) < b(r)),
    "<=": _compare(lambda i, n: lambda r: r[i] <= n, lambda a, b: lambda r: a(r) <= b(r)),
    ">": _compare(lambda i, n: lambda r: r[i] > n, lambda a, b: lambda r: a(r) > b(r)),
    ">=": _compare(lambda i, n: lambda r: r[i] >= n, lambda a, b: lambda r: a(r) >= b(r)),
    "+": _binary(lambda a, b: lambda r: saturate(a(r) + b(r))),
    "-": _binary(lambda a, b: lambda r: saturate(a(r) - b(r))),
    "*": _binary(lambda a, b: lambda r: saturate(a(r) * b(r))),
    "if": _if,
    "min": _many(lambda items: lambda r: min(item(r) for item in items)),
    "max": _many(lambda items: lambda r: max(item(r) for item in items)),
    "abs": _unary(lambda a: lambda r: abs(a(r))),
    "count": _unary(lambda a: lambda r: a(r).bit_count()),
    "has": _binary(lambda a, b: lambda r: (b(r) >> a(r)) & 1),
    "union": _binary(lambda a, b: lambda r: a(r) | b(r)),
    "common": _binary(lambda a, b: lambda r: a(r) & b(r)),
    "without": _binary(lambda a, b: lambda r: a(r) & ~b(r)),
}
