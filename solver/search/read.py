"""From the search's arrays to a Plan: the only place where they are read back."""

from solver.plan import Assignment, Plan
from solver.search.memory import Frame


def read(day: Frame, state: Frame, constant: int) -> Plan:
    """The best plan of the state, with its points."""
    made = []
    loads = state["best_loads"]
    for shift in loads["count"].nonzero()[0].tolist():
        helper = int(day["shifts"][shift]["helper"])
        number = shift - int(day["helpers"][helper]["first_shift"])
        row = state["best_stops"][shift, 1 : int(loads[shift]["count"]) + 1]
        visits = day["duties"]["visit"][row["duty"]]
        made += [
            Assignment(helper, number, start, visit)
            for start, visit in zip(row["start"].tolist(), visits.tolist(), strict=True)
        ]
    return Plan(tuple(sorted(made)), objective=int(state["cells"]["best"][0]) + constant)
