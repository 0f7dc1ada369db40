"""Calls: a part of the story that is gone through and returned from, from several places.

Calls are followed by a stack of the steps that called. It cannot grow without end, for a call that could come round to
itself is refused; and what is called must come back, or end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from waymeet.authoring.fields import id_problem, rows
from waymeet.diagnostics import did_you_mean
from waymeet.story import Branch, Call, End, Goto, Return, body_of

if TYPE_CHECKING:
    from waymeet.authoring.fields import Reading
    from waymeet.authoring.lowering import Lowering
    from waymeet.authoring.models import WrittenStep
    from waymeet.authoring.source import Scalar
    from waymeet.story import Step


class CallSite(NamedTuple):
    """A call as it was written, to speak of when what it calls is known."""

    step: int
    name: Scalar
    returns: dict[str, Scalar]
    reading: Reading


def lower_call(written: WrittenStep, name: Scalar, outward: Goto | None, index: int, lowering: Lowering) -> Call | None:
    """The call; what returns without a name that is listed goes on by the nearest goto."""
    to = lowering.target(name)
    back = []
    keys = {}
    for key, target in rows(written.returns or {}):
        keys[key.value] = key
        onward = lowering.target(target)
        if onward is not None:
            back.append((key.value, Goto((Branch(None, onward),))))
    if outward is None and not keys:
        message = "when this returns, the story has nowhere to go on"
        lowering.reading.report("missing-target", message, name, "give the step a goto, or say `returns`")
    if to is None:
        return None
    lowering.shared.calls.append(CallSite(index, name, keys, lowering.reading))
    return Call(to, outward, tuple(back))


def lower_return(name: Scalar, lowering: Lowering) -> Return | None:
    """The return, by its name or, for `true`, without one."""
    if name.value == "true":
        return Return("")
    if (problem := id_problem(name.value)) is not None:
        lowering.reading.report("wrong-value", problem[0], name, "write `return: true`, or a name of your own")
        return None
    return Return(name.value)


def check_calls(sites: list[CallSite], steps: dict[int, Step]) -> None:
    """Report calls that never come back, or by a way that nobody handles, or that can come round to themselves."""
    bodies = {site.step: body_of(steps, _called(steps, site.step)) for site in sites}
    reported: set[frozenset[int]] = set()
    for site in sites:
        circle = _circle(site, sites, bodies)
        if circle and circle not in reported:
            reported.add(circle)
            message = f"what {site.name.value} does can come round to this call again"
            site.reading.report("endless-call", message, site.name, "lead there by a goto instead")
        elif not circle:
            _check_return(site, bodies[site.step], steps)


def _called(steps: dict[int, Step], step: int) -> int:
    way_out = steps[step].exit
    assert isinstance(way_out, Call)
    return way_out.to


def _circle(site: CallSite, sites: list[CallSite], bodies: dict[int, set[int]]) -> frozenset[int]:
    """The calls through which a call can come round to itself; none when it cannot."""
    reached = _calls_from(site.step, sites, bodies)
    if site.step not in reached:
        return frozenset()
    return frozenset(other for other in reached if site.step in _calls_from(other, sites, bodies))


def _calls_from(step: int, sites: list[CallSite], bodies: dict[int, set[int]]) -> set[int]:
    found: set[int] = set()
    waiting = [step]
    while waiting:
        body = bodies[waiting.pop()]
        more = [other.step for other in sites if other.step in body and other.step not in found]
        found.update(more)
        waiting.extend(more)
    return found


def _check_return(site: CallSite, body: set[int], steps: dict[int, Step]) -> None:
    exits = [steps[step].exit for step in sorted(body)]
    names = {way_out.name for way_out in exits if isinstance(way_out, Return)}
    call = steps[site.step].exit
    assert isinstance(call, Call)
    if not names and not any(isinstance(way_out, End) for way_out in exits):
        help_line = "put `return: true` where it is done"
        site.reading.report("no-return", f"nothing in {site.name.value} returns or ends", site.name, help_line)
        return
    for key in site.returns:
        if key not in names:
            message = f'{site.name.value} never returns "{key}"'
            site.reading.report("no-return", message, site.returns[key], did_you_mean(key, names - {""}))
    for name in sorted(names - set(site.returns)) if call.ways is None else ():
        shown = f'"{name}"' if name else "without a name"
        message = f"{site.name.value} returns {shown}, and this call has no way on for that"
        site.reading.report("no-return", message, site.name, "list it under `returns`, or give the step a goto")
