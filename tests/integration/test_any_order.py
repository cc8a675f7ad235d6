"""Any order of intakes, steps, faults, kills, decisions and repeats, by two takers at once, ends in a legal state."""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sohoa import review
from sohoa.errors import NotAllowed
from sohoa.policy import OUR_ERRORS
from sohoa.rebuild import mend_index, rebuild
from sohoa.steps.document import give_up, take_through
from sohoa.toolbox import Toolbox
from storage.packages import all_record_ids, newest_version
from storage.records import State
from tests.faults.adapters import Killed, Plan, everything_flaky
from tests.faults.archive import Template, faults_of, ingest, receive_box
from tests.integration.conftest import printed_letter

NAMES = ("a.png", "b.png", "c.pdf", "copy-of-a.png")


def make_template() -> Template:
    """Return a box of a plain paper, a doubtful one, a stack of both, and the plain one again."""
    made = Template(Path(tempfile.mkdtemp(prefix="any-order-")))
    a = made.desk.scan("a.png", printed_letter("12/QĐ-UBND"))
    made.desk.scan("b.png", printed_letter("      /QĐ-UBND", subject="Về việc chờ"))
    made.desk.scan("c.pdf", printed_letter("13/QĐ-UBND"), printed_letter("      /QĐ-UBND", subject="Về việc khác"))
    (made.desk.folder / "copy-of-a.png").write_bytes(a.read_bytes())
    return made


class Archive(RuleBasedStateMachine):
    """One archive, two workers, and whatever comes to their minds."""

    template: ClassVar[Template | None] = None

    @initialize()
    def open(self) -> None:
        """Begin with an empty archive."""
        if Archive.template is None:
            Archive.template = make_template()
        home = Path(tempfile.mkdtemp(prefix="any-order-home-")) / "home"
        first = Archive.template.archive(home)
        self.workers = [first, replace(first, worker="elsewhere:1:1")]
        self.kit = first
        self.acknowledged: set[str] = set()
        self.decided: set[str] = set()

    def _box(self) -> Path:
        assert Archive.template is not None
        return Archive.template.desk.folder

    def _broken(self, kit: Toolbox, at: int, how: dict[str, bool]) -> Toolbox:
        plan = Plan(fail_at=frozenset([at]), **how)
        return everything_flaky(kit, plan)

    faults = st.tuples(st.integers(1, 60), st.fixed_dictionaries({"after": st.booleans(), "kill": st.booleans()}))

    @rule(worker=st.integers(0, 1), fault=st.none() | faults)
    def receive(self, worker: int, fault: Any) -> None:
        """Hand the box in; what is acknowledged must never be lost."""
        kit = self.workers[worker]
        try:
            _, received = receive_box(kit if fault is None else self._broken(kit, *fault), self._box())
            self.acknowledged |= {paper.sha256 for paper in received.papers}
        except (Killed, *OUR_ERRORS):
            assert fault is not None

    @rule(worker=st.integers(0, 1), which=st.integers(0, 3), fault=st.none() | faults, giving_up=st.booleans())
    def step(self, worker: int, which: int, fault: Any, giving_up: bool) -> None:
        """Take a paper on, with or without a fault in it."""
        kit = self.workers[worker]
        for batch in kit.ledger.batches():
            papers = kit.ledger.papers(batch.code)
            if which < len(papers):
                try:
                    take_through(papers[which].id, kit if fault is None else self._broken(kit, *fault))
                except Killed:
                    kit.ledger.free_leases(lambda name: name == kit.worker)
                except OUR_ERRORS as error:
                    if giving_up:
                        give_up(papers[which].id, error, kit)

    @rule(worker=st.integers(0, 1), which=st.integers(0, 3))
    def hold(self, worker: int, which: int) -> None:
        """Have a paper in hand and be silent: the other one must leave it."""
        kit, other = self.workers[worker], self.workers[1 - worker]
        for batch in kit.ledger.batches():
            papers = kit.ledger.papers(batch.code)
            if which < len(papers) and kit.ledger.claim(
                papers[which].id, worker=kit.worker, seconds=60, now=kit.clock()
            ):
                assert take_through(papers[which].id, other) is False
                kit.ledger.release(papers[which].id, kit.worker)

    @rule(worker=st.integers(0, 1), fault=st.none() | faults)
    def decide(self, worker: int, fault: Any) -> None:
        """A person settles the first record in review."""
        kit = self.workers[worker]
        for record in kit.catalog.by_state(State.REVIEW)[:1]:
            broken = kit if fault is None else self._broken(kit, *fault)
            try:
                review.confirm(record.record_id, {"document_number": "77/QĐ-UBND"}, broken)
                self.decided.add(record.record_id)
            except NotAllowed:
                pass  # a decision that was kept before a kill has been found and carried on
            except Killed:
                kit.ledger.free_leases(lambda name: name == kit.worker)
            except OUR_ERRORS:
                assert fault is not None

    @precondition(lambda self: self.acknowledged)
    @rule()
    def start_over(self) -> None:
        """Catalogue, ledger and index are lost and made again."""
        rebuild(self.kit)

    @invariant()
    def nothing_is_twice(self) -> None:
        """No page of a file is in two records, at any time."""
        records = [newest_version(self.kit.store, one) for one in all_record_ids(self.kit.store)]
        pages = [(r.source.sha256, r.source.first_page) for r in records]
        assert len(pages) == len(set(pages)), pages

    def teardown(self) -> None:
        """One clean run by one worker: everything is where it belongs."""
        kit = self.kit
        kit.ledger.free_leases(lambda _worker: True)
        ingest(kit, self._box())
        for batch in kit.ledger.batches():
            for paper_id in kit.ledger.unfinished_papers(batch.code):
                take_through(paper_id, kit)
        mend_index(kit)
        for record in kit.catalog.by_state(State.REVIEW):
            assert record.record_id not in self.decided, "what a person decided stays decided"
        assert faults_of(kit) == []
        kept = {newest_version(kit.store, one).source.sha256 for one in all_record_ids(kit.store)}
        assert self.acknowledged <= kept


TestAnyOrder = Archive.TestCase
TestAnyOrder.settings = settings(
    max_examples=25, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
)
