#!/usr/bin/env python3
"""The exports that a unit test left in target/exports, opened again by openpyxl (PyPI) and Python's csv.

    python3 tests/clients/spreadsheet.py [--home target/clients]

Amounts are numbers, days are days, doubtful values have a coloured ground, and nothing is a formula.
"""
import argparse, csv, pathlib, subprocess, sys
from run import ROOT, Skipped, python_with

EXPORTS = ROOT / "target" / "exports"


def check():
    import datetime, openpyxl

    book = openpyxl.load_workbook(EXPORTS / "values.xlsx")
    assert book.sheetnames == ["Values", "Table lines"], book.sheetnames
    values = book["Values"]
    head, first, second = values.iter_rows()
    assert [cell.value for cell in head] == ["File", "Status", "Invoice no", "Total", "Date"]
    assert [cell.value for cell in first] == ["a.pdf", "approved", "00123", "1,234.50; 7.00", None]
    assert first[3].fill.start_color.rgb == "FFFFF1DC", "the total is doubtful"
    assert first[2].fill.fill_type is None, "the number is sure"
    assert second[4].value == datetime.datetime(2019, 6, 10), second[4].value
    lines = list(book["Table lines"].iter_rows(values_only=True))
    assert lines[1:] == [("a.pdf", "1", "1", "Paper, A4", 9.5), ("a.pdf", "1", "1", "=cmd()", 1234)], lines
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row), "nothing is run"

    with open(EXPORTS / "lines.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["File", "Page", "Table", "Item", "Price"] and rows[2][3] == "'=cmd()", rows


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--home", type=pathlib.Path, default=ROOT / "target" / "clients")
    arguments.add_argument("--check", action="store_true", help="inside the environment that has openpyxl")
    arguments = arguments.parse_args()
    if arguments.check:
        check()
        print("spreadsheet: 1 passed, 0 failed")
        return
    try:
        python = python_with(arguments.home.resolve(), "openpyxl", "3.1.5")
    except Skipped as why:
        print(f"skipped: {why}")
        return
    sys.exit(subprocess.run([python, __file__, "--check"]).returncode)


if __name__ == "__main__":
    main()
