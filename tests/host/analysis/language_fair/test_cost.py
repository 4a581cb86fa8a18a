"""What a language costs is found as it was put in, and is no model's doing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from device_agent.contract.events import Block, RoundDone
from host.analysis.bundle import Bundle, load_bundle
from host.analysis.language_fair.cost import LanguageCosts, LanguageFactor, measure_languages
from host.analysis.timing.rounds import valid
from tests.host.bundles import VARIANTS, Plan, make_bundle, with_speed

NAMES = ("english-int8", "multilingual-int8")
PLAN = replace(
    Plan(),
    variants=(VARIANTS[0], VARIANTS[1], VARIANTS[4]),
    cells={"xnli": ("en", "de", "hi", "zh")},
    samples=24,
    rounds=8,
    queries=24,
    modes=("performance",),
    throttled=(2,),
    parallel=True,
    round_noise=0.001,
)


def measured(bundle: Bundle, names: tuple[str, ...] = NAMES) -> LanguageCosts:
    found = measure_languages(bundle, valid(list(bundle.bodies(RoundDone))), names)
    assert found is not None
    return found


def made(folder: Path, plan: Plan = PLAN) -> Bundle:
    return load_bundle(make_bundle(folder / "b", plan))


def factor(costs: LanguageCosts, language: str, variant: int = 0) -> LanguageFactor:
    return next(f for f in costs.variants[variant].factors if f.language == language)


def test_factors_are_those_that_were_put_in(tmp_path: Path) -> None:
    """Hindi takes 1.75 times English's tokens; a query's fixed costs make each token cheaper."""
    costs = measured(made(tmp_path))
    assert (costs.reference, costs.tasks) == ("en", ("xnli",))
    assert [f.language for f in costs.baseline.factors] == ["hi", "de", "zh"]
    hindi = factor(costs, "hi")
    assert hindi.tokens.value == pytest.approx(1.75, abs=0.02)
    assert hindi.sentence.value == pytest.approx(hindi.tokens.value * hindi.token.value)
    assert hindi.token.value < 1
    assert hindi.sentence.interval is not None
    assert hindi.sentence.interval.low < hindi.sentence.value < hindi.sentence.interval.high


def test_characters_and_bytes_are_units_of_their_own(tmp_path: Path) -> None:
    """Hindi's characters take three bytes each, so a byte costs a third of a character."""
    costs = measured(made(tmp_path))
    hindi = factor(costs, "hi")
    assert hindi.character is not None
    assert hindi.byte is not None
    assert hindi.byte.value == pytest.approx(hindi.character.value / 3)
    unit = next(u for u in costs.baseline.units if u.language == "hi")
    assert unit.bytes_per_sentence == pytest.approx(3 * unit.characters_per_sentence)
    assert unit.ns_per_sentence.value == pytest.approx(
        unit.ns_per_token.value * unit.tokens_per_sentence
    )


def test_older_agents_tell_no_characters(tmp_path: Path) -> None:
    """Sentences and tokens are told all the same."""
    costs = measured(made(tmp_path, replace(PLAN, sized=False)))
    assert factor(costs, "hi").character is None
    assert factor(costs, "hi").byte is None
    assert costs.baseline.units[0].ns_per_character is None
    assert factor(costs, "hi").sentence.interval is not None


def test_a_stall_is_not_a_language_s(tmp_path: Path) -> None:
    """A query that waited for half a second leaves the factors as they were."""
    bundle = made(tmp_path)
    first, *others = valid(list(bundle.bodies(RoundDone)))

    def stalled(block: Block) -> Block:
        row = block.languages.index("de")
        times = tuple(
            time + 500_000_000 * (index == row) for index, time in enumerate(block.infer_ns)
        )
        return msgspec.structs.replace(block, infer_ns=times)

    blocks = tuple(map(stalled, first.blocks))
    rounds = [msgspec.structs.replace(first, blocks=blocks), *others]
    found = measure_languages(bundle, rounds, NAMES)
    assert found is not None
    calm = factor(measured(bundle), "de")
    assert factor(found, "de").sentence.value == pytest.approx(calm.sentence.value, rel=0.03)


def test_a_slower_model_does_not_change_what_a_language_costs(tmp_path: Path) -> None:
    """It is slower in each language alike: the factors stay, and its ratio is told beside them."""
    costs = measured(made(tmp_path, with_speed(PLAN, NAMES[1], 1.3)))
    for language in ("hi", "de", "zh"):
        ours, theirs = factor(costs, language, 1), factor(costs, language)
        assert ours.sentence.value == pytest.approx(theirs.sentence.value, rel=0.02)
        assert ours.of_baseline is not None
        assert ours.of_baseline.value == pytest.approx(1.3, abs=0.02)
        assert ours.of_baseline.interval is not None
        assert theirs.of_baseline is None


def test_a_language_that_one_variant_is_slower_in_is_that_variant_s(tmp_path: Path) -> None:
    """A fifth more time in Hindi alone is found in Hindi alone."""
    bundle = made(tmp_path)

    def slower(done: RoundDone) -> RoundDone:
        blocks = []
        for block in done.blocks:
            pairs = zip(block.languages, block.infer_ns, strict=True)
            times = tuple(int(t * 1.2) if lang == "hi" else t for lang, t in pairs)
            own = block.variant == NAMES[1]
            blocks.append(msgspec.structs.replace(block, infer_ns=times) if own else block)
        return msgspec.structs.replace(done, blocks=tuple(blocks))

    rounds = [slower(done) for done in valid(list(bundle.bodies(RoundDone)))]
    costs = measure_languages(bundle, rounds, NAMES)
    assert costs is not None
    shown = {one.language: one.ratio.value for one in costs.interactions if one.shown}
    assert shown["hi"] == pytest.approx(1.2, abs=0.02)
    assert all(abs(ratio - 1) < 0.02 for language, ratio in shown.items() if language != "hi")


def test_rows_that_are_not_parallel_are_left_out_by_name(tmp_path: Path) -> None:
    """Without the same labels, lines of equal number are other sentences."""
    costs = measured(made(tmp_path, replace(PLAN, parallel=False)))
    assert costs.baseline.factors == ()
    assert {one.language for one in costs.left_out} == {"de", "hi", "zh"}
    assert all("labels differ" in one.reason for one in costs.left_out)
    assert len(costs.baseline.units) == 4


def test_without_english_another_language_is_the_reference(tmp_path: Path) -> None:
    """The first of those that most tasks have."""
    plan = replace(PLAN, cells={"xnli": ("hi", "de", "zh"), "xcopa": ("zh", "tr")})
    costs = measured(made(tmp_path, plan))
    assert costs.reference == "zh"
    assert factor(costs, "tr").tasks == ("xcopa",)


def test_of_one_language_or_offline_nothing_is_told(tmp_path: Path) -> None:
    """There is nothing to compare, or a query's time is a share of other languages' batches."""
    one = made(tmp_path, replace(PLAN, cells={"xnli": ("en",)}))
    rounds = valid(list(one.bodies(RoundDone)))
    assert measure_languages(one, rounds, NAMES) is None
    bundle = load_bundle(make_bundle(tmp_path / "two", PLAN))
    assert bundle.spec.performance is not None
    plan = msgspec.structs.replace(bundle.spec.performance, scenario="offline", batch_size=8)
    offline = replace(bundle, spec=msgspec.structs.replace(bundle.spec, performance=plan))
    assert measure_languages(offline, list(bundle.bodies(RoundDone)), NAMES) is None
    assert measure_languages(bundle, [], NAMES) is None
