"""A frozen Problem in, a Plan out: rules, search, proof."""
