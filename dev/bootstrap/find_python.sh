#!/bin/sh
# Prints the path of a CPython 3.13 that can create virtual environments; exits with 1 if this machine has none.
#
# The script runs each candidate: a name on PATH may be a shim without that version, a free-threaded build or a package
# without ensurepip. For a candidate in a virtual environment, the script prints the Python that created it.
#
#   CHANGEGATE_PYTHON=...    if set, the only candidate

set -u

probe='
import sys, sysconfig
if sys.version_info[:2] != (3, 13) or sys.implementation.name != "cpython": sys.exit(1)
if sysconfig.get_config_var("Py_GIL_DISABLED"): sys.exit(1)
import ctypes, ensurepip, sqlite3, ssl, venv, zlib
print(getattr(sys, "_base_executable", "") or sys.executable)
'

accept() {
    found=$("$1" -I -c "$probe" 2>/dev/null) || return 1
    [ -n "$found" ] && [ -x "$found" ] || return 1
    printf '%s\n' "$found"
    exit 0
}

if [ -n "${CHANGEGATE_PYTHON:-}" ]; then
    accept "$CHANGEGATE_PYTHON"
    exit 1
fi

for name in python3.13 python3 python; do
    # Every folder of PATH, because a later Python of the same name may be suitable.
    saved_ifs=$IFS
    IFS=:
    for folder in ${PATH:-}; do
        IFS=$saved_ifs
        candidate=${folder:-.}/$name
        if [ -x "$candidate" ] && [ ! -d "$candidate" ]; then accept "$candidate"; fi
    done
    IFS=$saved_ifs
done

for candidate in "${PYENV_ROOT:-${HOME:-}/.pyenv}"/versions/3.13.*/bin/python3.13 \
    .tools/python/cpython-3.13.*/bin/python3.13; do
    if [ -x "$candidate" ]; then accept "$candidate"; fi
done

if command -v uv >/dev/null 2>&1; then
    candidate=$(uv python find --no-config --no-python-downloads --no-project 3.13 2>/dev/null) || candidate=
    if [ -n "$candidate" ]; then accept "$candidate"; fi
fi

exit 1
