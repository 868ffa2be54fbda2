"""All tools, with the settings of the project that they are for."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from sellerspec.contract.project import Project
from sellerspec.contract.settings import Settings
from sellerspec.mcp.checks import Checks
from sellerspec.mcp.folders import Folders
from sellerspec.mcp.lookups import Lookups
from sellerspec.mcp.mutations import Mutations
from sellerspec.mcp.sandboxes import Sandboxes
from sellerspec.mcp.server import run
from sellerspec.mcp.tool import Tool


def serve(roots: Sequence[Path], overlays: Sequence[str] = ()) -> None:
    """Serve all tools over stdin and stdout until stdin ends.

    Raises:
        SellerspecError: the settings of the project are wrong.
    """
    project = project_in(roots, overlays)
    with closing(Sandboxes(project)) as sandboxes:
        run(tools_of(project, Folders(roots), sandboxes))


def tools_of(project: Project, folders: Folders, sandboxes: Sandboxes) -> tuple[Tool, ...]:
    """Return all tools."""
    checks = Checks(project, folders)
    lookups = Lookups(project, checks, sandboxes)
    return (*checks.tools, *lookups.tools, *sandboxes.tools, *Mutations(folders).tools)


def project_in(roots: Sequence[Path], overlays: Sequence[str] = ()) -> Project:
    """Return the project whose `pyproject.toml` is in one of the folders, with further overlays."""
    own = next((root for root in roots if (root / "pyproject.toml").is_file()), None)
    return Project.read(own, overlays=overlays) if own else Project(Settings(overlays=tuple(overlays)))
