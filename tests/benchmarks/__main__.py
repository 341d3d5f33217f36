"""`make bench` and `make bench-full`: public instances, and drawn days beside four other engines."""

import sys

from tests.benchmarks import compare, public

SHORT = (
    (public, "--set mankowska --instances A1,A6,B1,B6,B9,C1,C3,C9 --seconds 20"),
    (public, "--set uhhc_bazirha --instances D1,E1,F1,J1,K1,L1,M1,N1001 --seconds 20"),
    (compare, "--sizes S,M --seconds 1,5,20 --seeds 1,2,3"),
)
FULL = (
    (public, "--set mankowska --seconds 60 --seeds 1,2,3"),
    (public, "--set uhhc_bazirha --seconds 60 --seeds 1,2,3"),
    (compare, "--sizes S,M,L --seconds 1,5,20,60 --seeds 1,2,3"),
)

if __name__ == "__main__":
    chosen, more = (FULL, sys.argv[2:]) if sys.argv[1:2] == ["full"] else (SHORT, sys.argv[1:])
    sys.exit(max([programme.main([*words.split(), *more]) for programme, words in chosen]))
