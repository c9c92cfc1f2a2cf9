"""The parts of services/queries.py, one for each kind of screen."""
