"""YAML with the place of every key and value, so that each mistake can be shown where it stands.

A scalar stays the text that was written, whatever YAML 1.1 makes of it: the language `no` is not
false and a study named 2024 is not a number. Only an empty value and `null` are None.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import yaml

from host.studies.mistakes import Mistake, Position, shown

Location: TypeAlias = "tuple[str | int, ...]"
"""The way from the root to a value: keys of mappings, indices of lists."""

_START = Position(1, 1)
_NULL = "tag:yaml.org,2002:null"
_MERGE = "tag:yaml.org,2002:merge"
_PLAIN_TAGS = {
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "timestamp", "map", "seq", "merge", "value")
}
_MOST_NODES = 20_000
_HINTS = {
    "mapping values are not allowed": "text that holds ': ' needs quotes, "
    "and keys of one mapping the same indentation",
    "could not find expected ':'": "a key ends in a colon and a space",
    "found character '\\t'": "indent with spaces, not with tabs",
    "that cannot start any token": "put text that begins with this character in quotes",
    "expected <block end>": "keys of one mapping need the same indentation",
    "found another document": "leave only one study in the file, without '---' in the middle",
    "found undefined alias": "put text that begins with '*' in quotes",
}


@dataclass(frozen=True)
class MarkedYaml:
    """A YAML document as plain values, and where each of them stands.

    Attributes:
        root: Nested dict, list, str and None.
        mistakes: What YAML itself allows or forbids, but a reader must not pass over.
    """

    root: Any = None
    mistakes: list[Mistake] = field(default_factory=list)
    keys: dict[Location, Position] = field(default_factory=dict)
    values: dict[Location, Position] = field(default_factory=dict)

    def at(self, location: Location) -> Any:
        """Return the value there, None where there is none."""
        value = self.root
        for part in location:
            if isinstance(value, dict):
                value = value.get(part)
            elif isinstance(value, list) and isinstance(part, int):
                value = value[part]
            else:
                return None
        return value

    def mapping(self, *location: str | int) -> dict[str, Any]:
        """Return the mapping there, an empty one where there is none."""
        value = self.at(location)
        return value if isinstance(value, dict) else {}

    def mistake(self, location: Location, message: str) -> Mistake:
        """Return a mistake of the value there."""
        return Mistake(self.value(location), f"{written(location)}: {message}")

    def key_mistake(self, location: Location, message: str) -> Mistake:
        """Return a mistake of the key there, or of all that stands below it."""
        return Mistake(self.key(location), f"{written(location)}: {message}")

    def key(self, location: Location) -> Position:
        """Return where the key of that value stands, or of the nearest one around it."""
        for length in range(len(location), -1, -1):
            found = self.keys.get(location[:length]) or self.values.get(location[:length])
            if found:
                return found
        return _START

    def value(self, location: Location) -> Position:
        """Return where that value stands, or the nearest one around it."""
        return self.values.get(location) or self.key(location)


def written(location: Location) -> str:
    """Write a location as people do: `variants.english-int8.modes[0]`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return text.removeprefix(".") or "the study"


def parse(data: bytes) -> MarkedYaml:
    """Read one YAML document; what is wrong with it stands in `mistakes`, nothing is raised."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = len(before.rpartition(b"\n")[2].decode("utf-8", errors="replace")) + 1
        message = f"byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8"
        return MarkedYaml(mistakes=[Mistake(Position(line, column), message)])
    builder = _Builder()
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        root = builder.build(node, ()) if node is not None else None
    except yaml.MarkedYAMLError as error:
        return MarkedYaml(mistakes=[_syntax(error)])
    except yaml.reader.ReaderError as error:
        return MarkedYaml(mistakes=[_unreadable(text, error.position)])
    except RecursionError:
        return MarkedYaml(mistakes=[Mistake(_START, "nested too deeply to be a study")])
    except (ValueError, OverflowError) as error:
        # An escape such as "\UFFFFFFFF" makes the scanner raise these, without a place.
        return MarkedYaml(mistakes=[Mistake(_START, f"not YAML: {error}")])
    return MarkedYaml(root, builder.mistakes, builder.keys, builder.values)


class _Builder:
    """Turns nodes into plain values and notes where each stands."""

    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []
        self.keys: dict[Location, Position] = {}
        self.values: dict[Location, Position] = {}
        self._open: set[int] = set()
        self._nodes = 0

    def build(self, node: yaml.Node, location: Location) -> Any:
        """Return the node's value; what cannot be taken is None and a mistake."""
        self.values[location] = _position(node.start_mark)
        if not self._enter(node):
            return None
        try:
            if node.tag not in _PLAIN_TAGS:
                self._refuse(node, f"the tag {shown(node.tag)} has no meaning here")
                return None
            if isinstance(node, yaml.ScalarNode):
                return None if node.tag == _NULL else self._text(node)
            if isinstance(node, yaml.SequenceNode):
                return [self.build(item, (*location, i)) for i, item in enumerate(node.value)]
            found = {}
            for key, (key_node, value_node) in self._pairs(node).items():
                at = (*location, key)
                self.keys[at] = _position(key_node.start_mark)
                found[key] = self.build(value_node, at)
            return found
        finally:
            self._open.discard(id(node))

    def _pairs(self, node: yaml.Node) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        """Return a mapping's own keys, then those that `<<: *anchor` adds to them."""
        own: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        sources: list[yaml.Node] = []
        for key_node, value_node in node.value:
            if key_node.tag == _MERGE:
                many = isinstance(value_node, yaml.SequenceNode)
                sources += value_node.value if many else [value_node]
            elif not isinstance(key_node, yaml.ScalarNode):
                self._refuse(key_node, "expected text as a key, found a list or a mapping")
            elif (key := self._text(key_node)) in own:
                first = own[key][0].start_mark.line + 1
                self._refuse(key_node, f"the key {shown(key)} stood already in line {first}")
            elif key is not None:
                own[key] = (key_node, value_node)
        for source in sources:
            if not isinstance(source, yaml.MappingNode):
                self._refuse(source, "expected the alias of a mapping after '<<'")
            elif self._enter(source):
                for name, pair in self._pairs(source).items():
                    own.setdefault(name, pair)
                self._open.discard(id(source))
        return own

    def _enter(self, node: yaml.Node) -> bool:
        """Count the node, and refuse one that holds itself or that aliases multiply."""
        if id(node) in self._open:
            self._refuse(node, "an alias may not stand inside its own anchor")
            return False
        self._nodes += 1
        if self._nodes == _MOST_NODES:
            self._refuse(node, f"aliases expand to more than {_MOST_NODES} values")
        if self._nodes >= _MOST_NODES:
            return False
        self._open.add(id(node))
        return True

    def _text(self, node: yaml.ScalarNode) -> str | None:
        text = str(node.value)
        if re.search("[\x00\ud800-\udfff]", text):
            self._refuse(node, f"{shown(text)} holds a character that is not text")
            return None
        return text

    def _refuse(self, node: yaml.Node, message: str) -> None:
        self.mistakes.append(Mistake(_position(node.start_mark), message))


def _position(mark: yaml.Mark) -> Position:
    return Position(mark.line + 1, mark.column + 1)


def _syntax(error: yaml.MarkedYAMLError) -> Mistake:
    """Point to where the mistake was made, not to where the parser noticed it."""
    problem, context = (error.problem or "").removeprefix("but "), error.context or ""
    mark = error.problem_mark or error.context_mark
    started = ""
    if error.context_mark and context.startswith("while scanning"):
        mark = error.context_mark
    elif error.context_mark and "flow" in context:
        kind = "[" if "sequence" in context else "{"
        started = f", in the '{kind}' of line {error.context_mark.line + 1}"
    hint = next((f"; {text}" for sign, text in _HINTS.items() if sign in problem), "")
    return Mistake(_position(mark) if mark else _START, f"not YAML: {problem}{started}{hint}")


def _unreadable(text: str, offset: int) -> Mistake:
    before = text[:offset]
    position = Position(before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1)
    return Mistake(position, f"the control character {text[offset]!a} may not stand in YAML")
