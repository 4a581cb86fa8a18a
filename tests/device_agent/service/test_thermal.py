"""The temperature band on a board whose heat follows a made law."""

from __future__ import annotations

import pytest

from device_agent.service.thermal import ThermalBand

BAND_K = 3.0


class Board:
    """Warms towards 70 °C while it works, cools towards 40 °C while it rests."""

    def __init__(self, celsius: float = 40.0, *, sensor: bool = True) -> None:
        self.now_s = 0.0
        self.temperature = celsius
        self.sensor = sensor
        self.worked_s = self.rested_s = 0.0

    def celsius(self) -> float | None:
        return self.temperature if self.sensor else None

    def work(self) -> None:
        self.now_s += 1
        self.worked_s += 1
        self.temperature += (70 - self.temperature) / 15

    def rest(self, seconds: float) -> None:
        self.now_s += seconds
        self.rested_s += seconds
        self.temperature += (40 - self.temperature) * seconds / 15

    def band(self, longest_s: float = 120) -> ThermalBand:
        return ThermalBand(
            self.celsius, self.work, self.rest, longest_s, lambda: int(self.now_s * 1e9)
        )


def test_conditioning_ends_where_work_keeps_the_board() -> None:
    """The reference is the temperature of the rounds, not of a board that has slept."""
    board = Board()
    reference = board.band().condition()
    assert reference is not None
    assert 68 < reference < 70
    assert 40 <= board.worked_s < 120


def test_a_board_that_heats_up_for_ever_is_not_waited_for_longer() -> None:
    """The bound ends it, and the temperature then is what rounds are held to."""
    board = Board()
    reference = board.band(longest_s=10).condition()
    assert board.now_s == 10
    assert reference == board.temperature


@pytest.mark.parametrize(("celsius", "rests", "works"), [(69, True, False), (45, False, True)])
def test_a_board_outside_comes_back(celsius: float, rests: bool, works: bool) -> None:
    """Hotter, it rests; colder, it works; then the round begins inside the band."""
    board = Board(celsius)
    board.band().hold(55.0, BAND_K)
    assert abs(board.temperature - 55) <= BAND_K
    assert (board.rested_s > 0, board.worked_s > 0) == (rests, works)


def test_a_board_inside_is_not_kept() -> None:
    """No second is lost."""
    board = Board(56)
    board.band().hold(55.0, BAND_K)
    assert board.now_s == 0


def test_waiting_has_an_end() -> None:
    """On a summer's day the band is out of reach: the gate then says so."""
    board = Board(60)
    board.band(longest_s=30).hold(30.0, BAND_K)
    assert board.now_s == 30
    assert board.temperature > 33


def test_without_a_sensor_nothing_is_held() -> None:
    """Unsupported is no reason to wait."""
    board = Board(sensor=False)
    assert board.band().condition() is None
    board.band().hold(55.0, BAND_K)
    board.band().hold(None, BAND_K)
    assert board.now_s == 0
