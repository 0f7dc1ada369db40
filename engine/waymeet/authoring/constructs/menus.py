"""Menus: choices that several steps share, lowered anew at each place that offers them.

Menus may offer menus, and what is lowered anew multiplies: none can offer itself, and together they have a limit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from waymeet.authoring.fields import rows
from waymeet.authoring.names import MAX_MENUS, MAX_OFFERED
from waymeet.diagnostics import did_you_mean

if TYPE_CHECKING:
    from waymeet.authoring.lowering import Lowering
    from waymeet.authoring.names import Menu, Names
    from waymeet.authoring.source import Scalar


def meant_menu(name: Scalar, lowering: Lowering, within: tuple[str, ...]) -> Menu | None:
    """The menu meant by a name in a step that is part of some menus; None for one that was reported."""
    menu = lowering.shared.names.menu(lowering.scene, name.value)
    if menu is None:
        _report_unknown(name, lowering)
        return None
    if menu.fits(within):
        return menu
    message = f'the menu "{name.value}" offers itself here, and so would have no end'
    help_line = "lead back to the step that offers it instead"
    if menu.name not in within:
        message, help_line = f"here {MAX_MENUS} menus stand in each other", "that is as deep as they may go"
    lowering.reading.report("wrong-value", message, name, help_line)
    return None


def _report_unknown(name: Scalar, lowering: Lowering) -> None:
    names = lowering.shared.names
    if not names.displaced.isdisjoint((name.value, "menus")):
        return
    menus = names.menus.values()
    help_line = did_you_mean(name.value, [menu.short for menu in menus if menu.scene in ("", lowering.scene)])
    for menu in menus:
        if menu.name == name.value and menu.scene == lowering.scene:
            help_line = f'write "{menu.short}": a menu is named without its scene'
        elif name.value in (menu.name, menu.short):
            help_line = f"only the scene {menu.scene} can use it there; move it to the story file"
    help_line = help_line or "declare it under `menus` in the story file or in this scene"
    lowering.reading.report("unknown-name", f'there is no menu "{name.value}" here', name, help_line)


def unused_menus(names: Names) -> list[Menu]:
    """The menus that no step offers. In a story of one file, each is the story's and then the scene's, which counts."""
    used = {name.rpartition(".")[0] for name in names.shared_steps}
    written = {id(menu.choices): menu for menu in names.menus.values()}
    return [menu for menu in written.values() if menu.name not in used]


def unused_step(menu: Menu, choice: str) -> str:
    """What the step of a choice is called that no step offers."""
    return f"{menu.scene}.{menu.short}.{choice}"


def report_overgrown(menu: Menu) -> None:
    """Say that menus come to too many choices, at the menu with which they did."""
    message = f"menus that offer menus come to more than {MAX_OFFERED:,} choices, counted at each place"
    first, _ = next(rows(menu.choices))
    menu.reading.report("wrong-value", message, first, "let fewer of them offer others")
