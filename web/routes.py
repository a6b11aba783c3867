"""The whole URL map: each page's routes, in the order of the navigation."""

from __future__ import annotations

from .pages import (
    account,
    admin,
    admin_agencies,
    admin_minutes,
    admin_people,
    attendance,
    door,
    home,
    letters,
    meetings,
    minutes,
    minutes_history,
    organisation_import,
    outbox,
    papers,
    personal_link,
    room,
    schedule,
    sign_in,
)

ALL_ROUTES = (
    sign_in.routes,
    account.routes,
    home.routes,
    schedule.routes,
    meetings.routes,
    attendance.routes,
    door.routes,
    letters.routes,
    papers.routes,
    room.routes,
    minutes.routes,
    minutes_history.routes,
    personal_link.routes,
    outbox.routes,
    admin.routes,
    admin_agencies.routes,
    admin_people.routes,
    admin_minutes.routes,
    organisation_import.routes,
)
