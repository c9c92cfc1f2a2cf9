"""Whom recordings take: the editor, what is in force, changing it live, and the history."""
