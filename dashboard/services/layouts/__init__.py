"""What can happen to layouts: applied live, edited by several, kept in a library, exchanged."""
