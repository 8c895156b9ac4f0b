"""Tell what kind of sender an incoming mail has: a person or a machine.

A desk that answers machines starts mail loops, and a desk that files every
out-of-office note drowns. The rules are those of RFC 3834 (automatic
responses), RFC 3464 (delivery status notifications) and the older headers that
are still in use.
"""

from __future__ import annotations

from collections.abc import Mapping

HUMAN = "human"
AUTO_REPLY = "auto_reply"
AUTO_GENERATED = "auto_generated"
BOUNCE = "bounce"

_REPLY_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Autoresponder")
_REPLY_PRECEDENCE = {"auto_reply", "auto-reply"}
_BULK_PRECEDENCE = {"bulk", "junk", "list"}
_LIST_HEADERS = ("List-Id", "List-Unsubscribe", "X-Loop", "Feedback-ID")
_DAEMON_SENDERS = ("mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon")
OWN_TICKET_HEADER = "X-Itsm-Ticket"


def classify(
    headers: Mapping[str, str], sender: str = "", content_type: str = ""
) -> str:
    """Return ``human``, ``auto_reply``, ``auto_generated`` or ``bounce``.

    :param headers: mail headers; lookups must ignore case, as
        :class:`email.message.EmailMessage` does
    :param sender: address in ``From``
    :param content_type: type of the whole mail, e.g. ``multipart/report``
    """
    if _is_bounce(headers, sender, content_type):
        return BOUNCE
    if _is_auto_reply(headers):
        return AUTO_REPLY
    if _is_auto_generated(headers):
        return AUTO_GENERATED
    return HUMAN


def _value(headers: Mapping[str, str], name: str) -> str:
    return str(headers.get(name) or "").strip().lower()


def _is_bounce(headers: Mapping[str, str], sender: str, content_type: str) -> bool:
    local_part = sender.rpartition("<")[2].partition("@")[0].strip().lower()
    # RFC 5321, 4.5.5: notifications are sent with an empty reverse-path.
    null_path = _value(headers, "Return-Path") == "<>"
    return (
        content_type.lower() == "multipart/report"
        or local_part in _DAEMON_SENDERS
        or null_path
        or bool(_value(headers, "X-Failed-Recipients"))
    )


def _is_auto_reply(headers: Mapping[str, str]) -> bool:
    submitted = _value(headers, "Auto-Submitted").partition(";")[0].strip()
    return (
        submitted in ("auto-replied", "auto-notified")
        or any(_value(headers, name) for name in _REPLY_HEADERS)
        or _value(headers, "Precedence") in _REPLY_PRECEDENCE
    )


def _is_auto_generated(headers: Mapping[str, str]) -> bool:
    submitted = _value(headers, "Auto-Submitted").partition(";")[0].strip()
    return (
        submitted not in ("", "no")
        or _value(headers, "Precedence") in _BULK_PRECEDENCE
        or any(_value(headers, name) for name in _LIST_HEADERS)
    )
