"""What days may not do together, as far as no single day tells: whole groups, limits, purses, lendings, partners."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from solver.columns.net import Ints
from solver.model import Model
from solver.search.memory import Frame
from solver.search.pool import Column


def is_lawful(model: Model, day: Frame, days: Sequence[Column]) -> bool:
    """Groups are made whole and nothing twice; nobody serves too much, no purse or lending is passed, nobody is two of
    those who must be apart."""
    duties = np.array([duty for one in days for duty in one.duties], np.int64)
    shifts = np.repeat([one.shift for one in days], [len(one.duties) for one in days]).astype(np.int64)
    helper, visit = model.shift_helper[shifts], model.duty_visit[duties]
    if not _are_whole(day, duties):
        return False
    if (_sums(helper, model.duration[visit], len(model.mode)) > model.most_work).any():
        return False
    if (_sums(helper, np.ones_like(visit), len(model.mode)) > model.most_visits).any():
        return False
    purse = model.visit_purse[visit]
    spent = _sums(purse[purse >= 0], model.fee[visit, helper][purse >= 0], len(model.purse_budget))
    if (spent > model.purse_budget).any():
        return False
    return _lends_no_more(model, helper, visit) and _is_apart(day, helper, duties)


def _are_whole(day: Frame, duties: Ints) -> bool:
    """Twins are dealt out later, so each kind of duty is made as often as there are such, in groups that are made."""
    twin, group = day["duties"]["twin"], day["duties"]["group"]
    made = np.zeros(int(group.max(initial=-1)) + 1, bool)
    made[group[duties]] = True
    asked = np.where(made[group[twin]], np.bincount(twin, minlength=len(twin)), 0)
    return bool((np.bincount(twin[duties], minlength=len(twin)) == asked).all())


def _sums(index: Ints, much: Ints, count: int) -> Ints:
    total = np.zeros(count, np.int64)
    np.add.at(total, index, much)
    return total


def _lends_no_more(model: Model, helper: Ints, visit: Ints) -> bool:
    if not len(model.lending_most):
        return True
    lender, borrower = model.helper_community[helper], model.visit_community[visit]
    cap = np.where((lender >= 0) & (borrower >= 0), model.lending_of[lender, borrower], -1)
    return bool((np.bincount(cap[cap >= 0], minlength=len(model.lending_most)) <= model.lending_most).all())


def _is_apart(day: Frame, helper: Ints, duties: Ints) -> bool:
    """Twins are dealt out later, so a duty stands for all of its kind."""
    records, others, twin = day["duties"], day["apart"], day["duties"]["twin"]
    makes: dict[int, list[int]] = defaultdict(list)
    for who, duty in zip(helper.tolist(), duties.tolist(), strict=True):
        if records[duty]["coupled"]:
            makes[who].append(int(twin[duty]))
    for mine in makes.values():
        if len(set(mine)) < len(mine):
            return False
        for duty in mine:
            apart = twin[others[records[duty]["first_apart"] : records[duty]["end_apart"]]]
            if set(apart.tolist()) & set(mine) - {duty}:
                return False
    return True
