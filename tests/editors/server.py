"""Speaks with the YAML language server as an editor does: documents out; diagnostics, hovers and completions back."""

from __future__ import annotations

import json
import subprocess
from itertools import count
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

#: Where `make editor-server` puts the server.
SERVER = Path(__file__).parent / "node_modules/yaml-language-server/bin/yaml-language-server"
_SECONDS = 30
_TRIES = 50
_ABILITIES = {
    "textDocument": {
        "completion": {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}},
        "hover": {"contentFormat": ["markdown"]},
    },
    "workspace": {"configuration": True},
}
Message = dict[str, Any]


class Problem(NamedTuple):
    """What the server says of a place; lines count from 1."""

    line: int
    marked: str
    message: str


class Server:
    """One running server, for which every YAML file has the schema at `schema`."""

    def __init__(self, node: str, schema: Path) -> None:
        self._folder = schema.parent
        self._settings = {"yaml": {"schemas": {schema.as_uri(): "*.yaml"}, "schemaStore": {"enable": False}}}
        self._process = subprocess.Popen(
            [node, str(SERVER), "--stdio"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._received: Queue[Message | None] = Queue()
        self._numbers = count(1)
        Thread(target=self._listen, daemon=True).start()
        self._ask("initialize", {"processId": None, "rootUri": self._folder.as_uri(), "capabilities": _ABILITIES})
        self._tell("initialized", {})
        self._tell("workspace/didChangeConfiguration", {"settings": self._settings})
        self._wait_for_schema()

    def _wait_for_schema(self) -> None:
        """The server takes its settings in its own time; it has them when it sees that a file is none of a story's."""
        assert any(self.problems("todo: more\n") for _ in range(_TRIES)), "the server does not use the schema"

    def close(self) -> None:
        """End the server."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()

    # -- what an editor asks ------------------------------------

    def problems(self, text: str) -> list[Problem]:
        """What is wrong with a file, in the order of its lines."""
        uri = self._open(text)
        told = self._wait(lambda message: _is_about(message, uri))["params"]["diagnostics"]
        lines = text.split("\n")
        found = []
        for problem in told:
            start, end = problem["range"]["start"], problem["range"]["end"]
            marked = lines[start["line"]][start["character"] : end["character"]]
            found.append(Problem(start["line"] + 1, marked, problem["message"]))
        return sorted(found)

    def hover(self, text: str) -> str:
        """What is shown over the place that `¦` marks."""
        told = self._at("textDocument/hover", text)
        return "" if told is None else str(told["contents"]["value"])

    def completions(self, text: str) -> dict[str, str]:
        """What is offered at the place that `¦` marks: labels, with what each would type."""
        offered = self._at("textDocument/completion", text)["items"]
        return {item["label"]: item.get("textEdit", {}).get("newText", item["insertText"]) for item in offered}

    def _at(self, method: str, text: str) -> Any:
        before = text[: text.index("¦")].split("\n")
        uri = self._open(text.replace("¦", ""))
        place = {"line": len(before) - 1, "character": len(before[-1])}
        return self._ask(method, {"textDocument": {"uri": uri}, "position": place})

    def _open(self, text: str) -> str:
        uri = (self._folder / f"{next(self._numbers)}.yaml").as_uri()
        self._tell(
            "textDocument/didOpen",
            {"textDocument": {"uri": uri, "languageId": "yaml", "version": 1, "text": text}},
        )
        return uri

    # -- messages ------------------------------------

    def _ask(self, method: str, params: Message) -> Any:
        number = next(self._numbers)
        self._send({"id": number, "method": method, "params": params})
        return self._wait(lambda message: message.get("id") == number and "method" not in message)["result"]

    def _tell(self, method: str, params: Message) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: Message) -> None:
        assert self._process.stdin is not None
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._process.stdin.flush()

    def _wait(self, is_wanted: Callable[[Message], bool]) -> Message:
        """The message that is waited for; what the server asks meanwhile is answered."""
        while True:
            message = self._received.get(timeout=_SECONDS)
            assert message is not None, "the server has ended"
            if is_wanted(message):
                return message
            if "method" in message and "id" in message:
                self._send({"id": message["id"], "result": self._answer(message)})

    def _answer(self, message: Message) -> Any:
        if message["method"] != "workspace/configuration":
            return None
        return [self._settings.get(item["section"]) for item in message["params"]["items"]]

    def _listen(self) -> None:
        """Read messages until the server ends."""
        assert self._process.stdout is not None
        while header := self._process.stdout.readline():
            length = int(header.split(b":")[1])
            while self._process.stdout.readline().strip():
                pass  # other headers
            self._received.put(json.loads(self._process.stdout.read(length)))
        self._received.put(None)


def _is_about(message: Message, uri: str) -> bool:
    return message.get("method") == "textDocument/publishDiagnostics" and message["params"]["uri"] == uri
