"""What the forms with secrets do alike: nothing typed is lost when one is refused."""

from flask import g, request

from dashboard.services import typed_secrets
from dashboard.web.auth import actor


def restored() -> dict[str, str]:
    """The posted form, with the secrets that were typed at the try before.

    Should it be refused, its page carries them along, sealed: templates read g.typed_secrets
    and g.typed_before, the names of fields that need not be typed again.
    """
    form = typed_secrets.restored(request.form.to_dict(), actor(), request.blueprint)
    g.typed_secrets = typed_secrets.hold(form, actor(), request.blueprint)
    g.typed_before = typed_secrets.names_in(g.typed_secrets, actor(), request.blueprint)
    return form
