"""Apache Jena's command line tools, as Debian has them (libapache-jena-java), without the scripts that start them."""

from __future__ import annotations

import re
import shutil
import zipfile
from pathlib import Path

from bench.servers import Missing

_JARS = Path("/usr/share/java")
_BRIDGES = re.compile(r"maven|slf4j-(?!api|nop)|slf4j-.*-1\.|log4j|jcl-over|jul-to|osgi")
"""Jars that pass log messages on to each other in a circle."""
_MESSAGES = "org/apache/jena/ext/"


class Jena:
    """The tools, each a Java class; ``folder`` takes a few files that Debian's 4.5 looks for in another place."""

    def __init__(self, folder: Path) -> None:
        """Raises Missing where Java or Jena is not installed."""
        core = next(iter(sorted(_JARS.glob("jena-core-*.jar"))), None)
        if shutil.which("java") is None or core is None:
            raise Missing("Jena is not installed (apt-get install --no-install-recommends libapache-jena-java)")
        self.version = core.stem.removeprefix("jena-core-")
        with zipfile.ZipFile(core) as archive:
            for name in archive.namelist():
                # Its XML parser was moved into a package of Jena's own, but looks for its messages where they were.
                if name.startswith(f"{_MESSAGES}xerces/") and name.endswith(".properties"):
                    target = folder / name.removeprefix(_MESSAGES)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(archive.read(name))
        jars = [path for path in sorted(_JARS.glob("*.jar")) if not _BRIDGES.match(path.name)]
        self._classpath = ":".join(map(str, [folder, *jars]))

    def command(self, tool: str, *arguments: str | Path) -> list[str]:
        """The command that runs a tool, such as ``tdb2.tdbloader``."""
        return ["java", "-Xmx4g", "-cp", self._classpath, tool, *map(str, arguments)]
