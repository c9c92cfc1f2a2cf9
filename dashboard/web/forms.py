"""Forms: what was typed is kept, and every problem stands beside its field."""

from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms import ValidationError

from dashboard.errors import InvalidInput
from dashboard.web.filters import say


class Form(FlaskForm):
    """A form whose problems may also be found by a service."""

    def take(self, fault: InvalidInput) -> None:
        """Put a service's problems beside the fields they name; the rest on top of the form."""
        for where, sentences in fault.by_field().items():
            words = [say(sentence) for sentence in sentences]
            if where in self._fields:
                field = self._fields[where]
                field.errors = [*field.errors, *words]
            else:
                self.form_errors = [*self.form_errors, *words]

    def refuse(self, sentence: object) -> None:
        """Say what is wrong with the form as a whole."""
        self.form_errors = [*self.form_errors, say(sentence)]


def at_most(limit: int):
    """Refuse longer text before anything expensive is done with it."""

    def check(_form: Form, field) -> None:
        if field.data and len(field.data) > limit:
            raise ValidationError(gettext("Use at most %(limit)d characters.", limit=limit))

    return check
