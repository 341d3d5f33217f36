"""Days at prices: columns for the choice, and the proof of how far a plan can be from the best one."""
