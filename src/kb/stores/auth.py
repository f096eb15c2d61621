"""Who we are to a server: credentials from the environment or a netrc file, and the header that a challenge asks for.

Never from the command line or a URL: those can be read in the list of processes, in histories and in logs.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import secrets
from dataclasses import dataclass, field

from kb.errors import StoreError

USER, PASSWORD = "KB_USER", "KB_PASSWORD"


@dataclass(frozen=True)
class Credentials:
    """A user name and a password; the password never shows in a message."""

    user: str
    password: str = field(repr=False)


def credentials_for(host: str) -> Credentials | None:
    """The user and password for a host: from KB_USER and KB_PASSWORD, else from the netrc file; None where neither has any.

    Raises StoreError where one variable is set without the other, or the netrc file cannot be used.
    """
    user, password = os.environ.get(USER), os.environ.get(PASSWORD)
    if user and password is not None:
        return Credentials(user, password)
    if user or password:
        raise StoreError(f"set both {USER} and {PASSWORD}, or neither")
    return _from_netrc(host)


def _from_netrc(host: str) -> Credentials | None:
    import netrc

    try:
        # Without a file name the module also checks that nobody else can read the file.
        entry = netrc.netrc(os.environ.get("NETRC")).authenticators(host)
    except FileNotFoundError:
        return None
    except netrc.NetrcParseError as error:
        raise StoreError(f"the netrc file cannot be used: {error.msg} (line {error.lineno})") from None
    except OSError as error:
        raise StoreError(f"the netrc file cannot be read: {error.strerror}") from None
    return Credentials(entry[0], entry[2] or "") if entry else None


def answer(challenges: list[str], credentials: Credentials, method: str, target: str, use: int = 1) -> str | None:
    """The Authorization header for a 401's WWW-Authenticate headers; None where it asks for a scheme that is not known.

    ``target`` is the path and query of the request; ``use`` counts, from 1, the requests that answer this challenge.
    Digest comes first, since it does not send the password.
    """
    offered = {scheme.lower(): values for challenge in challenges for scheme, values in _schemes(challenge)}
    if "digest" in offered:
        header = _digest(offered["digest"], credentials, method, target, use)
        if header is not None:
            return header
    if "basic" in offered:
        pair = f"{credentials.user}:{credentials.password}".encode()
        return "Basic " + base64.b64encode(pair).decode("ascii")
    return None


_ALGORITHMS = {"md5": hashlib.md5, "sha-256": hashlib.sha256}
_SCHEME = re.compile(r"(?:^|,)\s*([A-Za-z][\w-]*)(?=\s+[\w-]+\s*=|\s*$|\s*,)(?!\s*=)")
_PARAMETER = re.compile(r"([\w-]+)\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^\s,\"]+))")


def _schemes(header: str) -> list[tuple[str, dict[str, str]]]:
    """The challenges of one header, each a scheme with its parameters."""
    starts = list(_SCHEME.finditer(header))
    ends = [start.start() for start in starts][1:] + [len(header)]
    found = []
    for start, end in zip(starts, ends, strict=False):
        part = header[start.end() : end]
        values = {name.lower(): re.sub(r"\\(.)", r"\1", quoted) or bare for name, quoted, bare in _PARAMETER.findall(part)}
        found.append((start.group(1), values))
    return found


def _digest(challenge: dict[str, str], credentials: Credentials, method: str, target: str, use: int) -> str | None:
    """RFC 7616, with quality of protection ``auth`` or none; None for an algorithm that is not known."""
    algorithm = challenge.get("algorithm", "MD5")
    make = _ALGORITHMS.get(algorithm.lower().removesuffix("-sess"))
    protection = [value.strip() for value in challenge["qop"].split(",")] if "qop" in challenge else []
    if make is None or "nonce" not in challenge or (protection and "auth" not in protection):
        return None

    def digest(*parts: str) -> str:
        return make(":".join(parts).encode()).hexdigest()

    realm, nonce, client, count = challenge.get("realm", ""), challenge["nonce"], secrets.token_hex(8), f"{use:08x}"
    secret = digest(credentials.user, realm, credentials.password)
    if algorithm.lower().endswith("-sess"):
        secret = digest(secret, nonce, client)
    quality = (count, client, "auth") if protection else ()
    response = digest(secret, nonce, *quality, digest(method, target))
    values = {"username": credentials.user, "realm": realm, "nonce": nonce, "uri": target, "response": response}
    if protection:
        values["cnonce"] = client
    if "opaque" in challenge:
        values["opaque"] = challenge["opaque"]
    fields = [f'{key}="{_quote(value)}"' for key, value in values.items()]
    fields += [f"algorithm={algorithm}"] if "algorithm" in challenge else []
    fields += [f"qop=auth, nc={count}"] if protection else []
    return "Digest " + ", ".join(fields)


def _quote(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
