"""The documentation is true: its stories are stories, its commands print what it says, its Python runs.

A page is a session at a desk, top to bottom. YAML that says `# file: name` is put there, under `# add to: name` it goes
on at the end of what is there, and every such file must be read by a command further down. Any other YAML says on its
first line where it belongs, and must compile there. `--update` rewrites what commands print, and the table of rules.
"""

from __future__ import annotations

import io
import re
import shlex
import sys
from contextlib import redirect_stdout
from importlib import import_module
from pathlib import Path
from textwrap import fill, indent
from typing import TYPE_CHECKING, Any

import pytest

from kit.pages import TESTS, fenced_blocks, story_files
from waymeet import exits, machine, measuring, project, snapshots
from waymeet.analysis import budget, surveying, walk
from waymeet.analysis.measures import readings
from waymeet.authoring import events, fields, names, yaml_colons
from waymeet.authoring.constructs import chance, decks, questions
from waymeet.authoring.constructs import flags as constructs
from waymeet.checking import compile_files
from waymeet.cli import main
from waymeet.commands import play
from waymeet.console import auto, messages, requests
from waymeet.console.keys import BINDINGS
from waymeet.console.words import word
from waymeet.diagnostics import StoryError
from waymeet.expressions import parser, typing
from waymeet.prose import parser as prose
from waymeet.rules import FILE_RULES, GRAPH_RULES, STATE_RULES
from waymeet.saves import files as saves
from waymeet.saves import seen, slots

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from kit.pages import Fenced
    from waymeet.rules.facts import GraphRule, StateRule

ROOT = TESTS.parent
PAGES = sorted({ROOT / "README.md", *(ROOT / "docs").glob("**/*.md")})
_SECONDS = re.compile(r"in \d+\.\d s")
_LINK = re.compile(r"\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)")
_MADE = re.compile(r"<!-- made from the program: pytest --update -->\n(.*)<!-- end -->\n", re.DOTALL)
_ADD = re.compile(r"# add to: (\S+)\n")
_ANSWER = re.compile(r"^Your (?:choice|answer): (.+)$", re.MULTILINE)
_REQUEST = re.compile(r'^(\{(?!"type").*\})$', re.MULTILINE)
_KEY = re.compile(r"^([a-z]+):", re.MULTILINE)

# -- where pieces of YAML belong ------------------------------------

#: The story around a piece; the reference says what is in it.
_STORY = {
    "story": "story: example",
    "protagonists": "protagonists: {nell: {start: town.square}, osk: {start: town.square}}",
    "cast": "cast: {warden: {name: The Warden}}",
    "flags": "flags: {lamp: false, trust: {min: -3, max: 3}, mood: [cold, wavering, open],"
    " clues: {any_of: [crest, feather, hoof]}, called: {text: Nell}}",
    "memory": "memory: {crossing: [untold, kind, bitter]}",
    "endings": "endings: {home: {}, away: {}}",
}
_TOWN = "scene: town\nnodes: {square: {goto: [mill]}, mill: {goto: [gate]}, gate: {ending: home}}\n"
#: The keys by which a step goes on.
_WAYS = {"choices", "goto", "ending", "call", "return", "chance", "roll", "ask", "draw"}
_HALL = "scene: house\nnodes:\n  hall:\n"


def _around(piece: str) -> dict[str, bytes]:
    """The smallest story that has a piece of YAML where its first line says that it belongs."""
    place = piece.partition("\n")[0]
    keys = _KEY.findall(piece)
    story, house = "", ""
    match place:
        case "# in story.yaml":
            story = piece
        case "# in a scene":
            house = f"scene: house\n{piece}" + ("" if "nodes" in keys else "nodes: {hall: {ending: home}}\n")
        case "# in a step":
            house = _HALL + indent(piece, "    ") + ("" if _WAYS & set(keys) else "    ending: home\n")
        case "# among choices":
            house = f"{_HALL}    goto: mill\n    choices:\n{indent(piece, '      ')}"
        case "# in a text":
            house = f"{_HALL}    ending: home\n    text:\n{indent(piece, '      ')}"
        case _:
            pytest.fail(f"this YAML does not say where it belongs: {place}")
    for key, line in _STORY.items():
        story += "" if story and key in keys else f"{line}\n"
    files = {"story.yaml": story, "town.yaml": _TOWN, "house.yaml": house}
    return {name: text.encode() for name, text in files.items() if text}


# -- pages as sessions ------------------------------------


class _Typist:
    """Types answers at the prompts, where they are shown, as at a terminal; `end` is what it shows of Enter."""

    def __init__(self, answers: list[str], end: str = "") -> None:
        self.answers = answers
        self._end = end

    def readline(self, _size: int = -1) -> str:
        if not self.answers:
            return ""
        answer = self.answers.pop(0)
        sys.stdout.write(answer + self._end)
        return f"{answer}\n"

    def isatty(self) -> bool:
        return False


class _Session:
    """One page being followed: the files on the desk that no command has read yet, and the names that Python made."""

    def __init__(self, desk: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._desk = desk
        self._capsys = capsys
        self._monkeypatch = monkeypatch
        self._python: dict[str, Any] = {}
        self.printed: str | None = None
        self.unread: set[str] = set()

    def look_ahead(self, first: Fenced, blocks: list[Fenced]) -> None:
        """Where a page opens with a command, before any file, the files are those that it shows later."""
        for block in blocks if first.kind == "console" else ():
            if block.kind == "yaml" and block.text.startswith("# file: "):
                self._put(block.text)
        self.unread.clear()

    def shown(self, block: Fenced) -> str | None:
        """Follow a block; what it must hold, where it shows what something prints."""
        printed, self.printed = self.printed, None
        match block.kind:
            case "yaml":
                self._put(block.text)
            case "console":
                return "".join(self._commands(block.text))
            case "python":
                with redirect_stdout(io.StringIO()) as output:
                    exec(compile(block.text, "page", "exec"), self._python)
                self.printed = output.getvalue()
                self.unread.clear()
            case "text":
                assert printed is not None, "a block of text shows what the Python above it prints"
                return printed
            case "":
                pass  # words for a shell, or a picture
            case _:
                pytest.fail(f"nothing is known of blocks of this kind: {block.kind}")
        return None

    def _put(self, text: str) -> None:
        if text.startswith("# file: "):
            for name, data in story_files(text).items():
                assert name not in self.unread, f"{name} is replaced before any command reads it"
                self._write(name, data)
        elif found := _ADD.match(text):
            self._write(found[1], (self._desk / found[1]).read_bytes() + b"\n" + text[found.end() :].encode())
        else:
            compile_files(_around(text), "example")

    def _write(self, name: str, data: bytes) -> None:
        path = self._desk / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self.unread.add(name)

    def _commands(self, text: str) -> Iterator[str]:
        """Each command of a block, with what it prints now; what stands behind a prompt, or is a request, is typed."""
        code = 0
        for part in re.split(r"^(?=\$ )", text, flags=re.MULTILINE)[1:]:
            line = part.partition("\n")[0]
            words = shlex.split(line)[1:]
            if words[0] == "echo":
                yield f"{line}\n{code}\n"
                continue
            assert words[0] == "waymeet", line
            typist = _Typist(_REQUEST.findall(part), "\n") if "--json" in words else _Typist(_ANSWER.findall(part))
            self._monkeypatch.setattr("sys.stdin", typist)
            try:
                code = main(words[1:])
            except SystemExit as stop:
                code = int(stop.code or 0)
            printed = self._capsys.readouterr()
            assert code != exits.OUR_FAULT, printed.err
            assert not typist.answers, f"not asked for: {typist.answers}"
            self.unread = {name for name in self.unread if not any(_is_below(name, word) for word in words)}
            yield _SECONDS.sub("in 0.0 s", f"{line}\n{printed.out}{printed.err}").rstrip() + "\n"


def _is_below(name: str, word: str) -> bool:
    return Path(name).is_relative_to(Path(word))


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with nothing to type."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setattr("sys.stdin", io.StringIO())
    return tmp_path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_shows_is_so(
    page: Path, desk: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, update: bool
) -> None:
    text = page.read_text(encoding="utf-8")
    session = _Session(desk, capsys, monkeypatch)
    blocks = fenced_blocks(text)
    if picture := next((block for block in blocks if block.kind in ("console", "yaml")), None):
        session.look_ahead(picture, blocks)
    found = [(block, session.shown(block)) for block in blocks]
    if update:
        lines = text.splitlines(keepends=True)
        for block, shown in reversed(found):  # from the end, so that none moves that is still to come
            if shown is not None:
                lines[block.first + 1 : block.last] = [shown]
        page.write_text("".join(lines), encoding="utf-8")
    else:
        for block, shown in found:
            assert shown is None or block.text == shown
    assert not session.unread, "no command reads these files"


def test_yaml_that_does_not_fit_its_place_is_found() -> None:
    with pytest.raises(StoryError):
        compile_files(_around("# in a step\ntxt: Hello.\n"), "example")
    with pytest.raises(pytest.fail.Exception, match="where it belongs"):
        _around("text: Hello.\n")


def test_the_readme_has_a_picture_a_finding_and_python() -> None:
    kinds = [block.kind for block in fenced_blocks((ROOT / "README.md").read_text(encoding="utf-8"))]
    assert kinds.count("console") >= 2
    assert "yaml" in kinds
    assert "python" in kinds


def test_the_python_of_the_readme_runs(
    desk: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    session = _Session(desk, capsys, monkeypatch)
    for block in fenced_blocks((ROOT / "README.md").read_text(encoding="utf-8")):
        if block.kind in ("yaml", "python"):
            session.shown(block)
    assert "findings ['soft-lock']" in str(session.printed)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target, anchor in _LINK.findall(page.read_text(encoding="utf-8")):
        path = page.parent / target if target else page
        assert path.exists(), target
        assert not anchor or anchor in _anchors(path), f"{target}#{anchor}"


def _anchors(page: Path) -> set[str]:
    """What the headings of a page can be reached by."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def test_the_indexes_lead_to_every_page() -> None:
    indexes = [ROOT / "docs/README.md", ROOT / "docs/reference/README.md"]
    linked = {
        (index.parent / target).resolve()
        for index in indexes
        for target, _ in _LINK.findall(index.read_text(encoding="utf-8"))
    }
    pages = {page for page in PAGES if page.parent in {index.parent for index in indexes}}
    assert pages - {indexes[0]} <= linked


# -- what the program says of itself ------------------------------------


def _rules() -> str:
    """The tables of rules, and what the file says of each that has one."""
    lines = ["", "## From the files", "", "| rule | finds |", "|---|---|"]
    lines += [f"| `{name}` | {about} |" for name, about in FILE_RULES.items()]
    lines += _ruled("From the graph", GRAPH_RULES)
    lines += _ruled("From the states", STATE_RULES)
    return "\n".join(lines) + "\n\n"


def _ruled(heading: str, rules: Sequence[GraphRule | StateRule]) -> list[str]:
    """A table of rules, and below it all that is told of each."""
    told = {rule.name: _told(rule.name) for rule in rules}
    lines = ["", f"## {heading}", "", "| rule | severity | finds |", "|---|---|---|"]
    lines += [f"| [`{rule.name}`](#{rule.name}) | {rule.severity.value} | {told[rule.name][0]} |" for rule in rules]
    for name, (_, more) in told.items():
        lines += ["", f"### {name}", "", more]
    return lines


def _told(rule: str) -> tuple[str, str]:
    """What the file of a rule says of it: in a line, and at more length, each part a paragraph."""
    text = import_module(f"waymeet.rules.{rule.replace('-', '_')}").__doc__ or ""
    head, _, more = text.partition("\n\n")
    parts = re.split(r"\n(?=[A-Z][a-z ]+: )", more.strip())
    return head.removeprefix(f"{rule}: ").rstrip("."), "\n\n".join(
        fill(part, 120, break_on_hyphens=False) for part in parts
    )


def _limits() -> str:
    """The table of limits."""
    mega = 1024 * 1024
    rows = {
        "files of a story": project.MAX_FILES,
        "size of a file": f"{project.MAX_FILE // mega} MiB",
        "size of a story's files in all": f"{project.MAX_TOTAL // mega} MiB",
        "depth of lists and keys in each other": events.MAX_DEPTH,
        "characters of an id": fields.MAX_ID,
        "characters of a key's line before the colon": yaml_colons.MAX_KEY,
        "findings shown for a file": events.MAX_FINDINGS,
        "distance from `min` to `max` of a number": constructs.MAX_SPAN,
        "members of a set": constructs.MAX_MEMBERS,
        "`limit` of a choice": typing.MAX_COUNT,
        "number that a count can be compared with": typing.MAX_COUNT - 1,
        "count that is printed": typing.LOOSE_CAP,
        "numbers, sums and products": f"±{parser.MAX_NUMBER:,}",
        "characters of an answer": questions.MAX_ANSWER,
        "menus in each other": names.MAX_MENUS,
        "choices of menus, counted at each place": names.MAX_OFFERED,
        "cards that a deck offers": decks.MAX_OFFER,
        "dice of a roll": chance.MAX_DICE,
        "sides of a die": chance.MAX_SIDES,
        "`weight` of a chance": chance.MAX_WEIGHT,
        "words and signs of a condition": parser.MAX_TOKENS,
        "depth of brackets in a condition": parser.MAX_DEPTH,
        "depth of a condition with its derived names": typing.MAX_DEPTH,
        "operations of a condition with its derived names": typing.MAX_WORK,
        "depth of braces in prose": prose.MAX_DEPTH,
        "steps without a choice between them": machine.MAX_MOVES,
        "choices of a random reading": auto.MAX_TURNS,
        "states that a check goes through one by one": walk.MAX_STATES,
        "room for those states": f"{walk.MAX_SIZE // mega} MiB",
        "states of a story that is measured whole": measuring.MAX_STATES,
        "choices and answers of a reading that is played to measure": readings.MAX_TURNS,
        "nodes of the diagrams of its sets of states": surveying.MAX_NODES,
        "time of a check, unless told otherwise": f"{budget.SECONDS:.0f} s",
        "characters of a request of a program": requests.MAX_REQUEST,
        "characters of prose on a line for a program, where a block is no longer": messages.MAX_TEXT,
        "length of a line, with `--width`": f"{min(play.WIDTHS)} to {max(play.WIDTHS)}",
        "characters of the name of a save": slots.MAX_NAME,
        "size of the file of what was told": f"{seen.MAX_SIZE // mega} MiB",
        "size of a save": f"{saves.MAX_SIZE // mega} MiB",
        "size of the bytes of `Moment.save`": f"{snapshots.MAX_SIZE // mega} MiB",
    }
    lines = ["", "| of | at most |", "|---|---|"]
    lines += [f"| {name} | {most if isinstance(most, str) else format(most, ',')} |" for name, most in rows.items()]
    return "\n".join(lines) + "\n\n"


# -- pages that are made from the program ------------------------------------


def _keys() -> str:
    """The table of what a reader can do."""
    rows = [("`1` to `9`", "the number", word("help_choose")), ("up, down, `j`, `k`, Enter", "", word("help_move"))]
    for binding in BINDINGS:
        keys = ", ".join(key if len(key) > 1 else f"`{key}`" for key in binding.shown.split(", "))
        typed = ", ".join(f"`{each}`" for each in word(f"typed_{binding.command.value}").split(", "))
        rows.append((keys, typed, word(f"help_{binding.command.value}")))
    lines = ["", "| key | typed | does |", "|---|---|---|", *(f"| {' | '.join(row)} |" for row in rows)]
    return "\n".join(lines) + "\n\n"


@pytest.mark.parametrize(
    ("page", "made"), [("reference/rules", _rules), ("reference/limits", _limits), ("reading", _keys)]
)
def test_what_is_made_from_the_program_is_what_it_says(page: str, made: Callable[[], str], update: bool) -> None:
    path = ROOT / f"docs/{page}.md"
    text = path.read_text(encoding="utf-8")
    found = _MADE.search(text)
    assert found, "the place for it is marked"
    wanted = text[: found.start(1)] + made() + text[found.end(1) :]
    if update:
        path.write_text(wanted, encoding="utf-8")
    else:
        assert text == wanted
