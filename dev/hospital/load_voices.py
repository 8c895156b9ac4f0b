"""Writes the ratings into a database, and what the desks made of them."""

from __future__ import annotations

from datetime import datetime, timedelta

from .load_organisation import QUIET
from .voices import Voices


class VoiceLoader:
    """Writes the ratings of tickets, their follow-ups and the complaints.

    :param utc: function from local moments to those of the database
    """

    def __init__(self, env, utc, until: datetime):
        self._env = env
        self._utc = utc
        self._voices = Voices(until)
        self._model = env["ir.model"]._get_id("itsm.ticket")

    def rate(self, stories, tickets) -> None:
        """Write the ratings, as old as they say."""
        rated = [
            (story, ticket)
            for story, ticket in zip(stories, tickets, strict=True)
            if story.rating
        ]
        voices = [self._voices.of(story) for story, _ticket in rated]
        ratings = (
            self._env["rating.rating"]
            .with_context(**QUIET)
            .create(
                [
                    self._rating(story.rating, ticket, voice)
                    for (story, ticket), voice in zip(rated, voices, strict=True)
                ]
            )
        )
        self._env.flush_all()
        self._env.cr.execute_values(
            "UPDATE rating_rating AS of"
            " SET create_date = new.at, write_date = new.at, rated_on = new.at"
            " FROM (VALUES %s) AS new (id, at) WHERE of.id = new.id",
            [
                (record.id, self._utc(story.rating.at))
                for (story, _ticket), record in zip(rated, ratings, strict=True)
            ],
            page_size=1000,
        )
        ratings.invalidate_recordset()
        self._follow_up(rated, voices, ratings)

    def _rating(self, rating, ticket, voice) -> dict:
        ref = self._env.ref
        reasons = [
            ref(f"itsm_helpdesk.rating_reason_{key}").id for key in voice.reasons
        ]
        moments = {
            f"itsm_{mood}_touchpoint_id": ref(f"itsm_helpdesk.touchpoint_{key}").id
            for mood, key in (("pleased", voice.pleased), ("angry", voice.angry))
            if key
        }
        return {
            "res_model_id": self._model,
            "res_id": ticket.id,
            "partner_id": ticket.partner_id.id,
            "rated_partner_id": ticket.user_id.partner_id.id,
            "rating": rating.stars,
            "feedback": rating.words,
            "consumed": True,
            "itsm_way": voice.way,
            "itsm_reason_ids": [(6, 0, reasons)],
            **moments,
        }

    def _follow_up(self, rated, voices, ratings) -> None:
        """Let the team leaders listen to those who were not content."""
        FollowUp = self._env["itsm.rating.followup"].with_context(**QUIET)._as_system()
        FollowUp.create(
            [
                self._steps(FollowUp, story, ticket, voice.follow_up, rating)
                for (story, ticket), voice, rating in zip(
                    rated, voices, ratings, strict=True
                )
                if voice.follow_up
            ]
        )

    def _steps(self, FollowUp, story, ticket, done, rating) -> dict:
        at = self._utc(story.rating.at)
        return {
            "ticket_id": ticket.id,
            "rating_id": rating.id,
            "desk_id": ticket.desk_id.id,
            "team_id": ticket.team_id.id,
            "partner_id": ticket.partner_id.id,
            "rated_user_id": ticket.user_id.id,
            "stars": story.rating.stars,
            "user_id": FollowUp._first_owner(ticket, ticket.user_id).id,
            "rated_at": at,
            "deadline": FollowUp._deadline(ticket.desk_id, at),
            "state": done.state,
            "heard_at": done.heard_at and self._utc(done.heard_at),
            "made_good_at": done.made_good_at and self._utc(done.made_good_at),
            "answered_at": done.answered_at and self._utc(done.answered_at),
            "heard": done.heard,
            "made_good": done.made_good,
            "answer": done.answer,
            "outcome": done.outcome or False,
        }

    def complaints(self, stories, tickets) -> list[tuple[dict, list]]:
        """Return complaints as values of tickets, each with its events."""
        return [
            self._complaint(complaint, ticket)
            for story, ticket in zip(stories, tickets, strict=True)
            for complaint in self._voices.complaints(story)
        ]

    def _complaint(self, complaint, ticket) -> tuple[dict, list]:
        desk, about = ticket.desk_id, ticket.user_id
        manager = (desk.complaint_user_ids or desk.manager_ids) - about
        code = self._env["itsm.resolution.code"].search([], limit=1)
        opened, answered, resolved = map(
            self._utc, (complaint.opened, complaint.answered, complaint.resolved)
        )
        values = {
            "name": complaint.name,
            "description": f"<p>{complaint.text}</p>",
            "type": "complaint",
            "desk_id": desk.id,
            "team_id": False,
            "user_id": manager[:1].id,
            "partner_id": ticket.partner_id.id,
            "channel_id": self._env.ref("itsm_helpdesk.channel_portal").id,
            "impact": "3",
            "urgency": "2",
            "complaint_ticket_id": ticket.id,
            "complaint_about_user_id": about.id,
            "opened_at": opened,
            "first_response_at": answered,
            "resolved_at": resolved,
            "closed_at": resolved + timedelta(days=3),
            "resolution_code_id": code.id,
            "resolution": complaint.end,
        }
        steps = [
            (opened, "opened", {}),
            (answered, "responded", {}),
            (resolved, "resolved", {}),
            (resolved + timedelta(days=3), "closed", {}),
        ]
        return values, steps
