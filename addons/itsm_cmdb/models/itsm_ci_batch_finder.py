from odoo.tools import SQL

from ..tools.identification import (
    agrees,
    check_values,
    identify,
    identity_values,
)


class Finder:
    """Finds the items that the rows of one batch mean.

    Items are known by the identity table; items of earlier rows of the same batch by a
    register of digests, in which a row that creates stands as minus its own id.
    """

    def __init__(self, env, company):
        self.env = env
        self.company = company
        identifier = env["itsm.ci.identifier"]
        self.rules = identifier._rules_by_class()
        self.junk = identifier._junk()
        self._register = {}
        self._known = {}

    def identities(self, item_class, values):
        """Return ``[(rule, (value, …), checks)]`` by which a row is known.

        Without a class the rules serve that are of none in particular.
        """
        return [
            (rule, found, check_values(rule, values))
            for rule in self.rules.get(item_class._ids[0] if item_class else 0, ())
            if (found := identity_values(rule, values, self.junk))
        ]

    def load(self, identities):
        """Look for the items of a portion's identities with one query.

        :return: ids of the items found
        """
        pairs = {
            (rule.id, value)
            for each in identities
            for rule, found, _checks in each
            for value in found
        }
        self._known = {}
        if not pairs:
            return []
        rule_ids, values = zip(*pairs, strict=True)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT i.identifier_id, i.value, c.id, c.active, c.merged_into_id
                  FROM unnest(%s::int[], %s::text[]) AS w (identifier_id, value)
                  JOIN itsm_ci_identity i USING (identifier_id, value)
                  JOIN itsm_ci c ON c.id = i.ci_id
                 WHERE c.company_id IS NULL OR c.company_id = %s
                 ORDER BY c.id
                """,
                list(rule_ids),
                list(values),
                self.company.id,
            )
        )
        archived = {}
        for rule_id, value, ci_id, active, merged_id in rows:
            place = self._known if active else archived
            place.setdefault((rule_id, value), []).append(merged_id or ci_id)
        # An archived item is meant only where no active one is.
        self._known = archived | self._known
        return sorted({ci_id for found in self._known.values() for ci_id in found})

    def tokens(self, identities):
        """Return the tokens that a portion's identities may stand for."""
        found = {token for tokens in self._known.values() for token in tokens}
        for each in identities:
            for rule, values, _checks in each:
                for value in values:
                    found.update(self._registered(rule, value))
        return found

    def find(self, identities, state):
        """Return what a row is, by tokens: ids of items, or minus ids of rows.

        :param state: function that gives the plain values of a token's item
        """
        return identify(
            (rule, self._candidates(rule, found, checks, state))
            for rule, found, checks in identities
        )

    def _candidates(self, rule, found, checks, state):
        tokens = []
        for value in found:
            tokens += self._known.get((rule.id, value), ())
            tokens += self._registered(rule, value)
        tokens = list(dict.fromkeys(tokens))
        if not any(checks):
            return tokens
        return [
            token
            for token in tokens
            if agrees(checks, check_values(rule, state(token)))
        ]

    def register(self, identities, token):
        """Remember an item that a row of the batch stands for.

        What the identity table says of it already is found there again.
        """
        for rule, found, _checks in identities:
            for value in found:
                if token in self._known.get((rule.id, value), ()):
                    continue
                known = self._registered(rule, value)
                if token not in known:
                    digest = self._digest(rule, value)
                    self._register[digest] = (*known, token) if known else token

    def _registered(self, rule, value):
        """Return the tokens of earlier rows with this value.

        Most values are those of one row only, which is kept without a tuple.
        """
        known = self._register.get(self._digest(rule, value), ())
        return known if isinstance(known, tuple) else (known,)

    @staticmethod
    def _digest(rule, value):
        """A short stand-in for an identity: many rows are remembered at once.

        Python's hashes of texts are keyed anew in each process, so nobody can make two
        values meet on purpose.
        """
        return hash((rule.id, value))
