"""Which layers of a film's frames are looked at."""

from digitcam.attention import GROUPS, STRIPS, Attention, Group, layer_of


def run(attention: Attention, times: list[float], digits: list[tuple[int, bool]]) -> list[frozenset]:
    """What is looked at in frames of these times, with digits of these scales and polarities in each."""
    looked = []
    for time in times:
        looked.append(attention.wanted(time))
        seen = {group[:2] for group in looked[-1]}
        there = [
            (n, scale, dark)
            for n, (scale, dark) in enumerate(digits)
            if layer_of(scale.bit_length() - 1, dark) in seen
        ]
        attention.saw(time, looked[-1], there)
    return looked


def test_without_digits_everything_is_looked_at() -> None:
    """A camera over a blank page misses nothing that appears."""
    assert run(Attention(), [n / 30 for n in range(5)], []) == [frozenset(GROUPS)] * 5


def test_layers_with_digits_are_looked_at_in_every_frame_and_the_others_by_turns() -> None:
    """Digits of one size and ink leave one other group a frame; within half a second all have a turn."""
    looked = run(Attention(), [n / 30 for n in range(40)], [(2, True)])
    assert looked[0] == frozenset(GROUPS)
    assert all(Group(1, True) in groups and len(groups) == 2 for groups in looked[1:])
    for start in range(1, 25):
        assert frozenset().union(*looked[start : start + 15]) == frozenset(GROUPS)


def test_the_finest_layer_is_looked_at_whole_where_digits_stand_in_it() -> None:
    """Small digits are read in every frame wherever they stand; of the other polarity a strip at a time."""
    looked = run(Attention(), [n / 30 for n in range(40)], [(1, True)])
    strips = {Group(0, True, strip) for strip in range(STRIPS)}
    assert all(strips <= groups for groups in looked)
    assert max(len(groups - strips) for groups in looked[1:]) == 1


def test_a_slow_camera_is_looked_at_in_full() -> None:
    """With two frames a second no layer may wait for its turn."""
    looked = run(Attention(), [n / 2 for n in range(6)], [(2, True)])
    assert all(groups == frozenset(GROUPS) for groups in looked)


def test_layers_that_lost_their_digits_take_turns_again() -> None:
    """When the page is gone, everything is looked at again."""
    attention = Attention()
    run(attention, [n / 30 for n in range(10)], [(4, False)])
    looked = run(attention, [n / 30 for n in range(10, 40)], [])
    assert len(looked[3]) == 2
    assert looked[-1] == frozenset(GROUPS)


def test_a_digit_that_shows_in_two_layers_keeps_one_busy() -> None:
    """A digit now and then found in the next layer too does not have both looked at in every frame."""
    attention, both = Attention(), 0
    for n in range(60):
        looked = attention.wanted(n / 30)
        scale = 8 if Group(3, True) in looked and n % 3 == 0 or Group(2, True) not in looked else 4
        attention.saw(n / 30, looked, [(0, scale, True)])
        both += {Group(2, True), Group(3, True)} <= looked
    assert both < 20
