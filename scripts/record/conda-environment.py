"""Makes a channel with one small package in a folder, and an environment that it is installed in."""
import asyncio
import hashlib
import io
import json
import os
import sys
import tarfile

from rattler import Channel, MatchSpec, Platform, install, solve

ROOT = os.path.abspath(sys.argv[1])
SUBDIR = os.path.join(ROOT, "conda-forge", "noarch")
FILE = "tiny-1.2.3-pyhd8ed1ab_0.tar.bz2"
INDEX = {
    "name": "tiny",
    "version": "1.2.3",
    "build": "pyhd8ed1ab_0",
    "build_number": 0,
    "noarch": "generic",
    "subdir": "noarch",
    "depends": [],
    "license": "BSD-3-Clause",
    "license_family": "BSD",
    "timestamp": 1700000000000,
}
README = b"hello\n"
PATHS = {
    "paths": [
        {
            "_path": "share/tiny/readme.txt",
            "path_type": "hardlink",
            "sha256": hashlib.sha256(README).hexdigest(),
            "size_in_bytes": len(README),
        }
    ],
    "paths_version": 1,
}


def make_channel():
    os.makedirs(SUBDIR)
    files = {
        "info/index.json": json.dumps(INDEX).encode(),
        "info/files": b"share/tiny/readme.txt\n",
        "info/paths.json": json.dumps(PATHS).encode(),
        "share/tiny/readme.txt": README,
    }
    path = os.path.join(SUBDIR, FILE)
    with tarfile.open(path, "w:bz2") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    with open(path, "rb") as archive:
        content = archive.read()
    record = {**INDEX, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    repodata = {"info": {"subdir": "noarch"}, "packages": {FILE: record}, "packages.conda": {}}
    with open(os.path.join(SUBDIR, "repodata.json"), "w") as file:
        json.dump(repodata, file)


async def make_environment():
    channel = Channel("file://" + os.path.join(ROOT, "conda-forge"))
    records = await solve(
        [channel], [MatchSpec("tiny")], platforms=[Platform("noarch")], virtual_packages=[]
    )
    await install(records, target_prefix=os.path.join(ROOT, "env"), show_progress=False)


make_channel()
asyncio.run(make_environment())
