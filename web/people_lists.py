"""The people of the schedule form, as options and as lines to invite. Each is made once and kept: the form shows everybody of
every agency, several times over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from markupsafe import Markup

from meetings import i18n
from meetings.queries.directory import AgencyPeople

from .rendering import environment


class PeopleLists:
    """What the form's template draws people with."""

    def __init__(self, directory: Sequence[AgencyPeople], language: str) -> None:
        self._directory, self._language = directory, language
        self._groups = [(group.agency.name, "".join([_option(p.id, p.name, p.title or "") for p in group.people])) for group in directory]

    def options(self, chosen: str | None) -> Markup:
        """Everybody, by agency, for a select; `chosen` by id."""
        groups = [f'<optgroup label="{Markup.escape(name)}">{options}</optgroup>' for name, options in self._groups]
        text = "".join(groups)
        value = f'value="{Markup.escape(chosen or "-")}"'
        return Markup(text.replace(value, f"{value} selected", 1))  # noqa: S704 - of escaped parts

    def lines(self, group: AgencyPeople, invited: Mapping[str, str]) -> Markup:
        """The people of an agency, each with how he is invited (by id)."""
        found = []
        for person in group.people:
            line = _line(self._language, person.id, person.name, person.title or "", group.agency.name)
            how = f'value="{invited[person.id]}"' if person.id in invited else 'value=""'
            found.append(line.replace(how, f"{how} selected", 1))
        return Markup("".join(found))  # noqa: S704 - of escaped parts


@lru_cache(maxsize=20_000)
def _option(key: str, name: str, title: str) -> str:
    return str(environment().get_template("schedule/person.html").module.option(key, name, title))  # type: ignore[attr-defined]


@lru_cache(maxsize=20_000)
def _line(language: str, key: str, name: str, title: str, agency: str) -> str:
    t = i18n.translator(language)
    return str(environment().get_template("schedule/person.html").module.line(t, key, name, title, agency))  # type: ignore[attr-defined]
