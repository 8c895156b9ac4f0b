from odoo import http
from odoo.http import request

# So long a program need not ask again.
FRESH = 900


class ChangeFeed(http.Controller):
    """The changes as an iCalendar, for calendar programs."""

    @http.route(
        "/itsm/changes/<string:token>.ics",
        type="http",
        auth="public",
        methods=["GET"],
        save_session=False,
        sitemap=False,
    )
    def change_feed(self, token, **_params):
        """Answer with what the owner of the address may read.

        An address that was never made, or is not good any more, is no page: nobody
        learns which of both.
        """
        feed = request.env["itsm.change.feed"]._by_token(token)
        if not feed:
            raise request.not_found()
        feed._note_reading()
        events = feed._events()
        etag = feed._etag(events)
        headers = {
            "Cache-Control": f"private, max-age={FRESH}",
            "ETag": f'"{etag}"',
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "X-Robots-Tag": "noindex",
        }
        if request.httprequest.if_none_match.contains_weak(etag):
            return request.make_response("", list(headers.items()), status=304)
        headers |= {
            "Content-Type": "text/calendar; charset=utf-8",
            "Content-Disposition": 'inline; filename="changes.ics"',
        }
        return request.make_response(feed._ical(events), list(headers.items()))
