"""Mails built fast say what the standard library's mails say; they are signed so that another library verifies them; and the
workshop's process builds the same bytes."""

from __future__ import annotations

import base64
import email
import json
import re
from dataclasses import replace
from email import policy
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from calendars.building import Builder
from calendars.formal_invitation import pdf_of, said
from calendars.lint import lint
from calendars.message import message_of
from calendars.moulds import poured
from calendars.texts import html_of, subject_of, text_of
from calendars.workshop import FEW, Workshop
from meetings.invitation import Invitation
from meetings.models.columns import new_id
from meetings.outgoing import Claimed
from meetings.settings import Settings
from meetings.text import clean
from tests.support.plain_mail import plain_message

from .test_invitations import PLAIN, SCENARIOS

FORMAL = replace(
    PLAIN, number="123/GM-VPUB", signer="Nguyễn Văn Đức", signer_title="TL. CHỦ TỊCH\nCHÁNH VĂN PHÒNG", issued_in="Huế",
    parent_agency="UBND thành phố Huế", agencies=("Sở Y tế", "UBND phường Vỹ Dạ"),
)  # fmt: skip
TEXT = st.text(max_size=120).map(clean)


def unfolded(ics: bytes) -> bytes:
    return re.sub(rb"\r\n[ \t]", b"", ics)


def read(content: bytes) -> list[tuple[str, object]]:
    """Every header and every leaf, as a mail program understands them."""
    parsed = email.message_from_bytes(content, policy=policy.default)
    assert not parsed.defects
    found: list[tuple[str, object]] = [(name, str(value)) for name, value in parsed.items() if name not in ("Content-Type", "Subject")]
    found += [(f"addresses of {name}", [(a.display_name, a.addr_spec) for a in parsed[name].addresses]) for name in ("From", "To")]
    for part in parsed.walk():
        assert not part.defects
        content_of = b"" if part.is_multipart() else part.get_payload(decode=True)
        kind = part.get_content_type()
        said = unfolded(content_of) if "cal" in kind or "ics" in kind else content_of.replace(b"\r\n", b"\n").rstrip(b"\n")
        found.append((kind, (said, part.get_filename(), part.get_param("method"), (part.get_content_charset() or "").lower())))
    return found


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_fast_mail_says_what_the_plain_one_says(name):
    facts = SCENARIOS[name]
    made = message_of(facts, "<1@diemcau.example>")
    assert read(made) == read(plain_message(facts, "<1@diemcau.example>"))
    # The standard library loses a space between encoded words of a long subject; ours must be whole.
    assert email.message_from_bytes(made, policy=policy.default)["Subject"] == subject_of(facts)
    assert max(map(len, made.split(b"\r\n"))) <= 998  # RFC 5322, 2.1.1


@given(TEXT, TEXT, TEXT, TEXT, st.sampled_from(["https://a.example/j/x.y", "https://a.example/j/b;c,d"]), st.sampled_from(["vi", "en"]))
@settings(max_examples=30, deadline=None)
def test_whoever_is_poured_in_gets_what_would_be_made_for_him_alone(name, position, agency, title, link, language):
    facts = replace(
        PLAIN,
        recipient_name=name,
        recipient_position=position,
        recipient_agency=agency,
        title=title or "x",
        join_url=link,
        language=language,
    )
    for one in (facts, replace(facts, recipient_name="Ai khác", join_url="https://a.example/j/z")):
        made = poured(one)
        assert made.text == text_of(one)
        assert made.html == html_of(one)
        assert lint(made.calendar) == []
    assert read(message_of(facts, "<1@x>")) == read(plain_message(facts, "<1@x>"))


def row_of(facts: Invitation) -> Claimed:
    key = new_id()
    return Claimed(key, f"<{key}@diemcau.example>", facts.method, json.dumps(facts.to_json()), 1)


async def test_the_workshop_builds_the_same_and_what_it_cannot_build_holds_back_nobody():
    config = Settings(secret="k" * 32, mail="smtp")
    rows = [row_of(replace(PLAIN, recipient_name=f"Người thứ {n}")) for n in range(FEW + 30)]
    rows[3] = Claimed(new_id(), "<3@x>", "REQUEST", "{}", 1)
    workshop, here = Workshop(config), Builder(config)
    try:
        built = await workshop.build(rows)
        again = await workshop.build(rows[:2])
    finally:
        await workshop.close()
    assert built[3] is None
    assert [mail for n, mail in enumerate(built) if n != 3] == [here.build(row) for n, row in enumerate(rows) if n != 3]
    assert again == built[:2]


def test_dkim_is_verified_by_another_library(tmp_path: Path):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    file = tmp_path / "dkim.pem"
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    record = b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)
    builder = Builder(Settings(secret="k" * 32, mail="smtp", dkim_key=str(file), dkim_selector="s1", dkim_domain="hue.example"))
    asked = []

    def dns(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name)
        return record

    for facts in (*SCENARIOS.values(), FORMAL):
        signed = builder.build(row_of(facts)).content
        assert dkim.verify(signed, dnsfunc=dns)
        for before, after in (
            (b"\r\nTo: ", b"\r\nTo: x"),
            (b"--=_mixed--", b"added\r\n--=_mixed--"),
            (b"\r\nFrom: ", b"\r\nFrom: a@b.c\r\nFrom: "),
        ):
            assert not dkim.verify(signed.replace(before, after, 1), dnsfunc=dns)
    assert set(asked) == {b"s1._domainkey.hue.example."}
    file.write_bytes(Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    for content in (file.read_bytes(), b"no key at all"):
        file.write_bytes(content)
        with pytest.raises(ValueError, match="DIEMCAU_DKIM_KEY"):
            Builder(Settings(secret="k" * 32, dkim_key=str(file)))


def test_the_formal_invitation_is_attached_once_a_meeting_has_a_number():
    assert [part.get_content_type() for part in _parts(message_of(PLAIN, "<1@x>"))] == ["multipart/alternative", "application/ics"]
    one, other = _parts(message_of(FORMAL, "<1@x>")), _parts(message_of(replace(FORMAL, recipient_name="Ai khác", language="en"), "<2@x>"))
    assert one[2].get_filename() == "Giay-moi-123-GM-VPUB.pdf"
    assert one[2].get_content() == other[2].get_content() == pdf_of(FORMAL)
    assert one[2].get_content().startswith(b"%PDF-")
    assert len(_parts(message_of(replace(FORMAL, method="CANCEL"), "<1@x>"))) == 2


def test_the_formal_invitation_says_it_as_the_decree_asks():
    told = said(replace(FORMAL, contact="Lê Thị Hoa,\n0234 000 111."))
    assert (told["number"], told["parent"], told["issued"]) == ("123/GM-VPUB", "UBND thành phố Huế", "Huế, ngày 20 tháng 11 năm 2026")
    assert ("Thời gian", "từ 08 giờ 00 đến 10 giờ 30, thứ Tư, ngày 25 tháng 11 năm 2026") in told["facts"]
    assert told["authority"] == ["TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG"]
    assert told["invited"] == ["Sở Y tế", "UBND phường Vỹ Dạ"]
    assert told["copies"] == ["- Như trên;", "- Lưu: VT, VPUB."]
    assert "Lê Thị Hoa, 0234 000 111." in told["closing"]
    assert told["closing"].endswith("./.")
    assert said(PLAIN)["invited"] == []  # unless the meeting shows them, and never people
    assert PLAIN.recipient_name not in str(told)


def test_nothing_typed_is_markup_in_the_formal_invitation():
    hostile = replace(FORMAL, title="#panic() *x* $y$ \\ [", requests='#include "/etc/passwd"\n- = / + a', agencies=("#sys", "*_`"))
    assert pdf_of(hostile).startswith(b"%PDF-")


def _parts(content: bytes) -> list[email.message.EmailMessage]:
    return list(email.message_from_bytes(content, policy=policy.default).iter_parts())
