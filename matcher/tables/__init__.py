"""The tables, a file per family of nouns; `all` imports every one."""
