def in_order(selection):
    """Return a ``group_expand`` that keeps groups in the order of a selection.

    By themselves they are ordered by their keys, which says nothing to people. Groups
    without records stay away.
    """
    keys = [key for key, _label in selection]

    def expand(_records, values, _domain):
        return [key for key in keys if key in values]

    return expand
