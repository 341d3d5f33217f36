"""What runs: queued work, the sweeper, the command line."""
