"""Taking persons out of a text that others are going to read."""

import re

# What stands where a person was named.
GAP = "…"
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(
    # After a word that says so, or written as a number of another country, or as a
    # mobile number of China. Other numbers are error codes, rooms and devices.
    r"(?:\b(?:tel|phone|telephone|mobile|cell|ext|extension|fax)\b|电话|手机|分机)"
    r"[\s.:：]*\+?\d[\d\s()/-]*\d"
    r"|\+\d[\d\s()/-]{6,}\d"
    r"|(?<!\d)1[3-9]\d{9}(?!\d)",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"^\s*(?:hi|hello|dear|good\s+(?:morning|afternoon|evening)|您好|你好|尊敬的)"
    r"[^\n,，!！:：]{0,60}[,，!！:：]?\s*$",
    re.IGNORECASE,
)
_FAREWELL = re.compile(
    r"^\s*(?:(?:best|kind|warm)?\s*(?:regards|wishes)|sincerely|cheers|"
    r"many thanks|thanks|thank you|yours\b.*|此致|敬礼|谢谢|祝好)"
    r"(?:\s+(?:again|in advance))?[\s,，.!！。]*$",
    re.IGNORECASE,
)
_TITLE = r"(?:(?:dr|prof|mr|mrs|ms|nurse|sister)\.?\s+)?"
# A farewell is followed by a name, a function, a department … but not by a story.
_SIGNATURE_LINES = 6


def strip_people(text, full_names, ticket_people=()):
    """Return the text without names, addresses and numbers of persons.

    :param full_names: names to look for as they are
    :param ticket_people: names of those who wrote, asked or worked; they are called
        by a part of their name too

    >>> strip_people("Dr. Mei Lin called: PACS is down", ["Mei Lin"])
    '… called: PACS is down'
    >>> strip_people("Told Anna (ext. 4711) what 0x80070005 means", [], ["Anna Berg"])
    'Told … (…) what 0x80070005 means'
    """
    text = _without_signature(text or "")
    text = _MAIL.sub(GAP, text)
    text = _PHONE.sub(GAP, text)
    for pattern in _name_patterns(full_names, ticket_people):
        text = pattern.sub(GAP, text)
    # Somebody who is named twice in a row is one gap.
    text = re.sub(rf"{GAP}(?:\s*{GAP})+", GAP, text)
    return text.strip()


def _without_signature(text):
    """Return the text without a greeting at its beginning and what follows a
    farewell."""
    lines = text.splitlines()
    while lines and (not lines[0].strip() or _GREETING.match(lines[0])):
        lines = lines[1:]
    for number, line in enumerate(lines):
        rest = [other for other in lines[number + 1 :] if other.strip()]
        if _FAREWELL.match(line) and len(rest) <= _SIGNATURE_LINES:
            lines = lines[:number]
            break
    return "\n".join(lines)


def _name_patterns(full_names, ticket_people):
    names = {name.strip() for name in (*full_names, *ticket_people) if name}
    parts = {part for name in ticket_people for part in _parts(name or "")}
    wanted = {name for name in names | parts if len(name) > 1}
    # Long names first: “Anna Berg” is one person, not two.
    for name in sorted(wanted, key=len, reverse=True):
        yield _pattern(name)


def _parts(name):
    """Return the parts of a name by which a person is called.

    >>> sorted(_parts("Anna von Berg"))
    ['Anna', 'Berg']
    """
    return {
        part
        for part in re.split(r"[\s,.-]+", name)
        if len(part) > 2 and part[0].isupper() and part.isalpha()
    }


def _pattern(name):
    body = r"\s+".join(re.escape(part) for part in name.split())
    if name[0].isascii() or name[0].isalpha() and not _is_dense(name):
        return re.compile(rf"(?<!\w){_TITLE}{body}(?:'s|’s)?(?!\w)", re.IGNORECASE)
    return re.compile(body)


def _is_dense(name):
    """Tell whether a name is written without spaces around it."""
    return any("\u2e80" <= sign <= "\u9fff" for sign in name)
