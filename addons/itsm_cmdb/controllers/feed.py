import json

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 20_000
MAX_DEPTH = 8
_SIZE_PARAMETER = "itsm_cmdb.feed_max_bytes"
_KNOWN = frozenset(
    (
        *("source", "name", "rows", "relations", "addresses"),
        *("dry_run", "is_full", "run_id"),
    )
)


class Refusal(Exception):
    """Ends a request with a status and a sentence."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status
        self.message = message


class Feed(http.Controller):
    """Rows of scanners and scripts, as JSON, by the API key of a user.

    The user needs no right on records. It must be in the feed's group and named by the
    source; what its rows may write is up to the source's rank and rules, within the
    user's company.
    """

    @http.route(
        "/itsm/cmdb/feed",
        type="http",
        auth="bearer",
        methods=["POST"],
        csrf=False,
        save_session=False,
        # The body is read here; no form parser may take more before.
        max_content_length=MAX_BYTES,
    )
    def feed(self, **_params):
        try:
            self._check_user()
            run = self._run(self._body())
            return self._answer(200, run)
        except Refusal as refusal:
            return self._answer(refusal.status, {"message": refusal.message})
        except UserError as error:
            request.env.cr.rollback()
            return self._answer(422, {"message": str(error)})

    @staticmethod
    def _answer(status, content):
        response = request.make_json_response(content, status=status)
        # An unread rest of a body must not be taken for the next request.
        if status == 413:
            response.headers["Connection"] = "close"
        return response

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    def _check_user(self):
        user = request.env.user
        # Browsers send cookies by themselves; only a key says that a program means it.
        if not request.httprequest.headers.get("Authorization"):
            raise Refusal(401, request.env._("Send an API key as a bearer token."))
        if not user.has_group("itsm_cmdb.group_cmdb_feed"):
            raise Refusal(
                403,
                request.env._("This user may not use the feed of configuration items."),
            )

    def _body(self):
        """Return the request as a dict, never reading more than is allowed."""
        limit = self._limit()
        length = request.httprequest.content_length
        if length is None:
            raise Refusal(411, request.env._("Say the length of the request."))
        if length > limit:
            self._refuse_size(limit)
        # No more is read than was announced.
        data = request.httprequest.get_data(cache=False)
        if data.count(b"[") + data.count(b"{") > 20 * MAX_ROWS:
            raise Refusal(400, request.env._("The request is nested too much."))
        try:
            body = json.loads(
                data.decode("utf-8"),
                parse_constant=self._refuse_constant,
                object_pairs_hook=self._plain_object,
            )
        except (ValueError, RecursionError):
            raise Refusal(
                400, request.env._("The body is not valid JSON in UTF-8.")
            ) from None
        if not isinstance(body, dict):
            raise Refusal(400, request.env._("The body must be a JSON object."))
        return body

    @staticmethod
    def _limit():
        # sudo: a limit of the server is read for every caller.
        parameters = request.env["ir.config_parameter"].sudo()
        try:
            return min(int(parameters.get_param(_SIZE_PARAMETER, MAX_BYTES)), MAX_BYTES)
        except ValueError:
            return MAX_BYTES

    @staticmethod
    def _refuse_size(limit):
        raise Refusal(
            413,
            request.env._(
                "The request is larger than %(limit)s bytes. Send it in parts.",
                limit=limit,
            ),
        )

    @staticmethod
    def _refuse_constant(name):
        """NaN and infinity are no JSON, though Python reads them."""
        raise ValueError(name)

    @staticmethod
    def _plain_object(pairs):
        """Return a dict; a key that comes twice would say two things."""
        found = dict(pairs)
        if len(found) != len(pairs):
            raise ValueError("duplicate key")
        return found

    # ------------------------------------------------------------------
    # Running
    # ------------------------------------------------------------------

    def _run(self, body):
        source = self._source(body.get("source"))
        rows, relations = self._rows(body, "rows"), self._rows(body, "relations")
        sightings = self._rows(body, "addresses")
        if unknown := sorted(set(map(str, body)) - _KNOWN):
            raise Refusal(
                400,
                request.env._("Unknown keys: %(keys)s.", keys=", ".join(unknown)[:200]),
            )
        name = self._text(body, "name") or request.env._("Feed")
        run_id = self._text(body, "run_id")
        flags = {key: self._flag(body, key) for key in ("dry_run", "is_full")}
        # sudo: machines have no rights on records; the source says what they may do,
        # and only items of the user's company, or of none, are found and written.
        batches = source.env["itsm.ci.batch"].sudo()
        if flags["dry_run"]:
            found = batches._dry_run(source, name, rows, relations, flags["is_full"])
            return found | self._observed(source, sightings, keep=False)
        found = self._apply(batches, source, name, rows, relations, flags, run_id)
        keep = not found["again"] and found["state"] != "blocked"
        return found | self._observed(source, sightings, keep)

    @staticmethod
    def _observed(source, sightings, keep):
        """Note which addresses were seen, and tell which entries say nothing."""
        if not sightings:
            return {}
        return {"addresses": source._observe_addresses(sightings, keep)}

    def _apply(self, batches, source, name, rows, relations, flags, run_id):
        company = source.env.company
        if run_id:
            known = batches.search(
                [
                    ("source_id", "=", source.id),
                    ("company_id", "=", company.id),
                    ("run_id", "=", run_id),
                ]
            )
            if known:
                return known.result() | {"outcomes": known._outcomes(), "again": True}
        batch = batches._start_planned(
            source, name, rows, relations, flags["is_full"], run_id=run_id or False
        )
        if batch.state != "blocked":
            batch.apply()
        return batch.result() | {"outcomes": batch._outcomes(), "again": False}

    def _source(self, code):
        """Return the source, in the environment of the user's company."""
        user = request.env.user
        env = request.env(
            context={"allowed_company_ids": user.company_id.ids, "lang": user.lang}
        )
        # sudo: machines have no rights on sources; the source names its users.
        source = env["itsm.ci.source"].sudo()
        if isinstance(code, str):
            source = source.search(
                [("code", "=", code), ("active", "=", True)], limit=1
            )
        allowed = (
            source
            and user in source.feed_user_ids
            and source.company_id in (source.company_id.browse(), user.company_id)
        )
        if not allowed:
            # The same answer, whether or not there is such a source.
            raise Refusal(
                403, request.env._("This user may not send rows as this source.")
            )
        return source

    def _rows(self, body, key):
        rows = body.get(key) or []
        if not isinstance(rows, list):
            raise Refusal(400, request.env._("“%(key)s” must be a list.", key=key))
        if len(rows) > MAX_ROWS:
            raise Refusal(
                413,
                request.env._(
                    "“%(key)s” has more than %(limit)s rows. Send them in parts.",
                    key=key,
                    limit=MAX_ROWS,
                ),
            )
        if any(self._depth(row) > MAX_DEPTH for row in rows):
            raise Refusal(400, request.env._("The request is nested too much."))
        return rows

    def _depth(self, value, level=1):
        if level > MAX_DEPTH or not isinstance(value, (dict, list)):
            return level
        parts = value.values() if isinstance(value, dict) else value
        return max((self._depth(part, level + 1) for part in parts), default=level)

    @staticmethod
    def _text(body, key):
        value = body.get(key)
        if value is None:
            return ""
        if not isinstance(value, str) or len(value) > 200 or not value.isprintable():
            raise Refusal(
                400,
                request.env._(
                    "“%(key)s” must be a printable text of at most 200 characters.",
                    key=key,
                ),
            )
        return value.strip()

    @staticmethod
    def _flag(body, key):
        value = body.get(key, False)
        if not isinstance(value, bool):
            raise Refusal(
                400, request.env._("“%(key)s” must be true or false.", key=key)
            )
        return value
