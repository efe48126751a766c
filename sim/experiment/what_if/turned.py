"""A setting as a scenario, and as a file that says only the differences.

Files stand in the folder of today's scenario or below it, so that a saved file can name them.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

from sim.errors import RunError
from sim.experiment.levers import Lever, levers
from sim.experiment.what_if.choices import Patch
from sim.experiment.what_if.settings import Settings
from sim.scenario.changes import Changes, changed, difference_text, wholes
from sim.scenario.load import Scenario, load, load_with_patches

_NAMED = 3
_KEPT = 16  # of many patches there are more combinations than memory


class Turner:
    """Turns today's scenario; what patches make of it is kept."""

    def __init__(self, file: Path, patches: Sequence[Patch]) -> None:
        self.file, self.patches = file, {patch.name: patch for patch in patches}
        self.today = load(file)
        self._levers_today = _by_name(self.today)
        self._patched: OrderedDict[tuple[str, ...], tuple[Scenario, dict[str, Lever]]] = OrderedDict()
        self._lock = threading.Lock()

    def levers(self, patches: tuple[str, ...]) -> dict[str, Lever]:
        """What can be turned when these patches are on, by name.

        Raises
        ------
        ScenarioError
            The patches cannot be put together.
        RunError
            More than one of them is a whole scenario.
        """
        return self._base(patches)[1]

    def scenario(self, settings: Settings) -> Scenario:
        """The scenario of a setting; raises as `levers`, and where it would not be sound."""
        if settings.is_today:
            return self.today
        return changed(self._base(settings.patches)[0], self._changes(settings), self.title(settings))

    def title(self, settings: Settings) -> str:
        """What the scenario of a setting is called."""
        on = settings.patches
        named = " + ".join(on) if len(on) <= _NAMED else f"{len(on)} patches"
        title = f"{named or self.today.name}{', changed' if settings.values else ''}"
        is_taken = title == self.today.name and not settings.is_today
        return f"{title} (2)" if is_taken else title  # results go by name

    def saved(self, settings: Settings, name: str) -> str:
        """The scenario file that extends today's and says only what is different.

        Raises
        ------
        RunError
            A patch that is on lies where the file could not name it.
        """
        base, _ = self._base(settings.patches)
        whole, patches = self._chosen(settings.patches)
        named = [self._beside(path) for path in (whole, *patches)]
        return difference_text(wholes(base, self._changes(settings)), extends=named, name=name)

    def _changes(self, settings: Settings) -> Changes:
        known = self.levers(settings.patches)
        return {
            path: written
            for name, value in settings.values.items()
            for path, written in known[name].changes(value).items()
        }

    def _base(self, patches: tuple[str, ...]) -> tuple[Scenario, dict[str, Lever]]:
        if not patches:
            return self.today, self._levers_today
        with self._lock:
            if patches not in self._patched:
                whole, others = self._chosen(patches)
                scenario = load_with_patches(whole, others) if others else load(whole)
                self._patched[patches] = (scenario, _by_name(scenario))
            found = self._patched[patches]
            self._patched.move_to_end(patches)
            while len(self._patched) > _KEPT:
                self._patched.popitem(last=False)
            return found

    def _chosen(self, patches: tuple[str, ...]) -> tuple[Path, list[Path]]:
        """The file that patches are put on, and the patches."""
        on = [self.patches[name] for name in patches]
        whole = [each for each in on if each.is_whole]
        if len(whole) > 1:
            names = " and ".join(f"'{each.name}'" for each in whole)
            raise RunError(f"{names} are whole scenarios: only one of them can be on.")
        return whole[0].path if whole else self.file, [each.path for each in on if not each.is_whole]

    def _beside(self, path: Path) -> str:
        folder = self.file.parent.resolve()
        if not path.resolve().is_relative_to(folder):
            raise RunError(
                f"{path} does not lie in {self.file.parent} or below it, so a scenario saved there cannot "
                "extend it. Copy it there, and start again."
            )
        return path.resolve().relative_to(folder).as_posix()


def _by_name(scenario: Scenario) -> dict[str, Lever]:
    return {lever.name: lever for lever in levers(scenario)}
