"""`python -m workers.commands`: the command line without its installed name."""

from workers.commands import main

if __name__ == "__main__":
    main()
