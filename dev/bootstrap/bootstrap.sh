#!/bin/sh
# Installs Python 3.13 and uv into the checkout; prints nothing if both are there. Run it from the top of the checkout.
#
#   CHANGEGATE_PYTHON=...             the Python 3.13 to use
#   UV_PYTHON_INSTALL_MIRROR=...      a mirror from which uv downloads Python
#   UV_PYTHON_DOWNLOADS_JSON_URL=...  a list of Pythons that uv can download
#   PIP_INDEX_URL=...                 a package index

set -eu

# The version that uv downloads if none is found; the pinned uv has its SHA-256.
python_release=${CHANGEGATE_PYTHON_RELEASE:-3.13.18}
chosen=.tools/bin/python3.13

fail() {
    printf 'changegate: %s\n' "$1" >&2
    exit 1
}

progress() { printf '%s\n' "$1" >&2; }

# Installs the pinned uv into .tools/uv with Python $1 (3.8 or later). The output goes to .tools/uv.log.
install_uv() {
    building=.tools/uv.$$
    {
        rm -rf "$building" &&
            "$1" -m venv "$building" &&
            PIP_USER=0 PIP_REQUIRE_VIRTUALENV=0 PIP_DISABLE_PIP_VERSION_CHECK=1 "$building/bin/python" -m pip install \
                --quiet --require-hashes --only-binary :all: --requirement dev/requirements/uv.txt &&
            "$building/bin/uv" --version
    } >.tools/uv.log 2>&1 || {
        rm -rf "$building"
        return 1
    }
    cp dev/requirements/uv.txt "$building/requirements.txt"
    # Another make may have installed it first: that one stays, because it may be in use.
    if uv_is_installed; then
        rm -rf "$building"
    else
        rm -rf .tools/uv
        mv "$building" .tools/uv
    fi
}

uv_is_installed() {
    cmp -s dev/requirements/uv.txt .tools/uv/requirements.txt && .tools/uv/bin/uv --version >/dev/null 2>&1
}

# Downloads Python with uv $1 into .tools/python, and nothing into the user's home.
fetch_python() {
    UV_PYTHON_INSTALL_DIR="$PWD/.tools/python" UV_PYTHON_INSTALL_BIN=0 UV_PYTHON_BIN_DIR="$PWD/.tools/python/bin" \
        UV_NO_PROGRESS=1 "$1" python install "$python_release" >.tools/python.log 2>&1
}

# Prints a Python 3.8 or later on PATH that can create a virtual environment.
any_python() {
    for name in python3 python; do
        saved_ifs=$IFS
        IFS=:
        for folder in $PATH; do
            IFS=$saved_ifs
            candidate=${folder:-.}/$name
            if [ -x "$candidate" ] &&
                "$candidate" -I -c 'import sys, ensurepip, ssl, venv; sys.exit(sys.version_info < (3, 8))' 2>/dev/null; then
                printf '%s\n' "$candidate"
                return 0
            fi
        done
        IFS=$saved_ifs
    done
    return 1
}

obtain_python() {
    progress "Python 3.13 was not found: downloading Python $python_release into .tools/python"
    fetched=
    if uv_is_installed; then
        if fetch_python .tools/uv/bin/uv; then fetched=yes; fi
    elif python=$(any_python); then
        if ! install_uv "$python"; then
            tail -n 5 .tools/uv.log >&2
            fail "Python 3.13 was not found, and uv, which can download it, could not be installed (.tools/uv.log): install Python 3.13, or set PIP_INDEX_URL to a package index that pip can reach."
        fi
        if fetch_python .tools/uv/bin/uv; then fetched=yes; fi
    elif command -v uv >/dev/null 2>&1; then
        if fetch_python uv; then fetched=yes; fi
    else
        fail "Python 3.13 was not found, nor uv or a Python 3.8 or later with venv, which can download it: install Python 3.13."
    fi
    if [ -z "$fetched" ]; then
        tail -n 5 .tools/python.log >&2
        fail "Python 3.13 was not found, and Python $python_release could not be downloaded (.tools/python.log): install Python 3.13, or set UV_PYTHON_INSTALL_MIRROR to a mirror."
    fi
}

mkdir -p .tools/bin

# A link, so that the choice is made once and every later step uses one path.
if [ -n "${CHANGEGATE_PYTHON:-}" ] || ! CHANGEGATE_PYTHON=$chosen sh dev/bootstrap/find_python.sh >/dev/null; then
    if ! python=$(sh dev/bootstrap/find_python.sh); then
        if [ -n "${CHANGEGATE_PYTHON:-}" ]; then
            fail "CHANGEGATE_PYTHON names $CHANGEGATE_PYTHON, which is not a Python 3.13 with ssl, sqlite3 and venv."
        fi
        obtain_python
        python=$(sh dev/bootstrap/find_python.sh) ||
            fail "The Python that was downloaded into .tools/python does not run on this machine: install Python 3.13."
    fi
    case $python in /*) ;; *) python=$PWD/$python ;; esac
    if [ "$(readlink $chosen 2>/dev/null)" != "$python" ]; then
        ln -s "$python" "$chosen.$$"
        mv -f "$chosen.$$" "$chosen"
        progress "Python 3.13: $python"
    fi
fi

if ! uv_is_installed; then
    progress "Installing uv into .tools/uv"
    if ! install_uv "$chosen"; then
        tail -n 5 .tools/uv.log >&2
        fail "uv could not be installed from the package index (.tools/uv.log): set PIP_INDEX_URL to one that pip can reach."
    fi
fi
