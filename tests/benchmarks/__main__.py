"""`make bench`: the public instances that a version is looked at by."""

import sys

from tests.benchmarks import public

SETS = (
    ("mankowska", "A,B,C"),
    ("uhhc_bazirha", "D1,D4,E1,E4,F1,J1,K1,L1,M1,N1001"),
)

if __name__ == "__main__":
    codes = [public.main(["--set", name, "--instances", chosen, *sys.argv[1:]]) for name, chosen in SETS]
    sys.exit(max(codes))
