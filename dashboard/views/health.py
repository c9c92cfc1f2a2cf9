"""For load balancers and supervisors: alive, and ready to work."""

from flask import Blueprint, jsonify

from dashboard.services import context, health
from dashboard.web.auth import public

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def alive():
    return jsonify(ok=True)


@bp.get("/readyz")
@public
def ready():
    """200 when everything needed answers, else 503; which part does not, stands in the body."""
    found = health.readiness(context.settings())
    return jsonify(found), 200 if found["ok"] else 503
