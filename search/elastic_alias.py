"""The alias, and the numbered indices behind it: made on first use, made anew beside the old, swapped, swept.

Readers and writers name the alias alone. While an index is made anew, it bears a second alias, `<alias>-next`, to which
writers write first: what they write is in the new index, whether the swap comes before, between or after.
Belongs to search/elastic.py.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from elasticsearch import NotFoundError

from search.elastic_query import layout, layout_sha256
from search.elastic_server import Server
from search.errors import IndexDamaged, IndexUnavailable, SearchError


@dataclass(frozen=True, kw_only=True)
class Alias:
    """One alias on one server."""

    server: Server
    name: str

    @property
    def next(self) -> str:
        """The alias of the index that is being made anew."""
        return f"{self.name}-next"

    def ready(self) -> None:
        """Make the index when there never was one, and make sure that it has today's layout.

        Raises:
            IndexDamaged: its alias is gone, or it was made in another layout.
            IndexUnavailable, IndexRefused
        """
        found = self._layouts() or self._made_first()
        if set(found.values()) != {layout_sha256()}:
            raise IndexDamaged(self.server.place, f"{', '.join(sorted(found))} was made by another version of sohoa")

    def is_current(self) -> bool | None:
        """Return whether the index has today's layout, or None when there is no index."""
        found = self._layouts()
        return set(found.values()) == {layout_sha256()} if found else None

    def targets(self) -> tuple[str, ...]:
        """Return the aliases to write to, in this order."""
        with self.server.translated():
            under_way = self.server.client.indices.exists_alias(name=self.next)
        return (self.next, self.name) if under_way else (self.name,)

    @contextmanager
    def made_anew(self) -> Iterator[str]:
        """Lend a new empty index under the alias `next`; at the end of the block it takes the old one's place at once.

        When the block raises, the old one goes on as it was. What an interrupted call left behind is removed by the
        next; of two calls at the same time the later one goes through.
        """
        if not self._numbered() and not self._layouts():
            # Those who come meanwhile are to find an empty index and not a missing one.
            self._made_first()
        numbered = self._numbered()
        for left in sorted(numbered.keys() - self._layouts().keys()):
            self._sweep(left)
        made = self._name(max(numbered.values(), default=0) + 1)
        self._create(made, self.next)
        try:
            yield self.next
        except BaseException:
            self._drop_quietly(made)
            raise
        # Nothing is dropped when this fails: without an answer nobody knows whether the new one serves already.
        self._swap(made)

    def _made_first(self) -> dict[str, str]:
        """Make the first index, unless another process just did, and return what is behind the alias."""
        left = self._numbered()
        if not left:
            try:
                self._create(self._name(1), self.name)
            except IndexUnavailable:
                if not self._layouts():
                    raise
        found = self._layouts()
        if not found:
            raise IndexDamaged(self.server.place, f"the alias {self.name!r} is gone, {', '.join(sorted(left))} is not")
        return found

    def _create(self, index: str, alias: str) -> None:
        wanted = layout()
        with self.server.translated():
            self.server.client.indices.create(
                index=index,
                settings=wanted["settings"],
                mappings={**wanted["mappings"], "_meta": {"layout_sha256": layout_sha256()}},
                aliases={alias: {}},
            )

    def _swap(self, made: str) -> None:
        old: list[dict[str, Any]] = [{"remove_index": {"index": name}} for name in self._layouts()]
        moves: list[dict[str, Any]] = [
            {"add": {"index": made, "alias": self.name}},
            {"remove": {"index": made, "alias": self.next, "must_exist": True}},
        ]
        with self.server.translated():
            try:
                self.server.client.indices.update_aliases(actions=[*moves, *old])
            except NotFoundError as error:
                raise IndexUnavailable(self.server.place, "another command made it anew meanwhile") from error

    def _layouts(self) -> dict[str, str]:
        """Return the indices behind the alias and the hash of the layout that each remembers."""
        with self.server.translated():
            try:
                found = self.server.client.indices.get_mapping(index=self.name, expand_wildcards="none")
            except NotFoundError:
                return {}
        return {
            name: str(told["mappings"].get("_meta", {}).get("layout_sha256", "")) for name, told in found.body.items()
        }

    def _numbered(self) -> dict[str, int]:
        """Return the indices of this alias by name, whether behind it or left over."""
        own = re.compile(rf"{re.escape(self.name)}-(\d{{6}})")
        with self.server.translated():
            found = self.server.client.indices.get_settings(index=f"{self.name}-*", name="index.uuid")
        return {name: int(match[1]) for name in found.body if (match := own.fullmatch(name))}

    def _name(self, number: int) -> str:
        return f"{self.name}-{number:06}"

    def _sweep(self, name: str) -> None:
        """Remove what an interrupted call left behind; one that another call is about to swap in is taken from it."""
        unmark = {"remove": {"index": name, "alias": self.next, "must_exist": True}}
        with self.server.translated():
            try:
                self.server.client.indices.update_aliases(actions=[unmark])
            except NotFoundError:
                if name in self._layouts():
                    return  # it was swapped in since we looked
        self._drop({name})

    def _drop(self, names: Iterable[str]) -> None:
        with self.server.translated():
            for name in sorted(names):
                self.server.client.indices.delete(index=name, ignore_unavailable=True)

    def _drop_quietly(self, name: str) -> None:
        """Remove what was half made, if the server is there; else the next call does."""
        try:
            self._drop({name})
        except SearchError:
            return
