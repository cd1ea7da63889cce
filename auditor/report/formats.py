"""The report formats by name: a module `as_<name>.py` beside this one is a format.

Each has ``write(material: Material) -> bytes``, or gives a Document where the report of
a large fleet is several files; nothing lists them, and one is imported only when it is
asked for.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stdout
from importlib import import_module
from importlib.util import find_spec
from io import StringIO
from pathlib import Path

from msgspec import Struct

import auditor.report
from auditor.errors import AuditorError
from auditor.history.past import Age, Audited
from auditor.history.steps import Stage, Step
from auditor.model.check import Sidecar
from auditor.model.frameworks import Framework
from auditor.model.run import Level, Run
from auditor.report.brand import Brand

PREFIX = "as_"


class Material(Struct, frozen=True):
    """What every format is made from; `language` is `en` or `fr`.

    `brand` and `templates` (a folder) are whoever hands the report over's own,
    `name` is that of the file that it is written to, None for standard output.
    `earlier` are runs of the same client before this one, oldest first. `between` are
    the stages from the last of them to `run`, which `last_step` leads to. `audits` are
    they and more of them in figures, where more are known, and `ages` those of what is
    open.
    """

    run: Run
    sidecars: Mapping[str, Sidecar]
    frameworks: Mapping[str, Framework]
    language: str
    earlier: tuple[Run, ...] = ()
    between: tuple[Stage, ...] = ()
    last_step: Step = Step.FILES
    audits: tuple[Audited, ...] = ()
    ages: tuple[Age, ...] = ()
    brand: Brand | None = None
    templates: Path | None = None
    name: str | None = None

    @property
    def level(self) -> Level:
        """To whom it may be handed over: every page and format names it."""
        return self.run.run.level


class Document(Struct, frozen=True):
    """A report of several files: `data` is the one asked for, the others are beside it.

    `folder` is their relative path, `<name>.pages/<digest of its contents>`: with a
    folder for each content, the file asked for always leads to pages of its own run.
    """

    data: bytes
    folder: str
    pages: Mapping[str, bytes]


Format = Callable[[Material], "bytes | Document"]


class _Formats(Mapping[str, Format]):
    def __getitem__(self, name: str) -> Format:
        if name not in tuple(self):
            raise KeyError(name)
        module = import_module(f"auditor.report.{PREFIX}{name}")
        write: Format = module.write
        return write

    def __iter__(self) -> Iterator[str]:
        names = (module.name for module in pkgutil.iter_modules(_PATH))
        return (name[len(PREFIX) :] for name in names if name.startswith(PREFIX))

    def __len__(self) -> int:
        return sum(1 for _ in self)


_PATH = auditor.report.__path__

#: Format name -> its writer; KeyError for a name that no module has.
FORMATS: Mapping[str, Format] = _Formats()


class Extra(Struct, frozen=True):
    """What `pip install 'auditor[<format>]'` brings: a module and what that loads."""

    module: str
    library: str
    packages: str


#: Format -> the extra of the same name.
EXTRAS = {
    "pdf": Extra(
        "weasyprint",
        "Pango",
        "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0",
    )
}


def need(name: str) -> None:
    """Nothing where the format can be written; raises AuditorError with the command."""
    extra = EXTRAS.get(name)
    if extra is None:
        return
    if find_spec(extra.module) is None:
        how = f"python3 -m pip install 'auditor[{name}]'"
        raise AuditorError(f"-f {name}: the extra '{name}' is not installed: {how}")
    try:
        # it prints what it misses, and standard output is for a report
        with redirect_stdout(StringIO()):
            import_module(extra.module)
    except OSError as error:
        how = f"apt-get install {extra.packages}"
        raise AuditorError(f"-f {name}: {extra.library} is not installed: {how}") from (
            error
        )
