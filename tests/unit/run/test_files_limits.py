"""Bounds: the whole corpus and the worst files we know, each within 1 s and 200 MB, in a process that has no more."""

import json
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

CORPUS = Path(__file__).parents[2] / "corpus" / "files"

MB = 1_000_000

WORST: dict[str, Callable[[], str]] = {
    "10_mb_scalar.yaml": lambda: "a: '" + "x" * 10 * MB + "'\n",
    "4_mb_scalar.yaml": lambda: "a: '" + "\U0001f600" * MB + "'\n",
    "4_mb_plain_scalar.yaml": lambda: "a: " + "9" * 4 * MB + "\n",
    "million_keys.yaml": lambda: "".join(f"k{i}: {i}\n" for i in range(300_000)),
    "most_values.yaml": lambda: "a: [" + "1e-3," * 29_990 + "]\n",
    "most_keys.yaml": lambda: "".join(f"key_{i}: 0.{i}\n" for i in range(14_990)),
    "dashes.yaml": lambda: "a:\n" + "- - - - 1\n" * 100_000,
    "deep_flow.yaml": lambda: "a: " + "[" * 100_000,
    "deep_flow_closed.yaml": lambda: "a: " + "[" * 1_000 + "]" * 1_000,
    "deep_braces.yaml": lambda: "a: " + "{a: " * 100_000,
    "deep_block.yaml": lambda: "".join(" " * i + "a:\n" for i in range(2_000)),
    "deep_dashes.yaml": lambda: "a: \n" + "- " * 100_000,
    "question_marks.yaml": lambda: "? " * 100_000,
    "comments.yaml": lambda: "a: 1\n" + "#\n" * 2_000_000,
    "blank_lines.yaml": lambda: "a: 1\n" + "\n" * 4_000_000,
    "spaces.yaml": lambda: "a: 1" + " " * 4_000_000,
    "tags.yaml": lambda: "%YAML 1.1\n" + "".join(f"%TAG !a{i}! x\n" for i in range(200_000)) + "--- a: 1\n",
    "anchors.yaml": lambda: "a: [" + ",".join(f"&a{i} 1" for i in range(29_000)) + "]\n",
    "nested_anchors.yaml": lambda: "a: " + "".join(f"&a{i} [" for i in range(60)) + "1," * 29_000 + "]" * 60,
    "aliases.yaml": lambda: "a: &a 1\nb: [" + "*a," * 49_000 + "]\n",
    "alias_bomb.yaml": lambda: (
        "a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
        + "".join(f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 30))
    ),
    "merge_bomb.yaml": lambda: (
        "a0: &a0 {k: 1}\n"
        + "".join(f"a{i}: &a{i} {{<<: [{','.join([f'*a{i - 1}'] * 9)}], k{i}: 1}}\n" for i in range(1, 30))
    ),
    "merge_wide.yaml": lambda: (
        "a: &a {" + ",".join(f"k{i}: {i}" for i in range(4_000)) + "}\nb: {<<: [" + "*a," * 1_000 + "]}\n"
    ),
    "escapes.yaml": lambda: 'a: "' + "\\x41" * MB + '"\n',
    "colons.yaml": lambda: "a: " + "1:" * 2_000_000 + "1\n",
    "sexagesimal.yaml": lambda: "a: [" + "1:2:3," * 29_000 + "]\n",
    "syntax_error_at_the_end.yaml": lambda: "a:\n" + " - x\n" * 29_000 + " b: }\n",
    "ints.yaml": lambda: "a: [" + ("9" * 9_999 + ",") * 390 + "]\n",
    "int_keys.yaml": lambda: "a: {" + ",".join(f"{2**61 * i}: 1" for i in range(14_000)) + "}\n",
    "deep_lists.json": lambda: "[" * 1_000_000,
    "deep_objects.json": lambda: '{"a":' * 500_000,
    "4_mb_string.json": lambda: '{"a": "' + "\U0001f600" * 990_000 + '"}',
    "million_keys.json": lambda: "{" + ",".join(f'"k{i}":{i}' for i in range(300_000)) + "}",
    "most_values.json": lambda: '{"a": [' + ",\n".join("0.5" for _ in range(29_000)) + "]}",
    "long_int.json": lambda: '{"a": ' + "9" * 4_000_000 + "}",
    "long_fraction.json": lambda: '{"a": 0.' + "9" * 4_000_000 + "}",
    "ints.json": lambda: '{"a": [' + ("9" * 9_999 + ",") * 390 + "1]}",
    "spaces.json": lambda: '{"a": 1' + " \n" * 2_000_000 + "}",
    "dotted_key_40_kb.toml": lambda: "a." * 20_000 + "a = 1\n",
    "dotted_keys.toml": lambda: "".join(f"{'a.' * 62}k{i} = 1\n" for i in range(7_000)),
    "dotted_headers.toml": lambda: "".join(f"[{'a.' * 62}k{i}]\n" for i in range(7_000)),
    "dotted_key_after_an_error.toml": lambda: "x = ?\n" + "a." * 20_000 + "a = 1\n",
    "dotted_key_on_an_erring_line.toml": lambda: "x = ? " + "a." * 20_000 + "a = 1\n",
    "deep_arrays.toml": lambda: "a = " + "[" * 500_000,
    "deep_arrays_closed.toml": lambda: "a = " + "[" * 500 + "]" * 500 + "\n",
    "deep_inline_tables.toml": lambda: "a = " + "{a = " * 1_000 + "1" + "}" * 1_000 + "\n",
    "many_keys.toml": lambda: "".join(f"k{i} = {i}\n" for i in range(14_000)),
    "many_values.toml": lambda: "a = [" + "1," * 29_000 + "]\n",
    "many_tables.toml": lambda: "".join(f"[[a]]\nk{i} = 1\n" for i in range(7_000)),
    "long_string.toml": lambda: "a = '''" + "x\n'" * 300_000 + "'''\n",
    "long_basic_string.toml": lambda: 'a = """' + '\\n"' * 300_000 + '"""\n',
    "open_string.toml": lambda: 'a = """' + 'x""' * 300_000,
    "long_int.toml": lambda: "a = " + "9" * 900_000 + "\n",
    "long_hex.toml": lambda: "a = 0x" + "f" * 900_000 + "\n",
    "comments.toml": lambda: "#\n" * 500_000,
    "larger_than_1_mb.toml": lambda: "a = 1\n" + "#" * 1_100_000,
    "escaped_names.toml": lambda: "".join(f'"\\u0041{i}" = 1\n' for i in range(14_000)),
}

REFUSED = {
    "10_mb_scalar.yaml",
    "4_mb_plain_scalar.yaml",
    "million_keys.yaml",
    "dashes.yaml",
    "deep_flow.yaml",
    "deep_flow_closed.yaml",
    "deep_braces.yaml",
    "deep_block.yaml",
    "deep_dashes.yaml",
    "question_marks.yaml",
    "tags.yaml",
    "aliases.yaml",
    "alias_bomb.yaml",
    "merge_bomb.yaml",
    "merge_wide.yaml",
    "syntax_error_at_the_end.yaml",
    "deep_lists.json",
    "deep_objects.json",
    "million_keys.json",
    "long_int.json",
    "long_fraction.json",
    "dotted_key_40_kb.toml",
    "dotted_keys.toml",
    "dotted_headers.toml",
    "dotted_key_after_an_error.toml",
    "dotted_key_on_an_erring_line.toml",
    "deep_arrays.toml",
    "deep_arrays_closed.toml",
    "deep_inline_tables.toml",
    "open_string.toml",
    "long_int.toml",
    "long_hex.toml",
    "larger_than_1_mb.toml",
}


@pytest.mark.unmeasured
def test_no_file_takes_more_than_1_s_and_200_mb(tmp_path: Path) -> None:
    for name, text in WORST.items():
        (tmp_path / name).write_text(text(), encoding="utf-8")
    files = [str(path) for path in (*sorted(CORPUS.iterdir()), *sorted(tmp_path.iterdir())) if path.suffix != ".tsv"]

    child = subprocess.run([sys.executable, __file__, *files], capture_output=True, text=True, timeout=240, check=False)

    assert child.returncode == 0, child.stderr
    results = [json.loads(line) for line in child.stdout.splitlines()]
    assert [result["path"] for result in results] == files
    assert [result for result in results if result["outcome"] not in ("read", "ConfigFileError")] == []
    assert [result for result in results if result["cpu_s"] > 1.0] == []
    refused = {Path(result["path"]).name for result in results if result["outcome"] == "ConfigFileError"}
    assert refused & WORST.keys() == REFUSED


def _read_each(paths: list[str]) -> None:
    import yaml  # noqa: F401 - before the bound is set

    from setpoint._run.files import file_params, from_json, from_toml, from_yaml  # noqa: F401 - likewise

    _bound_memory(200 * MB)
    warnings.simplefilter("ignore")
    for path in paths:
        start = time.process_time()
        outcome = "read"
        try:
            file_params(path)
        except BaseException as error:
            outcome = type(error).__name__
        print(json.dumps({"path": path, "outcome": outcome, "cpu_s": time.process_time() - start}), flush=True)


def _bound_memory(more_bytes: int) -> None:
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except (ImportError, OSError):  # not on Linux: only the time is checked
        return
    most = pages * resource.getpagesize() + more_bytes
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


if __name__ == "__main__":
    _read_each(sys.argv[1:])
