"""The problem in numbers: what the rules tell the search. Built once by `solver.rules.model`, then only read.

Letters for shapes: V visits, D duties (a visit for k people is k consecutive duties), H helpers, S shifts, P places,
M travel modes, W windows, L links. All times in ticks, all costs in points, -1 means none.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solver.problem import MOST_TICKS, Problem

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(slots=True)
class Model:
    """Flat arrays for the kernels. Pair rules narrow `may` and add to `cost`; the others set their own fields."""

    # pairs
    may: Bools  # (D, H) this helper may take this duty, as far as the pair alone tells
    cost: Ints  # (V, H) points when this helper makes this visit
    constant: int  # points of every plan, whatever it does

    # visits
    duty_visit: Ints  # (D,)
    first_duty: Ints  # (V + 1,) duties of visit v are first_duty[v] .. first_duty[v + 1] - 1
    place: Ints  # (V,)
    duration: Ints  # (V,)
    priority: Ints  # (V,) points of leaving the visit; mandatory ones carry MANDATORY
    soft_end: Bools  # (V,)
    first_window: Ints  # (V + 1,) windows of visit v, in order of their start
    earliest: Ints  # (W,)
    latest: Ints  # (W,)

    # legs
    travel: NDArray[np.int32]  # (M, P, P)
    travel_weight: int
    mode: Ints  # (H,)
    home: Ints  # (H,) -1: none
    circle: Ints  # (H,) most ticks from home or from the previous visit; MOST_TICKS: any

    # days
    shift_helper: Ints  # (S,) helpers' shifts in order
    first_shift: Ints  # (H + 1,)
    shift_start: Ints
    shift_end: Ints  # without extra time
    start_place: Ints
    end_place: Ints
    extra_time: Ints  # (H,)
    most_work: Ints  # (H,) MOST_TICKS: any
    most_visits: Ints  # (H,)
    rest_earliest: Ints  # (H,) -1: no rest
    rest_latest: Ints
    rest_duration: Ints
    leaves_at_start: bool
    waiting_weight: int
    longest_wait_weight: int
    longest_idle_weight: int
    extra_time_weight: int
    tardiness_weight: int
    highest_tardiness_weight: int
    work_weight: int
    balance_weight: int
    rest_weight: int  # points of a missed rest; -1: the rest is hard

    # roster
    link_first: Ints  # (L,)
    link_second: Ints
    link_least: Ints  # meaningful where link_timed
    link_most: Ints
    link_timed: Bools
    link_apart: Bools
    link_same_window: Bools
    burden: Ints  # (V,)
    carried_burden: Ints  # (H,)
    fair_share: int
    fairness_weight: int
    visit_purse: Ints  # (V,)
    fee: Ints  # (V, H) fen
    purse_budget: Ints
    helper_community: Ints  # (H,)
    visit_community: Ints  # (V,)
    lending_of: Ints  # (C, C) lender x borrower -> index of the cap, -1: no cap
    lending_most: Ints
    told_visit: Ints  # (T,) who was told what, where a start that moves counts
    told_helper: Ints
    told_start: Ints
    told_tolerance: int
    moved_weight: int  # points when a told helper makes the visit at another time


MANDATORY = 10**11
"""Points that leaving a mandatory visit costs the search; the judge calls it a hard breach."""


def blank(problem: Problem) -> Model:
    """The model before any rule has spoken: everybody may do everything at any time, at no cost."""
    visits, helpers = problem.visits, problem.helpers
    count, people = len(visits), [visit.people for visit in visits]
    shifts = [(number, shift) for number, helper in enumerate(helpers) for shift in helper.shifts]
    communities = len(problem.communities)
    links = len(problem.links)
    return Model(
        may=np.ones((sum(people), len(helpers)), bool),
        cost=np.zeros((count, len(helpers)), np.int64),
        constant=0,
        duty_visit=np.repeat(np.arange(count, dtype=np.int64), people),
        first_duty=_offsets(people),
        place=_ints(visit.place for visit in visits),
        duration=_ints(visit.duration for visit in visits),
        priority=np.zeros(count, np.int64),
        soft_end=np.zeros(count, bool),
        first_window=_offsets([len(visit.windows) for visit in visits]),
        earliest=_ints(window.earliest for visit in visits for window in visit.windows),
        latest=_ints(window.latest for visit in visits for window in visit.windows),
        travel=np.stack([travel.matrix for travel in problem.travel])
        if problem.travel
        else np.zeros((1, 0, 0), np.int32),
        travel_weight=0,
        mode=_ints(helper.mode for helper in helpers),
        home=np.full(len(helpers), -1, np.int64),
        circle=np.full(len(helpers), MOST_TICKS, np.int64),
        shift_helper=_ints(number for number, _ in shifts),
        first_shift=_offsets([len(helper.shifts) for helper in helpers]),
        shift_start=_ints(shift.start for _, shift in shifts),
        shift_end=_ints(shift.end for _, shift in shifts),
        start_place=_ints(shift.start_place for _, shift in shifts),
        end_place=_ints(shift.end_place for _, shift in shifts),
        extra_time=np.zeros(len(helpers), np.int64),
        most_work=np.full(len(helpers), MOST_TICKS, np.int64),
        most_visits=np.full(len(helpers), MOST_TICKS, np.int64),
        rest_earliest=np.full(len(helpers), -1, np.int64),
        rest_latest=np.full(len(helpers), -1, np.int64),
        rest_duration=np.zeros(len(helpers), np.int64),
        leaves_at_start=problem.leaves_at_start,
        waiting_weight=0,
        longest_wait_weight=0,
        longest_idle_weight=0,
        extra_time_weight=0,
        tardiness_weight=0,
        highest_tardiness_weight=0,
        work_weight=0,
        balance_weight=0,
        rest_weight=-1,
        link_first=np.full(links, -1, np.int64),
        link_second=np.full(links, -1, np.int64),
        link_least=np.zeros(links, np.int64),
        link_most=np.zeros(links, np.int64),
        link_timed=np.zeros(links, bool),
        link_apart=np.zeros(links, bool),
        link_same_window=np.zeros(links, bool),
        burden=np.zeros(count, np.int64),
        carried_burden=np.zeros(len(helpers), np.int64),
        fair_share=0,
        fairness_weight=0,
        visit_purse=np.full(count, -1, np.int64),
        fee=np.zeros((count, len(helpers)), np.int64),
        purse_budget=np.zeros(len(problem.purses), np.int64),
        helper_community=np.full(len(helpers), -1, np.int64),
        visit_community=np.full(count, -1, np.int64),
        lending_of=np.full((communities, communities), -1, np.int64),
        lending_most=np.zeros(len(problem.lendings), np.int64),
        told_visit=np.zeros(0, np.int64),
        told_helper=np.zeros(0, np.int64),
        told_start=np.zeros(0, np.int64),
        told_tolerance=0,
        moved_weight=0,
    )


def _ints(values: object) -> Ints:
    return np.array(list(values), np.int64)  # type: ignore[call-overload]


def _offsets(counts: list[int]) -> Ints:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
