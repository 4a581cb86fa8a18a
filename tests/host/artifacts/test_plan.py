"""Which artifacts a study needs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from device_agent.contract.artifact import Pooling
from host.artifacts.plan import Plan, plan_artifacts
from host.studies.load import load_study
from host.workspace import Workspace

ALL = "[xnli, tatoeba, bucc2018, lareqa, mewslix]"
POOLER = Pooling(method="pooler", layer=None)


def plan(folder: Path, variant: str, tasks: str = ALL) -> Plan:
    """Plan a study of one variant, `only`, whose checkpoints are empty folders."""
    for name in ("data", "xnli", "encoder", "own"):
        (folder / name).mkdir()
        (folder / name / "config.json").write_text(json.dumps({"num_hidden_layers": 12}))
    recipe = "" if "recipe:" in variant.partition("\n")[0] else "recipe: fp32, "
    path = folder / "study.yaml"
    path.write_text(
        f"study: s\nquestion: q?\ndata: data\nbaseline: only\ntasks: {tasks}\nvariants:\n"
        f"  only: {{regime: english, {recipe}{variant}}}\n"
    )
    return plan_artifacts(load_study(path), Workspace(folder / "work"))


def roles(planned: Plan) -> dict[str, str]:
    return {task: folder.name for task, folder in planned.folders["only"].items()}


def poolings(planned: Plan) -> dict[tuple[str, ...], Pooling | None]:
    return {job.tasks: job.pooling for job in planned.jobs}


def test_tasks_that_the_benchmark_pools_alike_share_an_artifact(tmp_path: Path) -> None:
    """Two of one checkpoint: the mean of XTREME's layer, and the pooler output."""
    planned = plan(tmp_path, "checkpoints: {xnli: xnli, retrieval: encoder}")
    assert poolings(planned) == {
        ("xnli",): None,
        ("tatoeba", "bucc2018"): None,
        ("lareqa", "mewslix"): POOLER,
    }
    assert roles(planned) == {
        "xnli": "xnli",
        "tatoeba": "retrieval",
        "bucc2018": "retrieval",
        "lareqa": "retrieval-pooler",
        "mewslix": "retrieval-pooler",
    }


@pytest.mark.parametrize(
    ("setting", "expected", "folder"),
    [
        ("{method: pooler}", POOLER, "retrieval-pooler"),
        ("{method: mean, layer: 3}", Pooling(method="mean", layer=3), "retrieval-mean-3"),
    ],
)
def test_one_setting_is_for_all_retrieval_tasks(tmp_path, setting, expected, folder) -> None:
    """One artifact serves them then, whose name says what it is."""
    planned = plan(tmp_path, f"checkpoints: {{xnli: xnli, retrieval: encoder}}, pooling: {setting}")
    found = poolings(planned)
    assert found == {
        ("xnli",): None,
        ("tatoeba", "bucc2018", "lareqa", "mewslix"): expected,
    }
    assert set(roles(planned).values()) == {"xnli", folder}


def test_a_recipe_by_task_gives_a_shared_encoder_a_folder_for_each(tmp_path: Path) -> None:
    """One trace makes both; the folder says which is not by the variant's usual recipe."""
    planned = plan(
        tmp_path,
        "checkpoints: {xnli: xnli, retrieval: encoder}, "
        "recipe: {default: int8-dynamic, bucc2018: fp32}",
        tasks="[xnli, tatoeba, bucc2018]",
    )
    assert [sorted(job.outputs) for job in planned.jobs] == [
        ["int8-dynamic"],
        ["fp32", "int8-dynamic"],
    ]
    assert roles(planned) == {
        "xnli": "xnli",
        "tatoeba": "retrieval",
        "bucc2018": "retrieval-fp32",
    }


def test_a_setting_by_task_leaves_the_others_alone(tmp_path: Path) -> None:
    """Whatever is pooled differently lies in a folder of its own."""
    planned = plan(
        tmp_path,
        "checkpoints: {xnli: xnli, retrieval: encoder}, pooling: {bucc2018: {method: mean, "
        "layer: 6}, lareqa: {method: mean, layer: 12}, tatoeba: {method: pooler}}",
    )
    assert roles(planned) == {
        "xnli": "xnli",
        "tatoeba": "retrieval-pooler",
        "bucc2018": "retrieval-mean-6",
        "lareqa": "retrieval-mean-12",
        "mewslix": "retrieval-pooler",
    }
    assert len(planned.jobs) == 4


def test_a_task_with_a_checkpoint_of_its_own_has_a_folder_of_its_own(tmp_path: Path) -> None:
    """Pooled as the benchmark pools for it."""
    planned = plan(tmp_path, "checkpoints: {xnli: xnli, retrieval: encoder, lareqa: own}")
    assert roles(planned)["lareqa"] == "lareqa"
    assert roles(planned)["mewslix"] == "retrieval-pooler"
    assert poolings(planned)["lareqa",] == POOLER


def test_no_two_jobs_write_to_one_folder(tmp_path: Path) -> None:
    """Or the later one would replace the earlier."""
    planned = plan(tmp_path, "checkpoints: {xnli: xnli, retrieval: encoder, bucc2018: encoder}")
    folders = [folder for job in planned.jobs for folder in job.outputs.values()]
    assert len(set(folders)) == len(folders)


def test_each_format_is_a_job_of_its_own(tmp_path: Path) -> None:
    """The same recipe of the same checkpoint is another artifact in another format."""
    planned = plan(
        tmp_path,
        "checkpoints: {xnli: xnli}}\n"
        "  other: {regime: english, recipe: fp32, format: litert, checkpoints: {xnli: xnli}",
        "[xnli]",
    )
    assert [job.format for job in planned.jobs] == ["onnx", "litert"]
    assert planned.folders["only"]["xnli"] != planned.folders["other"]["xnli"]
