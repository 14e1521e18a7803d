import json
import os
import subprocess
import sys
import textwrap

import msgspec
import pytest

from setpoint._core.secrets import Redactor
from setpoint._journal.liveness import boot_id, process_started
from setpoint._run.environment import capture
from setpoint._run.fingerprint import Fingerprints

REDACTOR = Redactor(Fingerprints({}))
SECRET = "hf_" + "a1B2" * 8


def ask(tmp_path, **how):
    given = {"argv": ["train.py"], "orig_argv": ["python", "train.py"], "environ": {}, "folder": tmp_path}
    return capture(REDACTOR, **{**given, **how}).environment


def test_the_process_and_the_machine_are_told(tmp_path):
    facts = ask(tmp_path)
    assert facts["process"] == {"pid": os.getpid(), "started": process_started(os.getpid()), "boot_id": boot_id()}
    assert facts["host"] == os.uname().nodename
    assert facts["executable"] == sys.executable
    assert facts["folder"] == str(tmp_path)
    assert facts["python"]["version"] == ".".join(map(str, sys.version_info[:3]))
    assert facts["cpus_usable"] <= facts["cpu_count"]
    assert facts["memory_bytes"] > 2**20
    assert facts["packages"]["pytest"] == pytest.__version__


def test_what_can_not_be_learned_is_left_out(tmp_path):
    facts = ask(tmp_path)
    assert "launcher" not in facts
    assert "variables" not in facts
    assert "git" not in facts
    assert all(fact not in (None, "", {}, []) for fact in facts.values())


def test_only_listed_variables_are_kept(tmp_path):
    environ = {"CUDA_VISIBLE_DEVICES": "0,1", "SLURM_JOB_NAME": "digits", "AWS_SECRET_ACCESS_KEY": "x", "EDITOR": "vi"}
    facts = ask(tmp_path, environ=environ)
    assert facts["variables"] == {"CUDA_VISIBLE_DEVICES": "0,1", "SLURM_JOB_NAME": "digits"}


def test_a_secret_reaches_no_fact_by_any_way(tmp_path):
    facts = ask(
        tmp_path,
        argv=["train.py", "--api-key", SECRET, f"--hub-token={SECRET}", SECRET],
        orig_argv=["python", "train.py", "--password", "correct horse", SECRET],
        environ={"SLURM_JWT": SECRET, "SLURM_COMMENT": f"token {SECRET}", "NCCL_PASSWORD": "correct horse"},
    )
    text = json.dumps(facts)
    assert SECRET not in text
    assert "correct horse" not in text
    assert set(facts["variables"]["SLURM_JWT"]) == {"$redacted"}
    assert facts["argv"][0] == "train.py"


def test_the_launcher_is_told(tmp_path):
    environ = {"RANK": "1", "LOCAL_RANK": "1", "WORLD_SIZE": "2", "MASTER_ADDR": "a", "MASTER_PORT": "1"}
    launcher = {"name": "env", "rank": 1, "local_rank": 1, "world_size": 2}
    assert ask(tmp_path, environ=environ)["launcher"] == launcher


def test_names_that_are_no_text_can_still_be_written(tmp_path):
    folder = tmp_path / os.fsdecode(b"\xff")
    facts = ask(tmp_path, folder=folder, argv=[os.fsdecode(b"\xfe")], environ={"TZ": "\udcff"})
    assert msgspec.json.decode(msgspec.json.encode(facts)) == facts
    assert facts["folder"].endswith("\\udcff")


SCRIPT = """
    import json, os, sys
    before = set(sys.modules)
    from pathlib import Path
    from setpoint._run.environment import capture
    from setpoint._core.secrets import Redactor
    def run():
        facts = capture(Redactor(lambda data: "00")).environment
        heavy = {"asyncio", "argparse", "sqlite3", "importlib.metadata"} & (set(sys.modules) - before)
        told = [facts.get("module"), facts.get("script"), facts["argv"], facts["command"][1:], sorted(heavy)]
        print(json.dumps(told))
    run()
"""


def run(folder, *args, **how):
    done = subprocess.run([sys.executable, *args], capture_output=True, text=True, cwd=folder, check=True, **how)
    return json.loads(done.stdout)


def test_a_script_a_module_and_a_command_tell_how_they_were_started(tmp_path):
    (tmp_path / "jobs").mkdir()
    script = tmp_path / "jobs" / "__main__.py"
    script.write_text(textwrap.dedent(SCRIPT))
    assert run(tmp_path, str(script), "--lr", "1") == [
        None, str(script), [str(script), "--lr", "1"], [str(script), "--lr", "1"], [],
    ]  # fmt: skip
    assert run(tmp_path, "-m", "jobs", "a") == ["jobs", str(script), [str(script), "a"], ["-m", "jobs", "a"], []]
    assert run(tmp_path, "jobs")[:2] == [None, str(script)]
    command = textwrap.dedent(SCRIPT)
    assert run(tmp_path, "-c", command) == [None, None, ["-c"], ["-c", command], []]


def test_a_working_folder_that_is_gone_is_no_trouble(tmp_path):
    (tmp_path / "a").mkdir()
    command = f"import os; os.rmdir({str(tmp_path / 'a')!r})\n" + textwrap.dedent(SCRIPT)
    assert run(tmp_path / "a", "-c", command)[2] == ["-c"]
