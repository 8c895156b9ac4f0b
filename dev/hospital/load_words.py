"""Gives the addons' demo records their Chinese texts.

The addons' demo data is English; their Chinese words stand in ``words_zh.json`` here.
A text that has a Chinese one already keeps it.
"""

from __future__ import annotations

import json
from pathlib import Path

from odoo.tools import SQL
from odoo.tools.translate import html_translate

from .load_organisation import QUIET

_LANGUAGE = "zh_CN"
# Records of Odoo's own models that the demo data brings.
_MORE_MODELS = ("hr.skill", "hr.skill.type")


def words_zh() -> dict[str, str]:
    """Return ``{English text: Chinese text}``."""
    path = Path(__file__).with_name("words_zh.json")
    return json.loads(path.read_text(encoding="utf-8"))


def load_words(env) -> int:
    """Write the Chinese texts, and let readers of services and articles see them.

    :return: how many texts were written
    """
    words = words_zh()
    Service = env["itsm.service"]
    published = Service.search(
        [("state", "=", "published"), ("has_unpublished_changes", "=", False)]
    )
    env.flush_all()
    number = sum(_speak(env, field, words) for field in _translated_fields(env))
    env.invalidate_all()
    _publish_services(published)
    _publish_articles(env)
    return number


def _translated_fields(env):
    for name, model in env.items():
        if not (name.startswith("itsm.") or name in _MORE_MODELS):
            continue
        if model._abstract or not model._auto:
            continue
        for field in model._fields.values():
            if field.store and field.translate and field.column_type:
                yield field


def _speak(env, field, words) -> int:
    """Write the Chinese texts of a field; return how many they are.

    Not by the ORM: who published, when, and what was announced is to stay.
    """
    table, column = env[field.model_name]._table, SQL.identifier(field.name)
    rows = env.execute_query(
        SQL(
            "SELECT id, %(column)s ->> 'en_US' FROM %(table)s WHERE"
            " %(column)s IS NOT NULL AND COALESCE(%(column)s ->> %(language)s, '')"
            " IN ('', %(column)s ->> 'en_US')",
            column=column,
            table=SQL.identifier(table),
            language=_LANGUAGE,
        )
    )
    spoken = [
        (record_id, _translated(field, text, words)) for record_id, text in rows if text
    ]
    spoken = [(record_id, text) for record_id, text in spoken if text]
    if spoken:
        env.cr.execute_values(
            f'UPDATE "{table}" AS of SET "{field.name}" = of."{field.name}" ||'
            f" jsonb_build_object('{_LANGUAGE}', new.text)"
            " FROM (VALUES %s) AS new (id, text) WHERE of.id = new.id",
            spoken,
        )
    return len(spoken)


def _translated(field, text, words) -> str | None:
    """Return the Chinese of a text, or of all terms that a page of text has."""
    translate = field.translate
    if field.type == "html" and not callable(translate):
        # Written as a whole in each language; the words are those of its terms.
        translate = html_translate
    if not callable(translate) or text in words:
        return words.get(text)
    translated = translate(words.get, text)
    return None if translated == text else translated


def _publish_services(services) -> None:
    """Offer the services in both languages that were offered in English."""
    env = services.env
    env.add_to_compute(services._fields["has_unpublished_changes"], services)
    services.filtered("has_unpublished_changes").with_context(**QUIET).action_publish()


def _publish_articles(env) -> None:
    """Put the Chinese texts into the versions that readers see, as if always there."""
    articles = env["itsm.article"].search([("version_id", "!=", False)])
    articles._refresh_languages()
    for article in articles:
        if article.state == "published":
            env.cr.execute(
                "UPDATE itsm_article_version SET texts = %s WHERE id = %s",
                [json.dumps(article._texts()), article.version_id.id],
            )
    env["itsm.article.version"].invalidate_model(["texts"])
    articles.filtered("is_live")._index_refresh()
