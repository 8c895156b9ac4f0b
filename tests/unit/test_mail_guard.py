"""People are told from machines by the headers of their mails."""

from email import message_from_string
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsm_helpdesk.tools.mail_guard import (
    AUTO_GENERATED,
    AUTO_REPLY,
    BOUNCE,
    HUMAN,
    classify,
)

KINDS = {HUMAN, AUTO_REPLY, AUTO_GENERATED, BOUNCE}


def kind(sender="ria@staff.example.com", content_type="text/plain", **headers):
    mail = EmailMessage()
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    return classify(mail, sender, content_type)


@pytest.mark.parametrize(
    ("expected", "headers"),
    [
        (HUMAN, {}),
        (HUMAN, {"Auto_Submitted": "no"}),
        (HUMAN, {"Auto_Submitted": "No"}),
        (HUMAN, {"Precedence": "first-class"}),
        (HUMAN, {"Return_Path": "<ria@staff.example.com>"}),
        (AUTO_REPLY, {"Auto_Submitted": "auto-replied"}),
        (AUTO_REPLY, {"Auto_Submitted": "AUTO-REPLIED"}),
        (AUTO_REPLY, {"Auto_Submitted": 'auto-replied; owner-email="x@example.org"'}),
        (AUTO_REPLY, {"auto_submitted": "auto-notified"}),
        (AUTO_REPLY, {"X_Autoreply": "yes"}),
        (AUTO_REPLY, {"X_Autorespond": "Out of office"}),
        (AUTO_REPLY, {"Precedence": "auto_reply"}),
        (AUTO_GENERATED, {"Auto_Submitted": "auto-generated"}),
        (AUTO_GENERATED, {"Auto_Submitted": "something-new"}),
        (AUTO_GENERATED, {"Precedence": "Bulk"}),
        (AUTO_GENERATED, {"Precedence": "junk"}),
        (AUTO_GENERATED, {"List_Id": "<news.example.org>"}),
        (AUTO_GENERATED, {"X_Loop": "x"}),
        (BOUNCE, {"Return_Path": "<>"}),
        (BOUNCE, {"X_Failed_Recipients": "x@example.org"}),
        # The stronger reason wins: a bounce is no reply to be kept.
        (BOUNCE, {"Return_Path": "<>", "Auto_Submitted": "auto-replied"}),
        (AUTO_REPLY, {"Precedence": "bulk", "Auto_Submitted": "auto-replied"}),
    ],
)
def test_headers(expected, headers):
    assert kind(**headers) == expected


@pytest.mark.parametrize(
    ("expected", "sender"),
    [
        (BOUNCE, "MAILER-DAEMON@mx.example.org"),
        (BOUNCE, "Mail Delivery <mailer-daemon@mx.example.org>"),
        (BOUNCE, '"Postmaster" <Postmaster@mx.example.org>'),
        (HUMAN, "postmaster.paul@example.org"),
        (HUMAN, "Mailer-Daemon Fan <fan@example.org>"),
        (HUMAN, ""),
    ],
)
def test_senders(expected, sender):
    assert kind(sender) == expected


def test_delivery_status():
    assert kind(content_type="multipart/report") == BOUNCE
    assert kind(content_type="Multipart/Report") == BOUNCE
    assert kind(content_type="multipart/mixed") == HUMAN


@given(
    headers=st.dictionaries(
        st.sampled_from(
            ("Auto-Submitted", "Precedence", "Return-Path", "List-Id", "X-Loop")
        ),
        st.text(
            st.characters(blacklist_categories=("Cc", "Cs")), min_size=0, max_size=60
        ),
    ),
    sender=st.text(max_size=80),
    content_type=st.text(max_size=40),
)
def test_whatever_arrives_gets_a_kind(headers, sender, content_type):
    assert classify(headers, sender, content_type) in KINDS


def test_raw_mail_with_broken_header():
    mail = message_from_string("Auto-Submitted: =?utf-8?B?!!!?=\n\nHello")
    assert classify(mail, "ria@staff.example.com", "text/plain") in KINDS


def test_folded_header():
    mail = message_from_string("Auto-Submitted:\n auto-replied\n\nAway")
    assert classify(mail, "ria@staff.example.com") == AUTO_REPLY
