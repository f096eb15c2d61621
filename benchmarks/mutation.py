"""How many faults validation finds: random mutants of the real data, and which of them are caught.

    python benchmarks/mutation.py [--seed 1] [--count 2000] [--operators delete,swap-same] [--classes mm:Claim,mm:Figure]
                                  [--format text|json|csv|md] [--survivors FILE] [--fail-under 97] [--alone]

A mutant is the project with one file changed by a small fault; ``mutants.py`` makes it. It is caught where ``kb validate``
on the whole project finds anything, of any severity, that it does not find in the data as it is. A survivor that a
careful curator could have written about some text is no fault; ``alternatives.py`` decides that without the shapes, and
gives a reason from its list. All others are listed as MISSED. Two shares are given: caught of all mutants, and caught of
those that are faults.

Many mutants are validated in one run, if they are far from each other: findings are told apart by the nodes that they
speak of, and where that leaves a doubt, the mutants are validated in smaller groups, and in the end alone. ``--alone``
validates each by itself from the start.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import shutil
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from alternatives import REASONS, Alternatives
from mutants import Mutant, Mutator
from realdata import Data, Node

from kb import rdf
from kb.errors import KbError
from kb.namespaces import curie
from kb.project import Project, find_project
from kb.validation import Finding, Severity, Validator

GROUP = 24
"""Mutants in one validation. More are quicker until their findings meet."""

HUB = 40
"""A node that more statements than this speak of ties nothing together: a stance, a text version, a frequent actor."""

Judge = Callable[[Iterable[Mutant]], list[Finding]]


class ProjectCopy:
    """The project in a folder of its own, in which mutants are put in the place of its files: a ``Judge``."""

    def __init__(self, data: Data, folder: Path, engine: str = "auto") -> None:
        root = data.project.root
        for name in ("ontology", "shapes", "queries"):
            os.symlink(root / name, folder / name)
        shutil.copytree(data.project.data, folder / "data")
        self._data, self._root, self._engine = data, root, engine
        self._copy = Project(folder)

    def __call__(self, mutants: Iterable[Mutant]) -> list[Finding]:
        """What validation finds in the whole project with these changes."""
        changed: dict[Path, list[Mutant]] = defaultdict(list)
        for mutant in mutants:
            changed[mutant.file].append(mutant)
        for path, inside in changed.items():
            self._write(path, [t for m in inside for t in m.removed], [t for m in inside for t in m.added])
        try:
            return list(Validator(self._copy, engine=self._engine).check().findings)
        finally:
            for path in changed:
                shutil.copyfile(path, self._place(path))

    def _place(self, path: Path) -> Path:
        return self._copy.root / path.relative_to(self._root)

    def _write(self, path: Path, removed: list[rdf.Triple], added: list[rdf.Triple]) -> None:
        gone = set(removed)
        triples = [triple for triple in self._data.files[path] if triple not in gone]
        # N-Triples is Turtle.
        self._place(path).write_bytes(rdf.serialize([*triples, *added], format=rdf.RdfFormat.N_TRIPLES))


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant: the gravest finding that it caused, and why it is no fault, as the oracle says."""

    mutant: Mutant
    severity: Severity | None
    rules: tuple[str, ...]
    reason: str | None

    @property
    def caught(self) -> bool:
        return self.severity is not None

    @property
    def missed(self) -> bool:
        return not self.caught and self.reason is None


class Run:
    """Validates mutants, in groups where they are far apart."""

    def __init__(self, data: Data, judge: Judge) -> None:
        self._data = data
        self._judge = judge
        self._known = Counter(map(_key, judge([])))
        self.validations = 1

    def findings(self, mutants: Sequence[Mutant], group: int = GROUP) -> list[list[Finding]]:
        """The findings that each mutant causes; where it causes many, those that are told apart for certain."""
        found: dict[int, list[Finding]] = {}
        for members in self._groups(mutants, range(len(mutants)), group):
            self._settle(mutants, members, found)
        # Once more those without any, together: nothing may be found then, unless two had hidden each other.
        silent = [i for i in range(len(mutants)) if not found[i]] if group > 1 else []
        for members in self._groups(mutants, silent, group):
            self._settle(mutants, members, found)
        return [found[i] for i in range(len(mutants))]

    def _groups(self, mutants: Sequence[Mutant], members: Iterable[int], size: int) -> Iterable[list[int]]:
        """Groups of mutants whose neighbourhoods do not touch."""
        groups: list[tuple[list[int], set[Node]]] = []
        for i in members:
            near = self._near(mutants[i])
            for group, nodes in groups:
                if nodes.isdisjoint(near):
                    group.append(i)
                    nodes |= near
                    if len(group) == size:
                        groups = [g for g in groups if g[0] is not group]
                        yield group
                    break
            else:
                groups.append(([i], near)) if size > 1 else None
                if size == 1:
                    yield [i]
        yield from (group for group, _ in groups)

    def _near(self, mutant: Mutant) -> set[Node]:
        """The nodes of a change and those that they are tied to, without those that everything is tied to."""
        nodes = {node for node in mutant.nodes if not self._is_hub(node)} | {mutant.focus.subject}
        for node in list(nodes):
            nodes.update(n for values in self._data.out.get(node, {}).values() for n in values if not self._is_hub(n))
            nodes.update(subject for subject, _ in self._data.into.get(node, ()))
        return nodes

    def _is_hub(self, node: object) -> bool:
        return not isinstance(node, rdf.NamedNode) or len(self._data.into.get(node, ())) > HUB

    def _settle(self, mutants: Sequence[Mutant], members: list[int], found: dict[int, list[Finding]]) -> None:
        findings = self._new([mutants[i] for i in members])
        if len(members) == 1:
            found[members[0]] = findings
            return
        near = {i: self._near(mutants[i]) for i in members}
        doubt = False
        mine: dict[int, list[Finding]] = {i: [] for i in members}
        for finding in findings:
            owners = [i for i in members if finding.focus in near[i]]
            if len(owners) == 1:
                mine[owners[0]].append(finding)
            else:
                doubt = True
        found.update(mine)
        # A finding that is nobody's may be a grave one of a mutant of which only a warning is known.
        open_ = [i for i in members if max((f.severity for f in mine[i]), default=None) != Severity.VIOLATION]
        if doubt and open_:
            half = (len(open_) + 1) // 2
            for part in (open_[:half], open_[half:]):
                if part:
                    self._settle(mutants, part, found)

    def _new(self, mutants: list[Mutant]) -> list[Finding]:
        """The findings on mutants that the data as it is does not have."""
        self.validations += 1
        known = Counter(self._known)
        new = []
        for finding in self._judge(mutants):
            if known[_key(finding)]:
                known[_key(finding)] -= 1
            else:
                new.append(finding)
        return new


def _key(finding: Finding) -> tuple[str, ...]:
    parts = (finding.rule.iri, finding.component, finding.focus, finding.path, finding.value, finding.severity_iri)
    return tuple(map(str, parts))


class NoPlaces:
    """Stands for the lines of a file, which nobody reads here and which take longer than the validation."""

    def __init__(self, *content: object) -> None:
        pass

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *triple: None


def measure(
    project: Project, seed: int, count: int, operators: Sequence[str] = (), classes: Sequence[str] = (), alone: bool = False
) -> list[Outcome]:
    """The outcomes of ``count`` mutants. Raises ValueError for an operator or class that does not exist, KbError for data
    that cannot be validated."""
    data = Data(project)
    mutants = list(Mutator(data, seed, operators, classes).draw(count))
    oracle = Alternatives(data)
    with tempfile.TemporaryDirectory() as folder, mock.patch("kb.validation.inputs.Places", NoPlaces):
        run = Run(data, ProjectCopy(data, Path(folder)))
        found = run.findings(mutants, 1 if alone else GROUP)
    return [
        Outcome(
            mutant,
            max((f.severity for f in findings), default=None),
            tuple(sorted({curie(f.rule.iri) for f in findings})),
            oracle.reason(mutant),
        )
        for mutant, findings in zip(mutants, found, strict=True)
    ]


# The report.

Row = tuple[str, list[Outcome]]


def row(outcome: Outcome, data: Data) -> dict[str, str]:
    """An outcome as a row of text."""
    mutant = outcome.mutant
    return {
        "outcome": outcome.severity.name.lower() if outcome.severity else outcome.reason or "MISSED",
        "operator": mutant.operator,
        "tier": mutant.tier,
        "class": data.class_of(mutant.focus.subject),
        "predicate": "(whole node)" if mutant.operator == "duplicate-node" else curie(mutant.focus.predicate.value),
        "file": str(mutant.file.relative_to(data.project.root)),
        "before": " ; ".join(map(shown, mutant.removed)),
        "after": " ; ".join(map(shown, mutant.added[:3])) + (" ; …" if len(mutant.added) > 3 else ""),
        "reason": outcome.reason or "",
        "rules": " ".join(outcome.rules),
    }


def shown(triple: rdf.Triple) -> str:
    """A triple on one line, with prefixes."""
    value = curie(triple.object.value) if isinstance(triple.object, rdf.NamedNode) else str(triple.object)
    if isinstance(triple.object, rdf.Literal) and not triple.object.language:
        value = f'"{triple.object.value}"^^{curie(triple.object.datatype.value)}'
    return f"{curie(triple.subject.value)} {curie(triple.predicate.value)} {' '.join(value.split())}"


def share(outcomes: Sequence[Outcome]) -> tuple[int, int, float]:
    """How many there are, how many of them are caught, and the share in percent."""
    caught = sum(outcome.caught for outcome in outcomes)
    return len(outcomes), caught, 100 * caught / len(outcomes) if outcomes else 100.0


def faults(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Those that are no legitimate alternatives. A mutant that is caught although the oracle lets it pass is none either
    way, and counts as caught only among all mutants."""
    return [outcome for outcome in outcomes if outcome.reason is None]


def grouped(outcomes: Iterable[Outcome], by: Callable[[Outcome], str]) -> list[Row]:
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        groups[by(outcome)].append(outcome)
    return sorted(groups.items())


def tables(outcomes: list[Outcome], data: Data) -> dict[str, list[Row]]:
    """The outcomes by operator, by part of the data and by class of the subject."""
    return {
        "operator": grouped(outcomes, lambda o: o.mutant.operator),
        "part of the data": grouped(outcomes, lambda o: o.mutant.tier),
        "class": grouped(outcomes, lambda o: data.class_of(o.mutant.focus.subject)),
    }


def summary(outcomes: list[Outcome]) -> dict[str, object]:
    severities = Counter(o.severity.name.lower() for o in outcomes if o.severity)
    survivors = Counter(o.reason or "MISSED" for o in outcomes if not o.caught)
    total, caught, percent = share(outcomes)
    real, found, real_percent = share(faults(outcomes))
    return {
        "mutants": total, "caught": caught, "caught_percent": round(percent, 2),
        "by_severity": dict(severities.most_common()),
        "faults": real, "faults_caught": found, "faults_caught_percent": round(real_percent, 2),
        "survivors": dict(survivors.most_common()),
        "caught_although_legitimate": sum(o.caught and o.reason is not None for o in outcomes),
    }  # fmt: skip


def as_markdown(outcomes: list[Outcome], data: Data, heading: str) -> str:
    s = summary(outcomes)
    lines = [
        f"# {heading}", "",
        f"- caught: {s['caught']} of all {s['mutants']} mutants, **{s['caught_percent']} %** ({_counts(s['by_severity'])})",
        f"- caught: {s['faults_caught']} of the {s['faults']} that are faults, **{s['faults_caught_percent']} %**",
        f"- survivors: {_counts(s['survivors'])}",
        f"- caught, although the oracle would let them pass: {s['caught_although_legitimate']}", "",
    ]  # fmt: skip
    for name, groups in tables(outcomes, data).items():
        lines += [f"| {name} | mutants | caught | % | faults | caught | % | missed |", "| --- |" + " ---: |" * 7]
        for key, members in groups:
            (n, c, p), (fn, fc, fp) = share(members), share(faults(members))
            lines.append(f"| {key} | {n} | {c} | {p:.1f} | {fn} | {fc} | {fp:.1f} | {fn - fc} |")
        lines.append("")
    for title, members in (
        ("MISSED: faults that nothing found", [o for o in outcomes if o.missed]),
        ("Survivors that are legitimate alternatives", [o for o in outcomes if not o.caught and o.reason]),
        ("Caught, although the oracle would let them pass", [o for o in outcomes if o.caught and o.reason]),
    ):
        rows = [row(outcome, data) for outcome in members]
        groups_of_rows: dict[tuple[str, ...], list[dict[str, str]]] = defaultdict(list)
        for r in rows:
            groups_of_rows[r["operator"], r["class"], r["predicate"], r["reason"], r["rules"]].append(r)
        lines += [f"## {title} ({len(members)})", ""]
        lines += ["| count | operator | class | predicate | reason or rules | for example |", "| ---: |" + " --- |" * 5]
        for key, same in sorted(groups_of_rows.items(), key=lambda item: (-len(item[1]), item[0])):
            why = " ".join(filter(None, key[3:]))
            example = f"{same[0]['before']} → {same[0]['after']}".replace("|", "\\|").replace("`", "'")
            lines.append(f"| {len(same)} | {key[0]} | {key[1]} | {key[2]} | {why} | `{example}` |")
        lines.append("")
    lines += ["The reasons:", "", *(f"- `{name}`: {text}" for name, text in REASONS.items()), ""]
    return "\n".join(lines)


def as_text(outcomes: list[Outcome], data: Data, heading: str) -> str:
    s = summary(outcomes)
    lines = [
        heading,
        f"caught   {s['caught']} of all {s['mutants']} mutants: {s['caught_percent']} % ({_counts(s['by_severity'])})",
        f"         {s['faults_caught']} of the {s['faults']} that are faults: {s['faults_caught_percent']} %",
        f"survived {_counts(s['survivors'])}",
        f"         caught, although the oracle would let them pass: {s['caught_although_legitimate']}",
    ]
    for name, groups in tables(outcomes, data).items():
        lines += ["", f"{name:<28}{'mutants':>8}{'caught':>8}{'%':>7}{'faults':>8}{'caught':>8}{'%':>7}"]
        for key, members in groups:
            (n, c, p), (fn, fc, fp) = share(members), share(faults(members))
            lines.append(f"{key:<28}{n:>8}{c:>8}{p:>7.1f}{fn:>8}{fc:>8}{fp:>7.1f}")
    lines += ["", "MISSED:"]
    for r in (row(outcome, data) for outcome in outcomes if outcome.missed):
        lines.append(f"  {r['operator']}: {r['before']} → {r['after']}")
    return "\n".join(lines) + "\n"


def as_csv(outcomes: Iterable[Outcome], data: Data) -> str:
    rows = [row(outcome, data) for outcome in outcomes]
    buffer = io.StringIO()
    columns = ("outcome", "operator", "tier", "class", "predicate", "file", "before", "after", "reason", "rules")
    writer = csv.DictWriter(buffer, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def as_json(outcomes: list[Outcome], data: Data) -> str:
    document = {**summary(outcomes), "outcomes": [row(outcome, data) for outcome in outcomes]}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items()) or "none"


def main(arguments: Sequence[str] | None = None) -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--count", type=int, default=2000)
    options.add_argument("--operators", default="", help="families or kinds of operator, with commas between; all by default")
    options.add_argument("--classes", default="", help="classes of the subject, such as mm:Claim, with commas between")
    options.add_argument("--format", choices=("text", "json", "csv", "md"), default="text")
    options.add_argument("--survivors", type=Path, help="write the survivors to this file, as CSV")
    options.add_argument("--fail-under", type=float, help="exit 1 where a smaller share, in percent, of the faults is caught")
    options.add_argument("--alone", action="store_true", help="validate each mutant by itself; takes some 20 times longer")
    options.add_argument("--project", type=Path, help="another folder with ontology/ data/ shapes/ queries/")
    chosen = options.parse_args(arguments)
    start = time.perf_counter()
    try:
        project = find_project(chosen.project)
        outcomes = measure(
            project, chosen.seed, chosen.count, _listed(chosen.operators), _listed(chosen.classes), chosen.alone
        )
    except ValueError as error:
        options.error(str(error))
    except KbError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    data = Data(project)
    heading = f"Mutation test: seed {chosen.seed}, {chosen.count} mutants, {time.perf_counter() - start:.0f} s"
    formats = {"json": as_json, "csv": as_csv}
    if chosen.format in formats:
        print(formats[chosen.format](outcomes, data), end="")
    else:
        print({"md": as_markdown, "text": as_text}[chosen.format](outcomes, data, heading), end="")
    if chosen.survivors:
        chosen.survivors.write_text(as_csv([o for o in outcomes if not o.caught], data), encoding="utf-8")
    return int(chosen.fail_under is not None and share(faults(outcomes))[2] < chosen.fail_under)


def _listed(text: str) -> list[str]:
    return [item.strip() for item in text.split(",") if item.strip()]


if __name__ == "__main__":
    sys.exit(main())
