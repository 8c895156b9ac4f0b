import re
import uuid

from odoo import fields, http
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

_PAGE_SIZE = 20
_MAX_ID = 2**31 - 1
_MAX_WORDS = 500
_MAX_SUGGESTED = 4
_KEY = re.compile(r"[0-9a-f]{32}")
# From where the portal leads to an article; anything else is no place.
_PLACES = frozenset({"knowledge", "home", "new_ticket", "service_form"})
_FORMS = frozenset({"new_ticket", "service_form"})


class ItsmPortalKnowledge(CustomerPortal):
    """Articles on the portal: browsing, finding, reading, and what they saved."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "itsm_article_count" in counters:
            _articles, count = request.env["itsm.article"]._portal_listed(limit=1)
            values["itsm_article_count"] = count
        return values

    # ------------------------------------------------------------------
    # List
    # ------------------------------------------------------------------

    @http.route(
        ["/my/knowledge", "/my/knowledge/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        sitemap=False,
    )
    def portal_itsm_knowledge(self, page=1, category="", search="", gone="", **kw):
        """Browse the articles by category, or see what a search found."""
        Article = request.env["itsm.article"]
        words = _as_words(search)
        tree = Article._portal_article_categories(_as_id(category))
        current = next((node for node in tree if node["current"]), None)
        articles, total, query = self._itsm_articles(words, current, page)
        pager = portal_pager(
            url="/my/knowledge",
            url_args={"category": current["id"] if current else "", "search": words},
            total=total,
            page=page,
            step=_PAGE_SIZE,
        )
        unfolded = {node["id"] for node in tree if node["open"]} | {False}
        return request.render(
            "itsm_knowledge.portal_knowledge",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "itsm_knowledge",
                "articles": articles._portal_cards(query),
                "pager": pager,
                "total": total,
                "search": words,
                "tree": [node for node in tree if node["parent_id"] in unfolded],
                "category": current,
                "path": [node for node in tree if node["open"]],
                "gone": bool(gone),
            },
        )

    def _itsm_articles(self, words, category, page):
        """Return the articles of one page, their number, and the mark of a search.

        A search is noted once, not again for each of its pages.
        """
        Article = request.env["itsm.article"]
        category_id = category["id"] if category else None
        offset = (max(page, 1) - 1) * _PAGE_SIZE
        if not words:
            articles, total = Article._portal_listed(category_id, _PAGE_SIZE, offset)
            return articles, total, ""
        where = [("category_id", "child_of", category_id)] if category_id else []
        found = Article._find(words, limit=None, where=where)
        query = ""
        if page == 1:
            key = uuid.uuid4().hex
            Search = request.env["itsm.article.search"]
            if Search._note(words, "knowledge", len(found), key):
                query = f"?place=knowledge&key={key}"
        return found[offset : offset + _PAGE_SIZE], len(found), query

    # ------------------------------------------------------------------
    # Article
    # ------------------------------------------------------------------

    def _itsm_find_article(self, article_id):
        """Return the article of a page, or none: alike when hidden and unknown."""
        Article = request.env["itsm.article"]
        if not 0 < article_id <= _MAX_ID:
            return Article
        return Article._portal_find(article_id)

    @http.route(
        "/my/knowledge/<int:article_id>",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        sitemap=False,
    )
    def portal_itsm_article(self, article_id, done="", words="", **asked):
        """One article: what it says, whether it helped, what to order from here."""
        article = self._itsm_find_article(article_id)
        if not article:
            return request.redirect("/my/knowledge?gone=1")
        place, key = _place_and_key(asked)
        if not done:
            self._itsm_note_read(article, place, key, _as_words(words))
        return request.render(
            "itsm_knowledge.portal_article",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "itsm_article",
                "article": article._portal_page(),
                "place": place,
                "key": key,
                "done": done if done in ("helped", "thanks", "comment") else "",
            },
        )

    def _itsm_note_read(self, article, place, key, words):
        """Count that an article is read, and that a search led to it."""
        article._record_use("viewed")
        Search = request.env["itsm.article.search"]
        if place == "home" and words:
            # What was chosen while typing: the search is known only now.
            Search._note(words, place, 1, key)
        if place:
            Search._note_opened(key, place)

    @http.route(
        "/my/knowledge/<int:article_id>/file/<int:file_id>",
        type="http",
        auth="user",
        website=True,
        readonly=True,
        sitemap=False,
    )
    def portal_itsm_article_file(self, article_id, file_id, download="", **kw):
        """A picture or file of an article, for those who may read it."""
        article = self._itsm_find_article(article_id)
        file = article and 0 < file_id <= _MAX_ID and article._portal_file(file_id)
        if not file:
            raise request.not_found()
        stream = request.env["ir.binary"]._get_stream_from(file)
        # What is no picture is not shown as a page of ours.
        shown = not download and (file.mimetype or "").startswith("image/")
        return stream.get_response(as_attachment=not shown)

    @http.route(
        "/my/knowledge/<int:article_id>/feedback",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def portal_itsm_article_feedback(self, article_id, helpful="", comment="", **kw):
        """Keep whether an article helped, and what the reader says about it."""
        article = self._itsm_find_article(article_id)
        if not article:
            return request.redirect("/my/knowledge?gone=1")
        if helpful not in ("0", "1"):
            return request.redirect(f"/my/knowledge/{article.id}")
        article._give_feedback(helpful == "1", comment.replace("\0", " "))
        done = "comment" if comment.strip() else "thanks"
        return request.redirect(f"/my/knowledge/{article.id}?done={done}#itsm_helpful")

    # ------------------------------------------------------------------
    # Beside a form
    # ------------------------------------------------------------------

    @http.route("/my/knowledge/suggest", type="jsonrpc", auth="user", website=True)
    def portal_itsm_known(
        self, words="", place="", key="", service_id=0, desk_id=0, **kw
    ):
        """Return the articles that may help, while somebody fills in a form."""
        Article = request.env["itsm.article"]
        words = _as_words(words)
        place, key = _place_and_key({"place": place, "key": key})
        service = _find_service(service_id)
        if place not in _FORMS:
            return []
        found = Article._find(words, _MAX_SUGGESTED, typing=True, service=service)
        if words:
            desk = service.desk_id if service else _find_desk(desk_id)
            Search = request.env["itsm.article.search"]
            Search._note(words, place, len(found), key, desk)
        if service:
            found = (found | Article._portal_of_service(service))[:_MAX_SUGGESTED]
        return found._portal_cards(f"?place={place}&key={key}")

    @http.route(
        "/my/knowledge/<int:article_id>/read", type="jsonrpc", auth="user", website=True
    )
    def portal_itsm_article_read(self, article_id, place="", key="", **kw):
        """Return an article that opens over a form."""
        article = self._itsm_find_article(article_id)
        if not article:
            return None
        place, key = _place_and_key({"place": place, "key": key})
        self._itsm_note_read(article, place, key, "")
        shown = article._portal_page()
        html = request.env["ir.qweb"]._render(
            "itsm_knowledge.portal_article_text", {"article": shown}
        )
        names = ("id", "name", "number", "kind", "url")
        return {**{name: shown[name] for name in names}, "html": html}

    @http.route(
        "/my/knowledge/<int:article_id>/helped",
        type="jsonrpc",
        auth="user",
        website=True,
    )
    def portal_itsm_article_helped(
        self, article_id, place="", key="", service_id=0, **kw
    ):
        """Count a ticket that is not opened; return where the reader is led."""
        article = self._itsm_find_article(article_id)
        if not article:
            return "/my/knowledge?gone=1"
        self._itsm_count_helped(article, {"place": place, "key": key})
        service = _find_service(service_id)
        if place == "service_form" and service:
            # What was typed is not needed any more.
            service._portal_forget()
        return f"/my/knowledge/{article.id}?done=helped"

    @http.route(
        "/my/knowledge/<int:article_id>/needless",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def portal_itsm_article_needless(self, article_id, **asked):
        """The same from the article's own page."""
        article = self._itsm_find_article(article_id)
        if not article:
            return request.redirect("/my/knowledge?gone=1")
        self._itsm_count_helped(article, asked)
        return request.redirect(f"/my/knowledge/{article.id}?done=helped")

    def _itsm_count_helped(self, article, asked):
        """Count that an article saved a ticket, once a day for each reader."""
        place, key = _place_and_key(asked)
        article._give_feedback(helpful=True)
        today = fields.Date.to_string(fields.Date.today())
        counted = dict(request.session.get("itsm_helped", {}))
        if place and key and counted.get(str(article.id)) != today:
            request.env["itsm.article.use"]._note_deflected(article, key)
            request.env["itsm.article.search"]._note_opened(key, place)
            kept = {id_: day for id_, day in counted.items() if day == today}
            request.session["itsm_helped"] = {**kept, str(article.id): today}


def _as_words(text):
    """Return what somebody typed; PostgreSQL takes no zero character."""
    text = text.replace("\0", " ") if isinstance(text, str) else ""
    return " ".join(text.split())[:_MAX_WORDS]


def _as_id(text):
    """Return the id that a link holds, or 0 when it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _place_and_key(asked):
    """Return from where somebody comes, as the page says; empty when it is nonsense."""
    place, key = asked.get("place"), asked.get("key")
    known = place in _PLACES if isinstance(place, str) else False
    valid = isinstance(key, str) and _KEY.fullmatch(key)
    return (place, key) if known and valid else ("", "")


def _is_id(value):
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return is_number and 0 < value <= _MAX_ID


def _find_service(service_id):
    """Return the service whose form somebody fills in, if it is offered to them."""
    Service = request.env["itsm.service"]
    return Service._portal_find(service_id) if _is_id(service_id) else Service


def _find_desk(desk_id):
    """Return the desk that somebody writes to, if it takes tickets of theirs."""
    desks = request.env["itsm.ticket"]._portal_desks()
    return desks.filtered(lambda desk: _is_id(desk_id) and desk.id == desk_id)
