"""Finding articles: 10 000 of them, half in Chinese, 200 queries in both languages.

As a portal user and as an agent, with PostgreSQL's trigrams and without; the time is
the server's, from the words to the cards that a page shows.
"""

import statistics
import time

import generator
import knowledge

ARTICLES = 10_000
QUERIES = 100


def percentile(times, share):
    """Return the time that this share of the times does not exceed."""
    return round(sorted(times)[max(0, int(len(times) * share + 0.5) - 1)], 1)


def measure(prefix, user, lang, asked):
    """Measure each query once, as for a page of its own; return the times."""
    Article = env["itsm.article"].with_user(user).with_context(lang=lang)
    times, found = [], 0
    Article._find(asked[0])
    for words in asked:
        env.invalidate_all()
        start = time.perf_counter()
        articles = Article._find(words, 10, typing=True)
        articles._portal_cards()
        times.append((time.perf_counter() - start) * 1000)
        found += bool(articles)
    results[f"{prefix}_p50_ms"] = round(statistics.median(times), 1)
    results[f"{prefix}_p95_ms"] = percentile(times, 0.95)
    results[f"{prefix}_found"] = found
    return times


def has_trigrams():
    """Tell whether the database has PostgreSQL's trigrams."""
    env.cr.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
    return bool(env.cr.fetchone())


def offer_trigrams(wanted):
    """Add the extension with its index, or take both away."""
    env.cr.execute("DROP INDEX IF EXISTS itsm_article_term_likeness")
    if wanted:
        env.cr.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        env.cr.execute(
            "CREATE INDEX itsm_article_term_likeness ON itsm_article_term"
            " USING gin (term gin_trgm_ops)"
        )
    env.registry.has_trigram = wanted
    env.cr.commit()


generator.ensure_tickets(env, 200)
people = {"portal": generator.requester(env), "agent": generator.agent(env)}
asked = {
    "english": ("en_US", knowledge.queries(QUERIES, "en")),
    "chinese": ("zh_CN", knowledge.queries(QUERIES, "zh")),
}
env["res.lang"]._activate_lang("zh_CN")
start = time.perf_counter()
results["articles"] = knowledge.ensure_articles(env, ARTICLES)
results["seconds_to_make_them"] = round(time.perf_counter() - start, 1)
before = has_trigrams()
every = []
for trigrams in (True, False):
    offer_trigrams(trigrams)
    for who, user in people.items():
        for language, (lang, words) in asked.items():
            beside = "trigram" if trigrams else "plain"
            every += measure(f"{who}_{language}_{beside}", user, lang, words)
offer_trigrams(before)
results["queries"] = len(every)
results["p50_ms"] = round(statistics.median(every), 1)
results["p95_ms"] = percentile(every, 0.95)
results["slowest_ms"] = round(max(every), 1)
