"""Reading people from CSV, what is said about a bad file, and the made-up people."""

from pathlib import Path

import pytest

from rollbook.simulator.people import SAMPLE_SIZE, PeopleFileError, Person, load_people, parse_people, sample_people

HEADER = "userName,givenName,familyName,email,title,department\n"


def test_a_file_is_read_with_its_columns_in_any_order(tmp_path: Path):
    path = tmp_path / "people.csv"
    path.write_text(
        '\ufefffamilyName,userName,givenName,title\nL,ada@x.test, Ada ,"Engineer, Platform"\n\n李,mei@x.test,梅,\n',
        encoding="utf-8",
    )

    people = load_people(path)

    assert people == [
        Person("ada@x.test", "Ada", "L", "ada@x.test", title="Engineer, Platform"),
        Person("mei@x.test", "梅", "李", "mei@x.test"),
    ]


def test_an_email_of_its_own_goes_before_the_user_name():
    people = parse_people(HEADER + "ada,Ada,L,ada.l+okta@x.test,,Research\n", "people.csv")

    assert people == [Person("ada", "Ada", "L", "ada.l+okta@x.test", department="Research")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "people.csv, line 1: column userName is missing. The header must name userName, givenName, familyName."),
        (
            "userName,givenName\n",
            "people.csv, line 1: column familyName is missing. The header must name userName, givenName, familyName.",
        ),
        (
            "userName;givenName;familyName\n",
            "people.csv, line 1: unknown column 'userName;givenName;familyName'. The columns are userName, givenName, "
            "familyName, email, title, department. Separate the columns by commas.",
        ),
        ("userName,userName,givenName,familyName\n", "people.csv, line 1: column userName appears twice. Keep one."),
        (HEADER, "people.csv: has no people below its header. Add one line for each person."),
        (
            HEADER + "ada@x.test,Ada,L,,,\n\nbo@x.test,,M,,,\n",
            "people.csv, line 4, column givenName: is empty. Every person needs one.",
        ),
        (
            HEADER + "ada@x.test,Ada,L,,Engineer, Platform,Research\n",
            "people.csv, line 2: has 7 fields, but the header has 6. Put quotes around a value that contains a comma.",
        ),
        (
            HEADER + "ada@x.test,Ada,L,at home,,\n",
            "people.csv, line 2, column email: 'at home' is not an e-mail address. Correct it.",
        ),
        (
            HEADER + "ada,Ada,L,,,\n",
            "people.csv, line 2, column userName: 'ada' is not an e-mail address. "
            "Fill in the email column for this person.",
        ),
        (
            HEADER + 'ada@x.test,Ada,L,,"Head\nof all",\n',
            "people.csv, line 2, column title: has a line break or control character. Remove it.",
        ),
        (
            HEADER + 'ada@x.test,Ada,"L\nL",,,\nbo@x.test,Bo,M,,,\nBO@x.test,Bo,M,,,\n'.replace("\nL", ""),
            "people.csv, line 4, column userName: 'BO@x.test' is already on line 3 (capitals do not matter). "
            "Give each person their own userName.",
        ),
        (
            HEADER + 'ada@x.test,"Ada"x,L,,,\n',
            "people.csv, line 2: is not well-formed CSV: ',' expected after '\"'.",
        ),
    ],
)
def test_a_bad_file_is_refused_with_its_line_and_column(text: str, said: str):
    with pytest.raises(PeopleFileError) as refusal:
        parse_people(text, "people.csv")

    assert str(refusal.value) == said


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path):
    (tmp_path / "latin.csv").write_bytes("userName,givenName,familyName\nzo\xeb@x.test,Z,H\n".encode("latin-1"))

    with pytest.raises(PeopleFileError, match=r"absent\.csv: cannot be read: No such file or directory\."):
        load_people(tmp_path / "absent.csv")
    with pytest.raises(PeopleFileError, match=r"latin\.csv: is not UTF-8 text \(byte 32\)\. Save it as CSV UTF-8\."):
        load_people(tmp_path / "latin.csv")


def test_the_sample_is_varied_enough_to_find_mistakes():
    people = sample_people(SAMPLE_SIZE)

    assert len(people) == len({person.user_name for person in people}) == SAMPLE_SIZE == 25
    assert all(person.email.endswith("@acme.test") for person in people)
    assert any(not person.given_name.isascii() for person in people)
    assert any("'" in person.family_name for person in people)
    assert any("'" in person.email for person in people)
    assert any("+" in person.email for person in people)
    assert any("-" in person.family_name for person in people)
    assert any("," in person.title for person in people)


def test_made_up_people_are_distinct_and_always_the_same():
    people = sample_people(2000)

    assert len({person.user_name.casefold() for person in people}) == 2000
    assert people == sample_people(2000)
    assert people[:40] == sample_people(40)
    assert people[:3] == sample_people(3)
    assert people[25] == Person(
        "ada.hale.26@acme.test", "Ada", "Brontë-Hale", "ada.hale.26@acme.test", "Staff Engineer", "Engineering"
    )
