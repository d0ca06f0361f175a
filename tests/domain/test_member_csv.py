"""The CSV text of an import: what is read of it, and what is refused as a whole with words that help."""

import pytest

from rollbook.domain.errors import InvalidValue, TooLarge
from rollbook.domain.jobs import PersonTask
from rollbook.domain.member_csv import MAX_ROWS, import_tasks

ANN = PersonTask("ann@acme.test", "Ann Lee", "admin")


@pytest.mark.parametrize(
    "text",
    [
        "email,name,role\nann@acme.test,Ann Lee,admin\n",
        "email,name,role\r\nann@acme.test,Ann Lee,admin",
        "email,name,role\rann@acme.test,Ann Lee,admin\r",
        "\ufeffEmail, NAME ,Role\nann@acme.test, Ann Lee , admin\n",
        "role;name;email\nadmin;Ann Lee;ann@acme.test\n",
        "email\tname\trole\nann@acme.test\tAnn Lee\tadmin\n",
        '"email","name","role"\n"ann@acme.test","Ann Lee","admin"\n',
        "\n\nemail,name,role\n\n,,\nann@acme.test,Ann Lee,admin\n\n",
    ],
    ids=["plain", "windows", "old mac", "excel", "semicolon", "tab", "quoted", "blank lines"],
)
def test_one_person_is_read_however_the_file_was_written(text):
    assert import_tasks(text) == [ANN]


def test_name_and_role_may_be_absent():
    assert import_tasks("email\nann@acme.test") == [PersonTask("ann@acme.test")]
    assert import_tasks("email,name,role\nann@acme.test,,\nbo@acme.test") == [
        PersonTask("ann@acme.test"),
        PersonTask("bo@acme.test"),
    ]


def test_a_quoted_value_may_hold_the_separator_a_quote_and_a_line_break():
    assert import_tasks('email,name\nann@acme.test,"Lee, ""Ann""\nII"') == [
        PersonTask("ann@acme.test", 'Lee, "Ann"\nII')
    ]


def test_a_separator_of_lines_that_is_none_in_csv_stays_in_its_value():
    assert import_tasks("email,name\nann@acme.test,Ann\u2028Lee\x0b") == [PersonTask("ann@acme.test", "Ann\u2028Lee")]


def test_a_second_row_of_one_address_points_to_the_first():
    tasks = import_tasks("email\nann@acme.test\nbo@acme.test\nANN@acme.test\nAnn@Acme.test")

    assert [task.same_as for task in tasks] == [None, None, 1, 1]


def test_what_is_wrong_with_one_row_is_told_of_that_row():
    too_long, nameless, good = import_tasks("email,name\nann@acme.test,Ann,Lee\n,Bo\ncy@acme.test,Cy")

    assert too_long.mistake == "The row has 3 values, and the header has 2."
    assert nameless.mistake == "The row has no e-mail address."
    assert good == PersonTask("cy@acme.test", "Cy")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "header line with the column email"),
        ("ann@acme.test,Ann Lee\n", "The first line is: 'ann@acme.test, Ann Lee'"),
        ("email,name\n", "no row below it"),
        ("email,status\na@b.test,x", "the column 'status'"),
        ("email,email\na@b.test,x", "email twice"),
        ("email,name\na@b.test,J\ufffdrgen", "line 2 holds U+FFFD"),
        ("email,name\na@b.test,\0", "line 2 holds U+0000"),
        ('email,name\na@b.test,"Ann', "near line 2"),
        ('email,name\na@b.test,"Ann"x', "near line 2"),
        ("email\n" + "x" * 200_000, "near line 2"),
    ],
)
def test_what_cannot_be_read_as_a_whole_is_refused_with_the_reason(text, told):
    with pytest.raises(InvalidValue) as refusal:
        import_tasks(text)

    assert refusal.value.field == "csv"
    assert told in refusal.value.message


def test_the_rows_are_limited():
    rows = "\n".join(f"u{at}@acme.test" for at in range(MAX_ROWS))
    assert len(import_tasks(f"email\n{rows}\n")) == MAX_ROWS

    with pytest.raises(TooLarge) as refusal:
        import_tasks(f"email\n{rows}\none.more@acme.test")

    assert refusal.value.limit == MAX_ROWS
