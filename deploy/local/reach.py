"""Folders that another account can enter: a server started by root runs as an account that may not enter every home."""

import hashlib
import os
import pwd
import shutil
import subprocess
from pathlib import Path

SHARED_ROOT = Path("/var/lib/shouxian")
"""Where root keeps what such an account has to reach."""


def may(account: pwd.struct_passwd, test: str, path: Path) -> bool:
    """Whether the account passes this test of `test(1)` on the path."""
    done = subprocess.run(
        ["test", test, path], user=account.pw_uid, group=account.pw_gid, extra_groups=[], cwd="/", check=False
    )
    return done.returncode == 0


def open_to(account: pwd.struct_passwd | None, directory: Path) -> Path:
    """The folder itself where the account may enter its parent, else one outside, which it becomes a link to.

    A folder that is there already stays what it is.
    """
    home = directory.resolve()
    if account is None or home.exists():
        return home
    home.parent.mkdir(parents=True, exist_ok=True)
    if may(account, "-x", home.parent):
        return home
    outside = _shared(home)
    directory.symlink_to(outside, target_is_directory=True)
    return outside


def reachable_copy(account: pwd.struct_passwd | None, folder: Path) -> Path:
    """The folder itself where the account may read it, else a copy which it may."""
    if account is None or may(account, "-r", folder):
        return folder
    place = _shared(folder)
    copy, half = place / folder.name, place / "half"
    if not copy.exists():
        shutil.rmtree(half, ignore_errors=True)
        shutil.copytree(folder, half, symlinks=True)
        half.rename(copy)
    return copy


def _shared(path: Path) -> Path:
    """A folder outside for this path, the same each time."""
    outside = SHARED_ROOT / f"{path.name}-{hashlib.sha256(os.fsencode(path)).hexdigest()[:12]}"
    outside.mkdir(mode=0o755, parents=True, exist_ok=True)
    for folder in (SHARED_ROOT, outside):
        folder.chmod(0o755)
    return outside
