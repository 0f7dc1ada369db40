"""Random prose, with every inline form and every block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kit.formulas import chance

if TYPE_CHECKING:
    from kit.plan import Plan

_WORDS = (
    "Rain.",
    "She waits.",
    "*No,* you say.",
    "A **white** house",
    "***Both*** of them",
    "Über die Brücke …",
    "a\\{b\\} \\| c",
    "雨, 雨",
)


class Prose:
    """Writes prose about what a plan knows."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.random = plan.random

    def line(self, depth: int = 1) -> str:
        """Prose without paragraphs."""
        pieces = [self.random.choice(_WORDS)]
        if chance(self.random, 30):
            pieces.append(self._form(depth))
        return " ".join(pieces)

    def text(self, depth: int = 1) -> Any:
        """A text or a list of blocks."""
        if not depth or chance(self.random, 70):
            return "\n\n".join(self._paragraph() for _ in range(self.random.choice((1, 1, 2))))
        return [self._block(depth - 1) for _ in range(self.random.randint(1, 2))]

    def _paragraph(self) -> str:
        return f"{self.line(2)}\\\n{self.line()}" if chance(self.random, 10) else self.line(2)

    # -- in braces ------------------------------------

    def _form(self, depth: int) -> str:
        formulas = self.plan.formulas
        inner = [self.line(depth - 1) if depth else "word" for _ in range(2)]
        match self.random.randrange(6):
            case 0:
                return f"{{{self.random.choice(self._printed())}}}"
            case 1:
                return f"{{{formulas.condition(1)}: {inner[0]}}}"
            case 2:
                return f"{{{formulas.condition(1)}: {inner[0]} | {inner[1]}}}"
            case 3:
                return f"{{{inner[0]}|{inner[1]}}}"
            case 4:
                return f"{{{self.random.choice('&!~')}{inner[0]}|{inner[1]}|three}}"
            case _:
                return self._match(inner)

    def _printed(self) -> list[str]:
        names = self.plan.here
        derived = [*names.derived_bools, *names.derived_ints]
        return [*names.ints, *names.all_enums, *names.all_sets, *names.bools, *names.texts, *derived, "1 + 2"]

    def _match(self, inner: list[str]) -> str:
        names = self.plan.here
        if names.all_enums:
            name, values = self.random.choice(list(names.all_enums.items()))
            cases = [f"{value}: {inner[0]}" for value in values]
            if chance(self.random, 30):
                cases = [cases[-1], f"else: {inner[1]}"]
            return f"{{{name}? {' | '.join(cases)}}}"
        if names.ints:
            name = self.random.choice(list(names.ints))
            return f"{{{name}? 0: {inner[0]} | 1..2: {inner[1]} | else: more}}"
        return inner[0]

    # -- blocks ------------------------------------

    def _block(self, depth: int) -> Any:
        match self.random.randrange(7):
            case 0:
                return self.line()
            case 1:
                return {self.random.choice((*self.plan.protagonists, "jathor")): self.line()}
            case 2:
                otherwise = {"else": self.text(depth)} if chance(self.random, 60) else {}
                return {"when": self.plan.formulas.condition(1), "text": self.text(depth), **otherwise}
            case 3:
                return self._matched(depth)
            case 4:
                kind = self.random.choice(("sequence", "cycle", "once", "shuffle"))
                return {"vary": kind, "of": [self.text(depth), [self.line(), {"break": True}]]}
            case 5:
                return {"verse": f"One line\nand {self._form(0)}\n\nanother"}
            case _:
                return {"break": True}

    def _matched(self, depth: int) -> Any:
        names = self.plan.here
        if names.all_enums:
            name, values = self.random.choice(list(names.all_enums.items()))
            if chance(self.random, 40):
                return {"match": name, "cases": {value: self.text(depth) for value in values}}
            return {"match": name, "cases": {values[0]: self.text(depth)}, "else": self.line()}
        if names.ints:
            name, (low, high) = self.random.choice(list(names.ints.items()))
            cases = {str(low): self.line(), f"{low + 1}..{max(low + 1, high)}": self.text(depth)}
            return {"match": name, "cases": cases, "else": self.line()}
        return {"break": False}
