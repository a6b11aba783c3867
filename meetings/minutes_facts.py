"""Facts of the room as the minutes say them. In the document stands only which fact it is (kind, and of what); its words are
made here, from how the room now is, until the minutes are approved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import sqlalchemy as sa

from . import clock
from .ballot_words import result_line
from .database import Reading
from .i18n import Translate, time_text
from .models.meeting import meetings
from .models.organisation import agencies
from .models.room import ballots
from .roll_call import came, roll_state
from .views import ENTITIES, View, meeting_view

READ = ("participant", "item", "speech", "ballot", "conclusion", "site")


@dataclass(frozen=True, slots=True)
class Room:
    """Views of what facts tell of, each kind in order; `agencies`: names; `seals`: of ballots' records."""

    meeting: View
    participants: dict[str, View]
    items: dict[str, View]
    speeches: dict[str, View]
    ballots: dict[str, View]
    conclusions: dict[str, View]
    agencies: dict[str, str]
    seals: dict[str, str]
    sites: dict[str, View] = field(default_factory=dict)


async def room_of(reading: Reading, meeting_id: str) -> Room:
    """Raises NotFound."""
    found: dict[str, dict[str, View]] = {}
    for kind in READ:
        table, view = ENTITIES[kind]
        rows = await reading.all(sa.select(table).where(table.c.meeting_id == meeting_id))
        views = sorted((seen for row in rows if (seen := view(row)) is not None), key=lambda seen: (seen["position"], seen["id"]))
        found[kind] = {seen["id"]: seen for seen in views}
    seals = sa.select(ballots.c.id, ballots.c.record_hash).where(ballots.c.meeting_id == meeting_id)
    names = await reading.all(sa.select(agencies.c.id, agencies.c.name))
    meeting = meeting_view(await reading.get(meetings, meeting_id))
    return Room(
        meeting, found["participant"], found["item"], _in_time(found["speech"]), found["ballot"], found["conclusion"],
        {row.id: row.name for row in names}, {row.id: row.record_hash for row in await reading.all(seals)},
        found["site"],
    )  # fmt: skip


def _in_time(speeches: dict[str, View]) -> dict[str, View]:
    """Those that were given, in the order in which they began."""
    given = [speech for speech in speeches.values() if speech["started_at"]]
    return {speech["id"]: speech for speech in sorted(given, key=lambda speech: speech["started_at"])}


def lines(kind: str, of: str, room: Room, t: Translate) -> list[str]:
    """A fact's paragraphs; none while there is nothing to tell, and for a fact that does not exist."""
    say = FACTS.get(kind)
    return say(room, of, t) if say else []


def every_fact(room: Room, t: Translate) -> dict[str, list[str]]:
    """The words of every fact there may be in this meeting's minutes, by `kind:of`."""
    of: dict[str, Iterable[str]] = {"attendance": [""], "speech": room.speeches}
    return {f"{kind}:{key}": FACTS[kind](room, key, t) for kind in FACTS for key in of.get(kind, ["", *room.items])}


def who(person: View | None) -> str:
    """`Ông Trần Quang Hải, Giám đốc Sở Tài chính`; the agency is named where the position does not name it."""
    if person is None:
        return ""
    name = f"{person['honorific']} {person['name']}".strip()
    agency = "" if person["agency"] in person["title"] else person["agency"]
    return ", ".join(part for part in (name, person["title"], agency) if part)


def duration(seconds: float, t: Translate) -> str:
    whole = int(seconds)
    return t("fact.duration", minutes=whole // 60, seconds=whole % 60)


def spoken(speech: View) -> float:
    """Seconds, without pauses; 0 while it is still being given."""
    if not speech["ended_at"]:
        return 0
    took = (clock.instant(speech["ended_at"]) - clock.instant(speech["started_at"])).total_seconds()
    return max(0.0, took - int(speech["paused_seconds"]))


def _attendance(room: Room, _: str, t: Translate) -> list[str]:
    people = list(room.participants.values())
    members = [person for person in people if person["votes"]] or [p for p in people if p["duty"] != "guest"]
    present = [person for person in members if came(person)]
    online = sum(person["attendance"] == "online" for person in present)
    others = sum(came(person) for person in people if person not in members)
    absent = [person for person in members if not came(person)]
    said = [t("fact.attendance", n=len(present), members=len(members), online=online)]
    said += [t("fact.others", n=others)] if others else []
    named = [f"{who(person)} ({leave})" if (leave := leave_of(person, room, t)) else who(person) for person in absent]
    return said + ([t("fact.absent", names="; ".join(named))] if named else [])


def leave_of(person: View, room: Room, t: Translate) -> str:
    """With or without leave, of somebody who did not come; empty while nobody can say."""
    state = roll_state(person, room.meeting)
    return t(f"fact.{state}") if state in ("excused", "unexcused") else ""


def _speech(room: Room, key: str, t: Translate) -> list[str]:
    speech = room.speeches.get(key)
    if speech is None:
        return []
    about = t("fact.about", subject=speech["subject"]) if speech["subject"] else ""
    return [t("fact.speech", time=time_of(speech["started_at"], room), who=_voice(room, speech), about=about)]


def _voice(room: Room, speech: View) -> str:
    """Who spoke: somebody invited, or whoever a site named."""
    site = room.sites.get(speech["site_id"] or "")
    named = who(room.participants.get(speech["participant_id"])) if speech["participant_id"] else speech["speaker"]
    return ", ".join(part for part in (named, site["name"] if site and not speech["participant_id"] else "") if part)


def _speakers(room: Room, item: str, t: Translate) -> list[str]:
    given = [speech for speech in room.speeches.values() if speech["item_id"] == (item or None) and speech["ended_at"]]
    return [
        t("fact.speaker", start=time_of(speech["started_at"], room), end=time_of(speech["ended_at"], room),
          who=_voice(room, speech), took=duration(spoken(speech), t))
        for speech in given
    ]  # fmt: skip


def time_of(instant: str, room: Room) -> str:
    return time_text(clock.instant(instant), room.meeting["zone"])


def _results(room: Room, item: str, t: Translate) -> list[str]:
    return [said for ballot in room.ballots.values() if ballot["item_id"] == (item or None) and (said := result_line(ballot, t))]


def _conclusions(room: Room, item: str, t: Translate) -> list[str]:
    mine = [each for each in room.conclusions.values() if each["item_id"] == (item or None)]
    said = [conclusion_line(each, room, t) for each in mine]
    return [f"{number}. {text}" for number, text in enumerate(said, 1)] if len(said) > 1 else said


def conclusion_line(conclusion: View, room: Room, t: Translate) -> str:
    """What is to be done, by whom, with whom, until when (Decision 45/2018, article 14)."""
    name = room.agencies.get
    said = [conclusion["text"]]
    if conclusion["lead_agency_id"]:
        said.append(t("fact.lead", agency=name(conclusion["lead_agency_id"], "")))
    if conclusion["support_agency_ids"]:
        said.append(t("fact.support", agencies=", ".join(name(key, "") for key in conclusion["support_agency_ids"])))
    if conclusion["due_on"]:
        year, month, day = conclusion["due_on"].split("-")
        said.append(t("fact.due", date=f"{day}/{month}/{year}"))
    return " ".join(said)


Say = Callable[[Room, str, Translate], list[str]]
FACTS: dict[str, Say] = {
    "attendance": _attendance, "speech": _speech, "speakers": _speakers, "results": _results, "conclusions": _conclusions,
}  # fmt: skip
