"""Channels that are recorded at given times.

planning makes a row of every time a day ahead; running starts and ends what is due, by whichever
worker claims it; checking looks before the hour. All three may be cut off anywhere: the row
tells how far it came, and the start's idempotency key is made of schedule and time.
"""
