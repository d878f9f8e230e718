#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Turns Temporal's API definitions into C++ sources.

The definitions come from two published Python packages, pinned and checked by hash in requirements.txt: one carries
each file's serialized descriptor inside its *_pb2.py modules, the other the google/api and google/rpc .proto files.
A user's own .proto tree (--proto-dir) replaces both. Nothing is imported or executed from the packages.

  temporal_api.py --protoc protoc --out DIR --cache DIR [--proto-dir DIR]

Writes DIR/cpp/**/*.pb.{h,cc} and DIR/files.txt (one generated .cc a line, largest first).
"""
import argparse
import ast
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parent

# What the three services need, and the messages that travel inside payloads and status details.
ROOTS = [
    "temporal/api/workflowservice/v1/service.proto",
    "temporal/api/operatorservice/v1/service.proto",
    "temporal/api/testservice/v1/service.proto",
    "temporal/api/errordetails/v1/message.proto",
    "temporal/api/export/v1/message.proto",
    "temporal/api/sdk/v1/enhanced_stack_trace.proto",
    "temporal/api/sdk/v1/workflow_metadata.proto",
    "google/rpc/status.proto",
    "google/rpc/error_details.proto",
]

# Protobuf's own types, taken from the installed compiler so that they match its library.
WELL_KNOWN = [f"google/protobuf/{name}.proto"
              for name in ("any", "descriptor", "duration", "empty", "field_mask", "struct", "timestamp", "wrappers")]


def fail(message):
    sys.exit(f"temporal_api: {message}")


def run(command):
    done = subprocess.run([str(part) for part in command], text=True, capture_output=True, check=False)
    if done.returncode != 0:
        fail(f"'{command[0]}' failed:\n" + "\n".join((done.stdout + done.stderr).splitlines()[:20]))


def download(cache):
    """Returns the wheels named by requirements.txt, downloading them once into the cache."""
    requirements = HERE / "requirements.txt"
    wheels = cache / re.sub(r"[^0-9a-z]+", "-", " ".join(re.findall(r"==(\S+)", requirements.read_text())))
    if len(list(wheels.glob("*.whl"))) == 2:
        return sorted(wheels.glob("*.whl"))
    with tempfile.TemporaryDirectory(dir=cache) as partial:
        # The platform only picks the file whose hash is pinned; nothing of it is run.
        done = subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes",
             "--only-binary=:all:", "--platform", "manylinux_2_17_x86_64", "--python-version", "3.10",
             "--implementation", "cp", "--abi", "abi3", "--abi", "none",
             "--dest", partial, "-r", str(requirements)],
            text=True, capture_output=True, check=False)
        if done.returncode != 0:
            fail("Temporal's API definitions are neither cached nor downloadable.\n"
                 f"  Cache looked at: {wheels}\n"
                 "  Give an own .proto tree with -DORRERY_TEMPORAL_API_DIR=DIR (the folder that holds temporal/ and\n"
                 "  google/), or connect once so that pip can fetch the packages of core/proto/requirements.txt.\n"
                 f"{done.stderr.strip()}")
        shutil.rmtree(wheels, ignore_errors=True)
        shutil.copytree(partial, wheels)
    return sorted(wheels.glob("*.whl"))


def length_prefixed(tag, data):
    size, out = len(data), bytearray([tag])
    while size > 127:
        out.append(size & 127 | 128)
        size >>= 7
    out.append(size)
    return bytes(out) + data


def serialized_file(source):
    """The bytes literal given to AddSerializedFile in a generated Python module, or None."""
    for node in ast.walk(ast.parse(source)):
        if (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
                and node.func.attr == "AddSerializedFile"):
            return ast.literal_eval(node.args[0])
    return None


def descriptor_set(wheel, target):
    """Joins the descriptors of every API module of the wheel into one FileDescriptorSet."""
    out = bytearray()
    with zipfile.ZipFile(wheel) as archive:
        for name in sorted(archive.namelist()):
            if not re.match(r"temporalio/api/.*_pb2\.py$", name) or "/cloud/" in name or "/openapiv2/" in name:
                continue
            data = serialized_file(archive.read(name))
            if data:
                out += length_prefixed(0x0A, data)
    target.write_bytes(bytes(out))


def from_packages(protoc, cache, work):
    """One descriptor set that holds the closure of ROOTS."""
    common, sdk = download(cache)
    with zipfile.ZipFile(common) as archive:
        google = [name for name in archive.namelist() if re.match(r"google/(api|rpc)/[^/]+\.proto$", name)]
        archive.extractall(work, google)
    descriptor_set(sdk, work / "sdk.pb")
    run([protoc, f"-I{work}", "--include_imports", f"--descriptor_set_out={work}/google.pb", *google, *WELL_KNOWN])
    run([protoc, f"--descriptor_set_in={work}/google.pb:{work}/sdk.pb", "--include_imports",
         f"--descriptor_set_out={work}/all.pb", *ROOTS])


def from_tree(protoc, tree, work):
    for root in ROOTS:
        if not (tree / root).exists():
            fail(f"{tree} holds no {root}; it must be the folder that contains temporal/ and google/.")
    run([protoc, f"-I{tree}", "--include_imports", f"--descriptor_set_out={work}/all.pb", *ROOTS])


def generate(protoc, work, out):
    names = subprocess.run(
        [protoc, f"--descriptor_set_in={work}/all.pb", "--decode=google.protobuf.FileDescriptorSet",
         "google/protobuf/descriptor.proto"],
        stdin=(work / "all.pb").open("rb"), capture_output=True, check=True).stdout.decode("utf-8", "replace")
    files = re.findall(r'^  name: "([^"]+)"', names, re.MULTILINE)
    wanted = [name for name in files if not name.startswith("google/protobuf/")]
    fresh = work / "cpp"
    fresh.mkdir()
    run([protoc, f"--descriptor_set_in={work}/all.pb", f"--cpp_out={fresh}", *wanted])
    for path in fresh.rglob("*.pb.*"):
        # protoc 3.21 does not escape package names that are C++ keywords.
        text = path.read_text()
        text = re.sub(r"namespace (namespace|export) \{", r"namespace \1_ {", text)
        text = re.sub(r"::(namespace|export)::", r"::\1_::", text)
        path.write_text(text)
    install(fresh, out / "cpp")
    sources = sorted(fresh.rglob("*.pb.cc"), key=lambda path: -path.stat().st_size)
    (out / "files.txt").write_text("".join(f"{out}/cpp/{path.relative_to(fresh)}\n" for path in sources))


def install(fresh, target):
    """Copies what changed, so that an unchanged definition keeps its time stamp and is not compiled again."""
    for path in fresh.rglob("*.pb.*"):
        place = target / path.relative_to(fresh)
        if place.exists() and place.read_bytes() == path.read_bytes():
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--protoc", required=True)
    parser.add_argument("--out", required=True, type=pathlib.Path)
    parser.add_argument("--cache", required=True, type=pathlib.Path)
    parser.add_argument("--proto-dir", type=pathlib.Path)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    options.cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        if options.proto_dir:
            from_tree(options.protoc, options.proto_dir.resolve(), work)
        else:
            from_packages(options.protoc, options.cache, work)
        generate(options.protoc, work, options.out)


if __name__ == "__main__":
    main()
