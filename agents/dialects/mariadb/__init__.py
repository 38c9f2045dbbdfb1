"""MariaDB 10.6 and later: spelling, the schema's physical side, and the agents that plan for it."""
