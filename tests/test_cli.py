"""The command says in one sentence what went wrong, and its exit code says that something did."""

from __future__ import annotations

import csv
import io
import json
import socket
import subprocess
import sys
from pathlib import Path
from queue import Queue
from types import SimpleNamespace

import openpyxl
import pytest

import ivig_explainer as ivig
from ivig_explainer.cli import main


def run(capsys, *arguments: object) -> tuple[int, list[str], list[str]]:
    """Run the command in this process; return its exit code and the lines of both its outputs."""
    code = main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return code, out.splitlines(), err.splitlines()


class TestCheck:
    def test_sound_data_is_summed_up(self, package, capsys):
        """Sound data exits 0 and prints the size of every table."""
        code, out, err = run(capsys, "check", package.folder)
        assert (code, err) == (0, [])
        assert out[0] == "The data is sound."
        sizes = {name: int(size) for size, name in (line.split() for line in out[1:])}
        assert sizes == {path.stem: len(path.read_text(encoding="utf-8").splitlines()) - 1 for path in package.folder.glob("*.csv")}

    def test_the_data_that_ships_is_checked_by_default(self, capsys):
        """Without a folder the shipped tables are checked, and they are sound."""
        code, out, _ = run(capsys, "check")
        assert (code, out[0]) == (0, "The data is sound.")

    def test_every_problem_is_a_line(self, package, capsys):
        """Problems go to the output, one a line; their number goes to the errors; the exit code is 1."""
        package.put("regimens", 2, "dose_g_per_kg_high", "40")
        package.put("conditions", 3, "role", "magic")
        code, out, err = run(capsys, "check", package.folder)
        assert code == 1
        assert [line.partition(": ")[0] for line in out] == ["conditions.csv:3:role", "regimens.csv:2:dose_g_per_kg_high"]
        assert err == [f"2 problems in {package.folder}"]

    def test_one_problem_is_singular(self, package, capsys):
        """One problem is no "1 problems"."""
        package.put("conditions", 3, "role", "magic")
        assert run(capsys, "check", package.folder)[2] == [f"1 problem in {package.folder}"]

    def test_a_folder_without_data(self, tmp_path, capsys):
        """A folder that holds no data package is one problem that says what to name."""
        code, out, _ = run(capsys, "check", tmp_path / "nowhere")
        assert code == 1
        assert out == ["datapackage.json: not found; name the folder that holds datapackage.json and its tables"]

    def test_a_description_that_lacks_one_of_the_tables(self, package, capsys):
        """A data package without a table that this version needs is refused by name."""
        path = package.folder / "datapackage.json"
        descriptor = json.loads(path.read_text(encoding="utf-8"))
        descriptor["resources"] = [r for r in descriptor["resources"] if r["name"] != "timeline"]
        path.write_text(json.dumps(descriptor), encoding="utf-8")
        code, out, err = run(capsys, "check", package.folder)
        assert code == 1
        assert "timeline" in " ".join(out + err)


class TestExport:
    @pytest.mark.parametrize("form", ["csv", "json", "xlsx"])
    def test_the_selected_conditions_are_saved(self, tmp_path, capsys, form):
        """The file holds what the query selects, and its path is printed."""
        path = tmp_path / f"saved.{form}"
        code, out, err = run(capsys, "export", form, "category=Neurological&age=children", "--out", path)
        assert (code, out, err) == (0, [str(path)], [])
        content = path.read_bytes()
        if form == "csv":
            ids = [row["id"] for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig")))]
        elif form == "json":
            ids = [row["id"] for row in json.loads(content)["conditions"]]
        else:
            ids = [row[0] for row in openpyxl.load_workbook(path)["Conditions"].iter_rows(min_row=2, values_only=True)]
        conditions = ivig.load().conditions
        wanted = conditions[(conditions["category"] == "Neurological") & conditions["ages"].isin(["children", "both"])]
        assert sorted(ids) == sorted(wanted["id"])

    @pytest.mark.parametrize(("form", "start"), [("quiz", b"<!doctype html>"), ("apkg", b"PK")])
    def test_a_quiz_is_saved(self, tmp_path, capsys, form, start):
        """A sheet with answer key, or an Anki deck, of the quiz that the query asks for."""
        path = tmp_path / f"saved.{form}"
        assert run(capsys, "export", form, "quiz.form.seed=7&quiz.form.kinds=dose", "--out", path) == (0, [str(path)], [])
        assert path.read_bytes().startswith(start)

    @pytest.mark.parametrize("query", ["quiz.form.level=9", "category=Neurological", "quiz.form.kinds=reaction&quiz.form.categories=Other"])
    def test_a_quiz_that_cannot_be_is_refused(self, tmp_path, capsys, query):
        """A part that makes no sense, a filter that a quiz does not know, and a wish that nothing fits end in one sentence."""
        path = tmp_path / "saved.html"
        code, _, err = run(capsys, "export", "quiz", query, "--out", path)
        assert (code, len(err)) == (1, 1)
        assert err[0].startswith("ivig-explainer: not saved: ")
        assert not path.exists()

    def test_without_a_query_all_are_saved(self, tmp_path, capsys):
        """No query means every condition."""
        path = tmp_path / "all.json"
        assert run(capsys, "export", "json", "--out", path)[0] == 0
        assert len(json.loads(path.read_text(encoding="utf-8"))["conditions"]) == len(ivig.load().conditions)

    @pytest.mark.parametrize(
        ("query", "named"),
        [
            ("category=Neurology", "'Neurology'"),
            ("category=Neurological&role=magic", "'magic'"),
            ("categry=Neurological", "'categry'"),
            ("q=" + "x" * 8192, "longer than"),
        ],
    )
    def test_an_unknown_part_of_a_query_is_refused(self, tmp_path, capsys, query, named):
        """A misspelt filter would save other conditions than were meant: one sentence names it, and nothing is saved."""
        path = tmp_path / "saved.csv"
        code, out, err = run(capsys, "export", "csv", query, "--out", path)
        assert (code, out) == (1, [])
        [sentence] = err
        assert sentence.startswith("ivig-explainer: ")
        assert named in sentence
        assert "left out" not in sentence
        assert not path.exists()

    @pytest.mark.parametrize("place", ["missing/saved.csv", "file/saved.csv", "."])
    def test_a_place_that_cannot_be_written(self, tmp_path, capsys, place):
        """A folder that is missing, a file in place of a folder, or a folder in place of a file: one sentence with a way out."""
        (tmp_path / "file").write_text("x", encoding="utf-8")
        code, out, err = run(capsys, "export", "csv", "--out", tmp_path / place)
        assert (code, out) == (1, [])
        [sentence] = err
        assert sentence.startswith(f"ivig-explainer: cannot write {tmp_path / place}: ")
        assert sentence.endswith("choose another file with --out")


class TestServe:
    def test_a_port_in_use_is_refused(self, capsys):
        """Where another program listens, one sentence says so and names the options."""
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            code, out, err = run(capsys, "serve", "--no-browser", "--port", port)
        assert (code, out) == (1, [])
        [sentence] = err
        assert sentence.startswith(f"ivig-explainer: cannot listen on 127.0.0.1:{port}: ")
        assert sentence.endswith("choose another with --port or --ip")

    def test_an_address_that_is_not_ours_is_refused(self, capsys):
        """An address of no interface of this machine (192.0.2.1 is reserved for examples) is refused in one sentence."""
        code, out, [sentence] = run(capsys, "serve", "--no-browser", "--ip", "192.0.2.1")
        assert (code, out) == (1, [])
        assert sentence.startswith("ivig-explainer: cannot listen on 192.0.2.1:8866: ")

    def test_a_lecture_that_is_none_is_refused(self, capsys, tmp_path):
        """A name that is no lecture and no file, and a file that is no lecture, are refused before anything is started."""
        code, out, [sentence] = run(capsys, "serve", "--no-browser", "--lecture", "magic")
        assert (code, out) == (1, [])
        assert sentence.startswith("ivig-explainer: cannot read the lecture magic: No such file or directory; ready lectures are ivig-in-")
        bad = tmp_path / "bad.json"
        bad.write_text("no JSON", encoding="utf-8")
        code, out, [sentence] = run(capsys, "serve", "--no-browser", "--lecture", bad)
        assert (code, sentence) == (1, f"ivig-explainer: {bad}: the file is not JSON, or not in UTF-8")

    @pytest.mark.parametrize(
        ("options", "notebook", "query"),
        [
            ([], "dashboard.ipynb", ""),
            (["--lecture"], "lecture.ipynb", "tab=teach&teach.lecture.id=ivig-in-ten-minutes&teach.present.scene=1"),
            (["--lecture", "neurology"], "lecture.ipynb", "tab=teach&teach.lecture.id=neurology&teach.present.scene=1"),
        ],
    )
    def test_a_lecture_has_its_notebook_and_its_address(self, capsys, monkeypatch, options, notebook, query):
        """With a lecture the notebook that starts with one is served, and its address is printed and opened."""
        served = []
        monkeypatch.setattr("ivig_explainer.server.app.serve", served.append)
        code, [line], _ = run(capsys, "serve", "--no-browser", "--port", 18_867, *options)
        [config] = served
        assert (code, Path(config.Voila.notebook_path).name, config.Server.query) == (0, notebook, query)
        assert f":18867/{'?' * bool(query)}{query} " in line

    def test_a_browser_is_opened_at_the_address(self, monkeypatch):
        """Guards against a server that ended with an error wherever it found a browser."""
        from ivig_explainer.server.app import Server

        opened = Queue()
        monkeypatch.setattr("webbrowser.get", lambda _: SimpleNamespace(open=opened.put))
        Server(ip="127.0.0.1", port=8866, base_url="/ivig/", query="tab=teach").launch_browser()
        assert opened.get(timeout=10) == "http://127.0.0.1:8866/ivig/?tab=teach"


class TestOptions:
    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            ([], "required: command"),
            (["magic"], "invalid choice: 'magic'"),
            (["export"], "required: format"),
            (["export", "docx"], "invalid choice: 'docx'"),
            (["serve", "--port", "0"], "'0' is no port; ports are 1 to 65535"),
            (["serve", "--port", "65536"], "'65536' is no port; ports are 1 to 65535"),
            (["serve", "--port", "http"], "'http' is no port"),
            (["serve", "--port", "²"], "'²' is no port"),
            (["serve", "--pool", "-1"], "'-1' is no size of a pool; sizes are 0 to 100"),
            (["serve", "--pool", "101"], "'101' is no size of a pool; sizes are 0 to 100"),
            (["serve", "--visitors", "0"], "'0' is no number of visitors; 1 to 1000 are"),
            (["serve", "--visitors", "1001"], "'1001' is no number of visitors; 1 to 1000 are"),
            (["serve", "--visitors", "many"], "'many' is no number of visitors"),
        ],
    )
    def test_a_wrong_option_is_explained(self, capsys, arguments, said):
        """What is wrong and what is allowed stand in the message; the exit code is 2, as argparse has it."""
        with pytest.raises(SystemExit) as stop:
            main(arguments)
        assert stop.value.code == 2
        assert said in capsys.readouterr().err

    @pytest.mark.parametrize("command", [[], ["serve"], ["check"], ["export"]])
    def test_every_command_explains_itself(self, capsys, command):
        """--help exits 0 and names the command."""
        with pytest.raises(SystemExit) as stop:
            main([*command, "--help"])
        assert stop.value.code == 0
        assert " ".join(["ivig-explainer", *command]) in capsys.readouterr().out


class TestProcess:
    def test_faults_end_without_a_traceback(self, tmp_path):
        """Run as a process of its own, a fault is exit code 1, one line on the errors, nothing on the output."""
        command = [sys.executable, "-m", "ivig_explainer.cli", "export", "csv", "--out", str(tmp_path / "missing" / "saved.csv")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (1, "")
        assert len(done.stderr.splitlines()) == 1
        assert "Traceback" not in done.stderr


class TestExportOfViews:
    """Pictures are drawn by kaleido, which is an optional extra; what needs none of it is tested whole."""

    def test_a_view_is_saved_as_slides_and_as_a_handout(self, tmp_path, capsys):
        """Both open again and are about the view."""
        from pptx import Presentation

        code, out, _ = run(capsys, "export", "pptx", "tab=explore&condition=cidp", "--out", tmp_path / "a.pptx")
        assert (code, out) == (0, [str(tmp_path / "a.pptx")])
        titles = [slide.shapes.title.text_frame.text for slide in Presentation(tmp_path / "a.pptx").slides]
        assert "Chronic inflammatory demyelinating polyneuropathy" in titles
        assert run(capsys, "export", "html", "tab=safety", "--out", tmp_path / "a.html")[0] == 0
        assert "Side effects" in (tmp_path / "a.html").read_text(encoding="utf-8")

    def test_a_lecture_is_read_from_a_file(self, tmp_path, capsys):
        """What the page saves, the command takes."""
        from ivig_explainer.scenes import Lecture, Scene

        scene = Scene("tab=explore&condition=gbs", "card", title="My scene", notes="Say it.")
        (tmp_path / "l.json").write_text(Lecture("mine", "My lecture", (scene,)).to_json(), encoding="utf-8")
        assert run(capsys, "export", "html", "--lecture", tmp_path / "l.json", "--out", tmp_path / "a.html")[0] == 0
        text = (tmp_path / "a.html").read_text(encoding="utf-8")
        assert "My scene" in text
        assert "Say it." in text
        run(capsys, "export", "html", "--no-notes", "--lecture", tmp_path / "l.json", "--out", tmp_path / "a.html")
        assert "Say it." not in (tmp_path / "a.html").read_text(encoding="utf-8")

    def test_fact_sheets(self, tmp_path, capsys):
        """A condition's by its id, IVIG's own without one."""
        for arguments, title in ((["gbs"], "<title>Guillain"), ([], "<title>IVIG fact sheet")):
            assert run(capsys, "export", "sheet", *arguments, "--out", tmp_path / "s.html")[0] == 0
            assert title in (tmp_path / "s.html").read_text(encoding="utf-8")

    @pytest.mark.parametrize(
        ("arguments", "sentence"),
        [
            (["sheet", "gsb"], "not saved: condition 'gsb' is not known"),
            (["html", "tab=magic"], "not saved: tab 'magic' is not known here"),
            (["pptx", "--lecture", "nowhere.json"], "cannot read the lecture nowhere.json: No such file or directory"),
            (["csv", "--lecture", "x"], "--lecture goes with pptx and html, not with csv"),
            (["svg", "tab=safety", "--chart", "pie"], "not saved: scene 1: the view shows no chart pie"),
            (["png", "tab=questions"], "not saved: the tab questions has no chart"),
        ],
    )
    def test_what_makes_no_sense_is_one_sentence(self, arguments, sentence, tmp_path, capsys):
        """Exit 1, one line, no file."""
        code, out, err = run(capsys, "export", *arguments, "--out", tmp_path / "never")
        assert (code, out, len(err)) == (1, [], 1)
        assert err[0].startswith(f"ivig-explainer: {sentence}")
        assert list(tmp_path.iterdir()) == []

    def test_a_damaged_lecture_is_one_sentence_and_leaves_what_was_there(self, tmp_path, capsys):
        """A file is written as a whole or not at all."""
        (tmp_path / "l.json").write_text('{"scenes": [{"focus": "pie"}]}', encoding="utf-8")
        (tmp_path / "a.html").write_text("before", encoding="utf-8")
        code, _, err = run(capsys, "export", "html", "--lecture", tmp_path / "l.json", "--out", tmp_path / "a.html")
        assert (code, len(err)) == (1, 1)
        assert "scene 1: focus 'pie'" in err[0]
        assert (tmp_path / "a.html").read_text(encoding="utf-8") == "before"
        assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "l.json"]

    def test_pictures_without_kaleido_say_what_to_install(self, tmp_path, capsys, monkeypatch):
        """The sentence names the package and the browser."""
        monkeypatch.setitem(sys.modules, "kaleido", None)
        code, _, err = run(capsys, "export", "png", "--out", tmp_path / "a.png")
        assert (code, len(err)) == (1, 1)
        assert "ivig-explainer[pictures]" in err[0]
        assert "BROWSER_PATH" in err[0]
