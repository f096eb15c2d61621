"""What the figures were measured on: the machine and the versions of all that took part."""

from __future__ import annotations

import datetime
import os
import platform
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("pyoxigraph", "oxigraph", "rdflib", "pyshacl", "shacl", "owlrl")


def processor() -> str:
    """The machine in a line: cores, processor and kernel."""
    model = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            model = next((line.partition(":")[2].strip() for line in file if line.startswith("model name")), model)
    except OSError:
        pass  # not Linux
    return f"{os.cpu_count()} × {model}, {platform.system()} {platform.release()}"


def installed(package: str) -> str:
    """The version of a package; ``missing`` where it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"


def description() -> dict[str, str]:
    """Machine, date and versions, each with its name."""
    found = {
        "date": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "machine": processor(),
        "memory": _memory(),
        "load before": ", ".join(f"{load:.1f}" for load in os.getloadavg()),
        "Python": platform.python_version(),
        "kb": installed("medical-missions-kb"),
    }
    commit = _first_line("git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty")
    if commit:
        found["commit"] = commit
    found |= {package: installed(package) for package in PACKAGES}
    found["Virtuoso"] = _virtuoso()
    return found


def _memory() -> str:
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return "unknown"
    return f"{size / (1 << 30):.1f} GiB"


def _virtuoso() -> str:
    if shutil.which("virtuoso-t") is None:
        return "missing"
    done = subprocess.run(["virtuoso-t", "-?"], capture_output=True, text=True, check=False)
    told = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip().startswith("Version")]
    return told[0].removeprefix("Version ") if told else "installed"


def _first_line(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
