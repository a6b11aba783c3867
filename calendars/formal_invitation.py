"""The formal invitation (giấy mời) as PDF, in the layout of Decree 30/2020/NĐ-CP, form 1.7. In Vietnamese for everybody, as official
documents are, and the same for everybody, so that it is drawn once for each version of a meeting."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from meetings import clock
from meetings.i18n import official_date, span_text, translator
from meetings.invitation import AgendaLine, Invitation

from .assembling import part
from .moulds import common
from .typst_pdf import pdf


def formal_part(facts: Invitation) -> bytes:
    """The MIME part; the same bytes for all recipients of one version."""
    everybody = replace(common(facts), language="vi", duty="participant", changes=(), answer="waiting", recipient_position="",
                        recipient_agency="")  # fmt: skip
    return _part(everybody)


def file_name(facts: Invitation) -> str:
    """`Giay-moi-123-GM-VPUB.pdf`: of the number, in letters that every mail program can take."""
    return f"Giay-moi-{re.sub(r'[^A-Za-z0-9]+', '-', facts.number.replace('Đ', 'D')).strip('-')}.pdf"


@lru_cache(16)
def _part(facts: Invitation) -> bytes:
    name = file_name(facts)
    return part(f'application/pdf; name="{name}"', pdf_of(facts), f'attachment; filename="{name}"')


def pdf_of(facts: Invitation) -> bytes:
    """PDF/A-2b. The same facts give the same bytes."""
    return pdf("giay_moi.typ", said(facts), clock.instant(facts.dtstamp))


def said(facts: Invitation) -> dict[str, Any]:
    """What stands in it, as text."""
    start, end, zone = clock.instant(facts.starts_at), clock.instant(facts.ends_at), facts.zone
    t = translator("vi")
    kind = t("type." + facts.meeting_type)
    issued = official_date(clock.local(clock.instant(facts.dtstamp), clock.HOME_ZONE).date())
    where = [("Thời gian", _time(start, end, zone)), ("Chủ trì", facts.chair), ("Địa điểm", facts.place),
             ("Các điểm cầu", "; ".join(facts.sites)), ("Dự trực tuyến", t("mail.formal_video") if facts.video else "")]  # fmt: skip
    return {
        "host": facts.host_agency, "parent": facts.parent_agency, "number": facts.number,
        "issued": f"{facts.issued_in}, {issued}" if facts.issued_in else issued, "heading": facts.title,
        "opening": t("mail.formal_opening" if facts.agencies else "mail.formal_opening_all", host=facts.host_agency, kind=_lower(kind)),
        "invited": list(facts.agencies), "facts": [(name, value) for name, value in where if value],
        "agenda": [_agenda_line(line) for line in facts.agenda], "papers": [_bare(title) for title in facts.papers],
        "requests": [line for line in facts.requests.splitlines() if line.strip()],
        "closing": t("mail.formal_closing", contact=_bare(facts.contact)),
        "copies": ["- Như trên;", f"- Lưu: VT{_symbol(facts.number)}."],
        "authority": [line for line in facts.signer_title.splitlines() if line.strip()], "signer": facts.signer,
    }  # fmt: skip


def _time(start: datetime, end: datetime, zone: str) -> str:
    first, last = clock.local(start, zone), clock.local(end, zone)
    if first.date() != last.date():
        return span_text(start, end, "vi", zone)
    day = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")[first.weekday()]
    return f"từ {first:%H} giờ {first:%M} đến {last:%H} giờ {last:%M}, {day}, {official_date(first.date())}"


def _agenda_line(line: AgendaLine) -> str:
    by = f" ({line.presenter})" if line.presenter else ""
    return f"{_bare(line.title)}{by}."


def _bare(text: str) -> str:
    """In one line, without the stop that follows it anyway."""
    return " ".join(text.split()).rstrip(".;,")


def _symbol(number: str) -> str:
    """The unit that drafted it, as the symbol after the kind says: `123/GM-VPUB` -> `, VPUB`."""
    after = number.partition("GM-")[2]
    return f", {after}" if after else ""


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
