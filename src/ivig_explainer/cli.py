"""The `ivig-explainer` command."""

from __future__ import annotations

import argparse
import socket
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ivig_explainer.dataset import shipped

if TYPE_CHECKING:
    from ivig_explainer.dataset import Dataset
    from ivig_explainer.exports.about import File
    from ivig_explainer.exports.slide import Picture
    from ivig_explainer.scenes import Lecture
    from ivig_explainer.view import View

FORMS = {
    "csv": "the selected conditions, a line each",
    "xlsx": "the selected conditions with schedules, positions, results and sources",
    "json": "the same as JSON",
    "pptx": "a lecture, or a view, as PowerPoint",
    "html": "a lecture, or a view, as a handout with live charts",
    "png": "a chart of a view",
    "svg": "a chart of a view",
    "sheet": "a fact sheet of two pages",
    "quiz": "a quiz as a sheet with an answer key",
    "apkg": "a quiz as an Anki deck",
}
LECTURE = "ivig-in-ten-minutes"  # the one that notebooks/lecture.ipynb presents


def main(argv: list[str] | None = None) -> int:
    """Run the command; return its exit code. Faults end in one clear sentence, never in a traceback."""
    options = _parser().parse_args(argv)
    try:
        return options.run(options)
    except _Fault as fault:
        print(f"ivig-explainer: {fault}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


class _Fault(Exception):
    """Something that the caller can mend; the message says how."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ivig-explainer", description="What is IVIG used for? An interactive, cited explainer.")
    commands = parser.add_subparsers(required=True, metavar="command")

    serve = commands.add_parser("serve", help="serve the dashboard")
    serve.add_argument("--ip", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    serve.add_argument("--port", type=_port, default=8866, help="port to listen on (default: %(default)s)")
    serve.add_argument("--pool", type=_pool, default=2, help="pages kept warm for the next visitors (default: %(default)s)")
    serve.add_argument(
        "--visitors", type=_visitors, help="visitors at once; others are asked to wait (default: as many as fit into memory)"
    )
    serve.add_argument("--no-browser", action="store_true", help="do not open a browser")
    serve.add_argument("--base-url", default="/", help="path under which the page is served (default: %(default)s)")
    serve.add_argument(
        "--lecture",
        nargs="?",
        const=LECTURE,
        metavar="LECTURE",
        help="start with a lecture on the screen: the name of a ready one, or a file saved on the page (default: %(const)s)",
    )
    serve.set_defaults(run=_serve)

    check = commands.add_parser("check", help="validate the tables")
    check.add_argument("folder", nargs="?", type=Path, metavar="DIR", help="folder of datapackage.json (default: the data that ships)")
    check.set_defaults(run=_check)

    export = commands.add_parser("export", help="save the table of conditions, a picture, a lecture, a handout, a fact sheet or a quiz")
    export.add_argument("format", choices=FORMS, help=", ".join(f"{form}: {what}" for form, what in FORMS.items()))
    export.add_argument(
        "query",
        nargs="?",
        default="",
        help="a view as in the page's address, such as 'category=Neurological&evidence=strong'; for a sheet the id of a condition "
        "(default: everything; for a sheet IVIG itself)",
    )
    export.add_argument("--lecture", metavar="FILE|ID", help="for pptx and html: a lecture saved by the page, or the id of a ready one")
    export.add_argument("--chart", metavar="NAME", help="for png and svg: which chart of the view (default: its first)")
    export.add_argument("--no-notes", action="store_true", help="for html: leave the speaker's notes out")
    export.add_argument("--out", type=Path, help="file to write (default: a name with version and date, here)")
    export.set_defaults(run=_export)
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; ports are 1 to 65535")
    return int(text)


def _pool(text: str) -> int:
    if not text.isdecimal() or int(text) > 100:
        raise argparse.ArgumentTypeError(f"{text!r} is no size of a pool; sizes are 0 to 100")
    return int(text)


def _visitors(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of visitors; 1 to 1000 are")
    return int(text)


def _check(options: argparse.Namespace) -> int:
    from ivig_explainer.validation import check

    folder = options.folder or shipped("data")
    problems = check(folder)
    for problem in problems:
        print(problem)
    if problems:
        print(f"{len(problems)} problem{'s' * (len(problems) != 1)} in {folder}", file=sys.stderr)
        return 1
    print(_summary(folder))
    return 0


def _summary(folder: Path) -> str:
    from ivig_explainer.dataset import load

    tables = load(folder).tables()
    return "\n".join(["The data is sound.", *(f"{len(table):6} {name}" for name, table in tables.items())])


def _serve(options: argparse.Namespace) -> int:
    from ivig_explainer.validation import check

    if problems := check(shipped("data")):
        for problem in problems:
            print(problem)
        raise _Fault(f"not serving: the data has {len(problems)} problem{'s' * (len(problems) != 1)}, listed above")
    query = _lecture_query(options.lecture) if options.lecture else ""
    notebook = shipped("notebooks") / ("lecture.ipynb" if options.lecture else "dashboard.ipynb")
    if not notebook.is_file():
        raise _Fault(f"the notebook {notebook} is missing; install the package again")
    _prove_free(options.ip, options.port)

    from ivig_explainer.server.app import serve, settings

    base_url = "/" + options.base_url.strip("/") + "/" if options.base_url.strip("/") else "/"
    page = f"http://{options.ip}:{options.port}{base_url}" + (f"?{query}" if query else "")
    print(f"What is IVIG used for?  {page}  (Ctrl+C ends)", flush=True)
    config = settings(
        notebook,
        ip=options.ip,
        port=options.port,
        pool=options.pool,
        visitors=options.visitors,
        browser=not options.no_browser,
        base_url=base_url,
        query=query,
    )
    serve(config)
    return 0


def _lecture_query(name: str) -> str:
    """Return the address at which a lecture is on the screen: that of a ready one, or of a file."""
    from ivig_explainer.dataset import load
    from ivig_explainer.lecturing import stage
    from ivig_explainer.scenes import SceneError

    data = load()
    try:
        return stage(data, _read_lecture(data, name))
    except SceneError as error:
        raise _Fault(f"{name}: {error}") from None


def _prove_free(ip: str, port: int) -> None:
    """Refuse an address that cannot be listened on before anything is started."""
    try:
        family = socket.getaddrinfo(ip or "0.0.0.0", port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((ip, port))
    except OSError as error:
        raise _Fault(f"cannot listen on {ip}:{port}: {error.strerror}; choose another with --port or --ip") from None


def _export(options: argparse.Namespace) -> int:
    from ivig_explainer.dataset import DataError, load

    try:
        data = load()
    except DataError as error:
        raise _Fault(str(error)) from None
    file = _exported(data, options)
    path = options.out or Path(file.name)
    _write(path, file.content)
    print(path)
    return 0


def _exported(data: Dataset, options: argparse.Namespace) -> File:
    """Return the file that the options ask for. Raises _Fault for what makes no sense."""
    from ivig_explainer.exports import table
    from ivig_explainer.exports.pictures import PictureError
    from ivig_explainer.scenes import SceneError
    from ivig_explainer.view import View

    form = options.format
    if options.lecture and form not in ("pptx", "html"):
        raise _Fault(f"--lecture goes with pptx and html, not with {form}")
    try:
        if form == "sheet":
            return _sheet(data, options.query)
        view, dropped = View.from_query(options.query, data)
        if dropped:  # what is left would select other conditions than were meant
            raise _Fault("not saved: " + "; ".join(fault.removesuffix(" and was left out") for fault in dropped))
        if form in table.FORMATS:
            return table.export(data, view.selection, form)
        if form in ("quiz", "apkg"):
            return _quiz(data, view, form)
        if form in ("png", "svg"):
            return _picture(data, view, options)
        return _lecture(data, view, options)
    except (SceneError, PictureError) as error:
        raise _Fault(f"not saved: {error}") from None


def _sheet(data: Dataset, condition: str) -> File:
    from ivig_explainer.app import perform_alone
    from ivig_explainer.exports.fact_sheet import ITSELF, condition_sheet, ivig_sheet
    from ivig_explainer.scenes import Lecture, Scene

    if condition in ("", ITSELF):
        return ivig_sheet(data)
    if condition not in set(data.conditions["id"]):
        raise _Fault(f"not saved: condition {condition!r} is not known; the ids stand in the file of `ivig-explainer export csv`")
    deck = perform_alone(data, Lecture(scenes=(Scene(f"tab=explore&condition={condition}", "card"),)))
    return condition_sheet(data, deck.slides[0])


def _picture(data: Dataset, view: View, options: argparse.Namespace) -> File:
    from ivig_explainer.app import perform_alone
    from ivig_explainer.exports.about import File, named
    from ivig_explainer.exports.pictures import MIME, picture
    from ivig_explainer.scenes import Lecture, Scene

    focus = f"chart:{options.chart}" if options.chart else "tab"
    slide = perform_alone(data, Lecture(scenes=(Scene(view.to_query(), focus),))).slides[0]
    if not slide.pictures:
        raise _Fault(f"not saved: the tab {view.tab} has no chart")
    chart = slide.pictures[0]
    return File(named(data, chart.name, options.format), MIME[options.format], picture(data, chart, options.format))


def _lecture(data: Dataset, view: View, options: argparse.Namespace) -> File:
    from ivig_explainer.app import perform_alone
    from ivig_explainer.exports.handout import handout
    from ivig_explainer.exports.pictures import PictureError, picture
    from ivig_explainer.scenes import of_view

    lecture = _read_lecture(data, options.lecture) if options.lecture else of_view(view)
    deck = perform_alone(data, lecture)
    if options.format == "html":
        return handout(data, deck, notes=not options.no_notes)
    from ivig_explainer.exports.slides import presentation

    def draw(chart: Picture) -> bytes | None:
        try:
            return picture(data, chart, "png")
        except PictureError:
            return None  # its table stands on the slides instead

    return presentation(data, deck, draw)


def _read_lecture(data: Dataset, name: str) -> Lecture:
    """Return the ready lecture of that name, or that of a file. Raises _Fault where there is neither, SceneError where it is none."""
    from ivig_explainer.lectures import ready
    from ivig_explainer.scenes import Lecture

    known = ready(data)
    if name in known:
        return known[name]
    try:
        lecture = Lecture.from_json(Path(name).read_bytes())
    except OSError as error:
        raise _Fault(f"cannot read the lecture {name}: {error.strerror}; ready lectures are {', '.join(known) or 'none'}") from None
    lecture.check(data)
    return lecture


def _write(path: Path, content: bytes) -> None:
    """Write a file as a whole or not at all. Raises _Fault."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise _Fault(f"cannot write {path}: {error.strerror}; choose another file with --out") from None


def _quiz(data: Dataset, view: View, form: str) -> File:
    """Return the quiz that an address asks for, such as 'quiz.form.seed=7&quiz.form.level=2', as a sheet or a deck.

    A deck without a level or a size holds the questions of all levels, and all of them.
    """
    from ivig_explainer.exports import anki, quiz
    from ivig_explainer.quiz import MIXED
    from ivig_explainer.quiz.settings import EVERY, PLACE, Settings, fields
    from ivig_explainer.tabs.remembered import read

    if view.selection:
        raise _Fault(f"not saved: a quiz is narrowed by {PLACE}.kinds, {PLACE}.categories and {PLACE}.condition, not by filters")
    values, faults = read(view.part(PLACE), list(fields(data)))
    if faults:
        raise _Fault("not saved: " + "; ".join(f"{PLACE}.{fault.removesuffix(' and was left out')}" for fault in faults))
    settings = Settings.read(values)
    if form == "apkg":
        every = {name: value for name, value in {"size": EVERY, "level": MIXED}.items() if name not in values}
        settings = replace(settings, **every)
    questions = settings.questions(data)
    if not questions:
        raise _Fault("not saved: the tables yield no such question; choose another level, or more kinds or categories")
    return (quiz.printable if form == "quiz" else anki.deck)(data, questions, settings)


if __name__ == "__main__":
    sys.exit(main())
