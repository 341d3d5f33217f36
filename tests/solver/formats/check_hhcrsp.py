"""Holds a solution of the `hhcrsp` format against its instance. Written from the format's description alone.

Shares no code with the solver on purpose: it is the second opinion. Nothing here is fast or clever.
"""

from typing import Any

TOLERANCE = 0.002


def check(instance: dict[str, Any], solution: dict[str, Any]) -> tuple[float, list[str]]:
    """The cost of the solution, and a sentence for every violation."""
    wrong: list[str] = []
    patients = {patient["id"]: patient for patient in instance["patients"]}
    row = {patient["id"]: 1 + number for number, patient in enumerate(instance["patients"])}
    abilities = {caregiver["id"]: caregiver["abilities"] for caregiver in instance["caregivers"]}
    usual = {service["id"]: service.get("default_duration") for service in instance["services"]}
    distances = instance["distances"]

    given: dict[tuple[str, str], list[tuple[str, float]]] = {}
    travel, tardiness = 0.0, []
    travelled = set()
    for route in solution["routes"]:
        caregiver = route["caregiver_id"]
        if caregiver not in abilities:
            wrong.append(f"{caregiver} is no caregiver")
            continue
        if caregiver in travelled:
            wrong.append(f"{caregiver} has two routes")
        travelled.add(caregiver)
        here, free = 0, 0.0
        for location in route.get("locations") or []:
            patient = location.get("patient", location.get("patient_id"))
            service = location.get("service", location.get("service_id"))
            start, end = location["arrival_time"], location["departure_time"]
            needed = (
                {need["service"]: need for need in patients[patient]["required_caregivers"]} if patient in row else {}
            )
            if service not in needed:
                wrong.append(f"{patient} does not need {service}")
                continue
            given.setdefault((patient, service), []).append((caregiver, start))
            if service not in abilities[caregiver]:
                wrong.append(f"{caregiver} cannot do {service}")
            if abs(end - start - needed[service].get("duration", usual[service])) > TOLERANCE:
                wrong.append(f"{service} at {patient} does not take its duration")
            if start < free + distances[here][row[patient]] - TOLERANCE:
                wrong.append(f"{caregiver} cannot be at {patient} by {start}")
            earliest, latest = patients[patient]["time_window"]
            if start < earliest - TOLERANCE:
                wrong.append(f"{service} at {patient} starts before the window")
            tardiness.append(max(0.0, start - latest))
            travel += distances[here][row[patient]]
            here, free = row[patient], end
        travel += distances[here][0]

    for patient in patients.values():
        for need in patient["required_caregivers"]:
            times = len(given.get((patient["id"], need["service"]), []))
            if times != 1:
                wrong.append(f"{need['service']} at {patient['id']} is given {times} times")
        wrong += _pair(patient, given)
    return (travel + sum(tardiness) + max(tardiness, default=0.0)) / 3, wrong


def _pair(patient: dict[str, Any], given: dict[tuple[str, str], list[tuple[str, float]]]) -> list[str]:
    both = [given.get((patient["id"], need["service"]), []) for need in patient["required_caregivers"]]
    if len(both) != 2 or not all(both):
        return []
    (one, first), (other, second) = both[0][0], both[1][0]
    wrong = [f"{one} gives both services at {patient['id']}"] if one == other else []
    joined = patient["synchronization"]
    least, most = joined["distance"] if joined["type"] == "sequential" else (0, 0)
    if not least - TOLERANCE <= second - first <= most + TOLERANCE:
        wrong.append(f"the services at {patient['id']} start {second - first:.3f} apart")
    return wrong
