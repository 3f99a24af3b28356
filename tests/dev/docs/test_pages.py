"""What the documentation says of the checkout is true: links, pages, variables and targets of make exist."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

import hcl2
import pytest

from dev.generate.module_reference import variables
from tests.dev.docs.pages import ROOT, Page, files, pages

PAGES = pages()
BY_PATH = {page.path: page for page in PAGES}
# What users read. CONTRIBUTING.md and the pages next to code are for people who work on it.
FOR_USERS = [page for page in PAGES if page.name == "README.md" or page.name.startswith(("docs/", "examples/"))]
# Releases keep the names that pages had.
HISTORY = {"CHANGELOG.md"}
TEXTS = {".example", ".in", ".md", ".py", ".sh", ".tf", ".tftpl", ".tfvars", ".toml", ".yaml", ".yml", ".hcl", ""}


def by_name(page: Page) -> str:
    return page.name


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_every_link_leads_somewhere(page: Page) -> None:
    broken = []
    for link in page.links():
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            continue
        target = (page.path.parent / unquote(parts.path)).resolve() if parts.path else page.path
        if not target.exists():
            broken.append(f"{link}: there is no such file")
        elif parts.fragment and parts.fragment not in BY_PATH[target].anchors():
            broken.append(f"{link}: the page has no such heading")
    assert not broken


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, new = set(), {ROOT / "README.md"}
    while new:
        page = BY_PATH[new.pop()]
        reached.add(page.path)
        targets = {(page.path.parent / urlsplit(link).path).resolve() for link in page.links() if urlsplit(link).path}
        new |= (targets & BY_PATH.keys()) - reached
    assert [page.name for page in PAGES if page.name.startswith("docs/") and page.path not in reached] == []


def test_every_mention_of_a_page_names_one_that_exists() -> None:
    stale = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in files()
        if path.suffix in TEXTS and path.name not in HISTORY
        for name in re.findall(r"\bdocs/[\w./-]+\.(?:md|svg|dot|css)\b", path.read_text("utf-8", errors="ignore"))
        if not (ROOT / name).exists()
    ]
    assert stale == []


@pytest.mark.parametrize("page", [page for page in FOR_USERS if page.blocks("hcl")], ids=by_name)
def test_every_example_is_hcl_and_sets_variables_that_exist(page: Page) -> None:
    # A page can show a part: a pipeline's source or stages, or a stage's deployments.
    known = {variable.name for folder in (ROOT, ROOT / "modules/pipeline") for variable in variables(folder)}
    known.add("deployments")
    for block in page.blocks("hcl"):
        if block.startswith("{"):
            hcl2.loads(f"value = {block}")
        else:
            content = hcl2.loads(block)
            # A configuration that uses the module sets its variables in the module's block.
            bodies = [body for module in content.pop("module", []) for body in module.values()]
            settings = {name for body in [content, *bodies] for name in body}
            assert (
                settings - {"__comments__", "__is_block__", "provider", "terraform", "source", "for_each"} <= known
            ), block


def test_every_target_of_make_that_users_read_of_exists() -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    code = [block for page in FOR_USERS for block in [*page.blocks("sh"), *re.findall(r"`(make [^`]*)`", page.text)]]
    named = {name for block in code for name in re.findall(r"^\s*make +([a-z][a-z0-9-]*)", block, re.MULTILINE)}
    assert {"demo", "test", "apply", "inspect"} - named == {"inspect"}
    assert named - targets == set()
