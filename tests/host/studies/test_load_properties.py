"""Property tests: whatever a file holds, it is a study or a study error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from host.studies.load import load_study
from host.studies.mistakes import StudyError
from host.studies.outline import keys, sections
from host.studies.schema import Study

OTHER = ["xnli", "tatoeba", "english", "retrieval", "english--control", "<<", "[key]"]
KEYS = st.sampled_from([*(key for section in sections().values() for key in keys(section)), *OTHER])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | KEYS
    | st.sampled_from(["en", "no", "./data", "int8-dynamic", "mean", "onnxruntime", "~x/y", "\0"])
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(), inner, max_size=6)
    ),
    max_leaves=30,
)
SHARED_FOLDER = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def _is_study_or_study_error(path: Path) -> bool:
    try:
        return isinstance(load_study(path), Study)
    except StudyError as error:
        return bool(error.mistakes) and bool(str(error).encode())


@SHARED_FOLDER
@given(content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_a_study_error(study_path: Path, content: bytes) -> None:
    """No content of a file ends in another error."""
    study_path.write_bytes(content)
    assert _is_study_or_study_error(study_path)


@SHARED_FOLDER
@given(document=st.dictionaries(KEYS, VALUES, max_size=10))
def test_any_mapping_is_a_study_or_a_study_error(
    study_path: Path, document: dict[str, Any]
) -> None:
    """No mapping of known or unknown keys ends in another error."""
    study_path.write_text(yaml.safe_dump(document), encoding="utf-8")
    assert _is_study_or_study_error(study_path)


@SHARED_FOLDER
@given(data=st.data())
def test_any_change_to_a_study_is_a_study_or_a_study_error(
    study_text: str, study_path: Path, data: st.DataObject
) -> None:
    """No value in any place of a study that held ends in another error."""
    document: Any = yaml.safe_load(study_text)
    place = document
    while True:
        key = data.draw(st.sampled_from(list(place)))
        if not isinstance(place[key], dict) or not place[key] or data.draw(st.booleans()):
            break
        place = place[key]
    place[key] = data.draw(VALUES)
    study_path.write_text(yaml.safe_dump(document), encoding="utf-8")
    assert _is_study_or_study_error(study_path)


@SHARED_FOLDER
@given(
    at=st.integers(min_value=0), insert=st.text(alphabet="\t\n :-[]{}*&!'\"#|>%@,?x", max_size=3)
)
def test_any_slip_of_the_keyboard_is_a_study_or_a_study_error(
    study_text: str, study_path: Path, at: int, insert: str
) -> None:
    """Characters that mean something to YAML do no harm in any place."""
    at %= len(study_text)
    study_path.write_text(study_text[:at] + insert + study_text[at + 1 :])
    assert _is_study_or_study_error(study_path)
