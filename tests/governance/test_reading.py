"""A regulation's text becomes the tree that a person sees in it, however it was pasted."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hengwei.governance.texts import Document, Node, from_docx, marks, parse, to_docx, to_markdown, walk
from hengwei.governance.texts.clauses import identify

RUN_ON = (
    "恒信公司技术支持管理制度第一章总则第一条为规范技术支持工作，制定本制度。第二条本制度适用于公司全体员工，按照第五条的规定执行。第二章职责第三条服务台职责："
    "（一）受理请求；（二）派单，依照第三章规定的流程；（三）回访。第四条工程师应当在30分钟内响应。违反第三条规定的，按第六条处理。第三章附则第五条本制度由服务台解释。第六条自发布之日起施行。"
)


def outline(document: Document) -> list[str]:
    return [f"{'  ' * depth}{node.number}{'|' + node.title if node.title else ''}{'|' + node.text if node.text else ''}" for depth, node in walk(document.nodes)]


def test_a_run_on_paragraph_as_copied_from_a_web_page():
    document = parse(RUN_ON)
    assert document.title == "恒信公司技术支持管理制度"
    assert outline(document) == [
        "第一章|总则", "  第一条|为规范技术支持工作，制定本制度。", "  第二条|本制度适用于公司全体员工，按照第五条的规定执行。",
        "第二章|职责", "  第三条|服务台职责：", "    （一）|受理请求；", "    （二）|派单，依照第三章规定的流程；", "    （三）|回访。",
        "  第四条|工程师应当在30分钟内响应。违反第三条规定的，按第六条处理。",
        "第三章|附则", "  第五条|本制度由服务台解释。", "  第六条|自发布之日起施行。",
    ]


@pytest.mark.parametrize("reference", [
    "按照第二条的规定执行。", "第二条规定的除外。", "依据本制度第二条、第三条办理。", "违反第二条的，予以处理。", "见第二条。", "适用第二条第一款。",
    "本制度第二章规定的职责。", "第二条至第四条所称客户。", "（参见第二条）。",
])
def test_a_reference_inside_a_sentence_is_no_boundary(reference):
    document = parse(f"第一条甲方应当受理。{reference}第二条乙方应当派单。")
    assert [node.number for _depth, node in walk(document.nodes)] == ["第一条", "第二条"]
    assert document.nodes[0].text.endswith(reference)


def test_lines_with_a_reference_at_their_beginning():
    document = parse("第一章 总则\n第一条　工程师应当受理。\n第三条规定的情形除外。\n第二条　其他。")
    assert [node.number for _depth, node in walk(document.nodes)] == ["第一章", "第一条", "", "第二条"]
    assert document.nodes[0].children[0].children[0].text == "第三条规定的情形除外。"


def test_every_numbering_nests_by_its_first_appearance():
    document = parse("技术支持制度\n\n一、目的\n为规范服务，制定本制度。\n二、范围\n（一）内部\n1. 员工\n（1）正式\n① 在岗\n2、供应商\n(二)外部\n三、要求\n1.1 首次响应\n1.2 解决时限，1.5小时内\n- 甲\n  - 乙\n- 丙")
    assert document.title == "技术支持制度"
    assert outline(document) == [
        "一、|目的", "  |为规范服务，制定本制度。", "二、|范围", "  （一）|内部", "    1.|员工", "      (1)|正式", "        ①|在岗", "    2.|供应商", "  （二）|外部",
        "三、|要求", "  1.1|首次响应", "  1.2|解决时限，1.5小时内", "    |甲", "      |乙", "    |丙",
    ]


def test_full_width_and_half_width_are_the_same():
    wide, narrow = parse("第１条　受理：（１）电话；（２）邮件。"), parse("第1条 受理：(1)电话；(2)邮件。")
    assert outline(wide) == outline(narrow) == ["第1条|受理：", "  (1)|电话；", "  (2)|邮件。"]


def test_english_with_a_markdown_heading():
    document = parse("# Support rules\n## Chapter 1 General\nArticle 1 Every request is recorded. See Article 3 of this rule.\nArticle 2 Steps: (1) receive; (2) assign.\nI. First\nA. a thing\nII. Second")
    assert document.title == "Support rules"
    assert outline(document) == [
        "Chapter 1|General", "  Article 1|Every request is recorded. See Article 3 of this rule.", "  Article 2|Steps:", "    (1)|receive;", "    (2)|assign.",
        "    I.|First", "      A.|a thing", "    II.|Second",
    ]


def test_an_inserted_article_and_one_with_a_title():
    document = parse("第一条【受理】服务台受理。第二条派单。第二条之一紧急的立即派单。第三条完成。")
    assert outline(document) == ["第一条|受理|服务台受理。", "第二条|派单。", "第二条之一|紧急的立即派单。", "第三条|完成。"]


def test_a_table_of_contents_is_left_out():
    document = parse("管理制度\n目录\n第一章 总则\n第二章 附则\n第一章 总则\n第一条 目的。\n第二章 附则\n第二条 施行。")
    assert [n.number for _d, n in walk(document.nodes)] == ["第一章", "第一条", "第二章", "第二条"]


def test_a_line_broken_by_the_width_of_a_page_goes_on():
    document = parse("第一条 工程师应当在收到请求之后的三十分钟之内作出首次\n响应，并告知请求人。\n第二条 其他。")
    assert document.nodes[0].text == "工程师应当在收到请求之后的三十分钟之内作出首次响应，并告知请求人。"


@given(st.text(alphabet="第一二三章节条、（）().1234五款 \n\t　按规定的。；：-•①IA#", max_size=120))
@settings(max_examples=400)
def test_no_text_breaks_it_and_no_word_is_lost(text):
    document = parse(text)
    said = document.title + "".join(node.number + node.title + node.text for _depth, node in walk(document.nodes))
    kept = [c for c in marks.narrow(text) if c in "款按规定的"]
    assert [c for c in marks.narrow(said) if c in "款按规定的"] == kept


@given(st.integers(1, 999))
def test_chinese_numerals(value):
    assert marks.hanzi_value(marks.to_hanzi(value)) == value


def test_ids_are_the_same_for_the_same_text_and_never_twice():
    once, again = identify(parse(RUN_ON).nodes), identify(parse(RUN_ON).nodes)
    assert [key for key, _n in once] == [key for key, _n in again]
    assert len({key for key, _n in once}) == len(once)


# --- what was exported is read again exactly -------------------------------------------------------------------------

words = st.text(alphabet=st.sampled_from("第一二条章（）()1.2、按照规定的。；：\\【】#>*-•abc Z技术支持响应分钟"), max_size=24).map(lambda t: " ".join(t.split()))
titles = st.text(alphabet="总则职责服务响应abc ", max_size=8).map(lambda t: " ".join(t.split()))
NUMBERS = ("一、", "二、", "十一、", "（一）", "（十二）", "1.", "23.", "1.1", "2.10.3", "(1)", "(12)", "①", "⑳", "I.", "IV.", "A.", "b.")


@st.composite
def bodies(draw, depth=0):
    kind = draw(st.sampled_from(["paragraph", "item", "bullet"]))
    text = draw(words.filter(bool))
    return Node(kind, draw(st.sampled_from(NUMBERS)) if kind == "item" else "", "", text, draw(st.lists(bodies(depth + 1), max_size=2)) if depth < 3 else [])


def frames(kind, unit, inner):
    return st.builds(
        lambda n, title, text, first, then: Node(kind, f"第{marks.to_hanzi(n)}{unit}", title, text if kind == "article" else "", [*first, *then]),
        st.integers(1, 120), titles, words, st.lists(bodies(), max_size=2), st.lists(inner, max_size=3) if inner is not None else st.just([]),
    )


articles = frames("article", "条", None)
sections = frames("section", "节", articles)
documents = st.builds(
    lambda title, first, then: Document(title, [*first, *then]), titles, st.lists(bodies(), max_size=2),
    st.lists(frames("chapter", "章", st.one_of(sections, articles)), min_size=1, max_size=3),
)

def _ordered(document: Document) -> Document:
    """Articles before sections, as a chapter has them: an article after a section would be that section's."""
    for _depth, node in walk(document.nodes):
        node.children.sort(key=lambda c: {"section": 2, "article": 1}.get(c.kind, 0))
    return document


@given(documents.map(_ordered))
@settings(max_examples=200)
def test_markdown_read_again_is_the_same_tree(document):
    assert parse(to_markdown(document)) == document


@given(documents.map(_ordered))
@settings(max_examples=40)
def test_docx_read_again_is_the_same_tree(document):
    assert from_docx(to_docx(document)) == document
