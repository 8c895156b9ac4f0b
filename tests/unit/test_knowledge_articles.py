"""What articles are made of: differences, pictures, and texts without persons."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsm_knowledge.tools import anonymous, pictures, text_diff


@pytest.mark.parametrize("module", [anonymous, pictures, text_diff])
def test_examples(module):
    result = doctest.testmod(module)
    assert result.attempted and not result.failed


def _side(rows, number):
    return ["".join(text for _kind, text in row[number]) for row in rows if row[number]]


LINES = st.lists(st.text("ab 中文.,\t", max_size=12), max_size=8)


@given(LINES, LINES)
def test_differences_lose_nothing(before, after):
    rows = text_diff.compare("\n".join(before), "\n".join(after))
    assert _side(rows, 0) == [line.strip() for line in before if line.strip()]
    assert _side(rows, 1) == [line.strip() for line in after if line.strip()]
    assert any(row.changed for row in rows) == (_side(rows, 0) != _side(rows, 1))


def test_chinese_differs_by_sign():
    (row,) = text_diff.compare("请按红色键。", "请按绿色键。")
    assert row.left == [("same", "请按"), ("gone", "红"), ("same", "色键。")]
    assert row.right == [("same", "请按"), ("new", "绿"), ("same", "色键。")]


def test_other_lines_stand_alone():
    rows = text_diff.compare("Switch it off.", "每周五备份。")
    assert [row.right for row in rows if row.left] == [[]]


@pytest.mark.parametrize(
    "source",
    [
        "https://spy.example/1.gif",
        "//spy.example/1.gif",
        "javascript:alert(1)",
        "data:text/html;base64,PHNjcmlwdD4=",
        "data:image/svg+xml;base64,PHN2Zz4=",
        "/web/image/../../my/secret",
        "/web/image?model=res.users&id=1&field=image_128",
        "/web/image/res.users/1/image_128",
        "",
    ],
)
def test_foreign_pictures_go(source):
    assert "<img" not in pictures.clean(f'<p>a<img src="{source}"/>b</p>')
    assert "<img" not in pictures.serve(f'<p>a<img src="{source}"/>b</p>', str)


@pytest.mark.parametrize(
    "source",
    [
        "/web/image/7",
        "/web/image/7-abc/x.png?access_token=t",
        "/web/content/7?download=1",
        "https://desk.example/web/image/7",
    ],
)
def test_own_pictures_stay(source):
    body = f'<p><img src="{source}"/></p>'
    assert pictures.clean(body) == '<p><img src="/web/image/7"></p>'
    assert pictures.ids(body) == [7]
    assert pictures.serve(body, lambda found: None) == "<p></p>"


def test_text_around_pictures_stays():
    body = 'before<img src="/web/image/7"/>after &lt;b&gt; <b>bold</b>'
    assert (
        pictures.clean(body)
        == 'before<img src="/web/image/7">after &lt;b&gt; <b>bold</b>'
    )


PEOPLE = ["Anna von Berg", "王小明"]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Anna von Berg's screen is dark", "… screen is dark"),
        ("anna could not log in", "… could not log in"),
        ("Dr. Berg could not log in", "… could not log in"),
        ("Bergamot and annatto", "Bergamot and annatto"),
        ("王小明说打印机坏了", "…说打印机坏了"),
        ("Call +49 30 5550 4312 now", "Call … now"),
        ("手机13800138000联系", "…联系"),
        ("Mail to a.berg@staff.example.com please", "Mail to … please"),
        ("Error 0x80070005 in room 4711", "Error 0x80070005 in room 4711"),
        ("IP 10.20.30.40 does not answer", "IP 10.20.30.40 does not answer"),
        ("Hello Anna,\n\nIt is dark.\n\nBest regards,\nAnna\nWard 3B", "It is dark."),
        ("您好！\n打印机坏了。\n谢谢\n王小明", "打印机坏了。"),
        ("Thanks to a new roller it works.", "Thanks to a new roller it works."),
    ],
)
def test_persons_go(text, left):
    assert anonymous.strip_people(text, [], PEOPLE) == left


def test_a_farewell_in_the_middle_keeps_what_follows():
    story = "\n".join(f"Step {number}" for number in range(10))
    text = f"It is dark.\nThanks\n{story}"
    assert anonymous.strip_people(text, []) == text
