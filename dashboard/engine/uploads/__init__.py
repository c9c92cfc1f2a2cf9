"""How finished files get to where they were asked for, and what becomes of them meanwhile."""
