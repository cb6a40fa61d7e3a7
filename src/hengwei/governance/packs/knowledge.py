"""Knowledge: requirements C1 to C4."""

from . import Pack, Proof, Words, article, chapter

PACK = Pack(
    "knowledge", "HX-KB-01", Words("知识库管理制度", "Knowledge regulation"),
    purpose=Words(
        "积累和共享技术支持的经验，使同样的问题不必重复查找答案。",
        "To gather and share what support has learnt, so that nobody looks for the same answer twice."),
    scope=Words("适用于知识库的编写、评审、发布和使用。", "It holds for writing, reviewing, publishing and using the knowledge base."),
    body=Words("技术支持部", "The support department"),
    definitions=Words(
        "知识：常见问题、技术文档、操作手册和维护手册。评审：由编写人以外的人核对内容。",
        "Knowledge: frequent questions, technical documents, operation manuals and maintenance manuals. Review: somebody other than the author checks the content."),
    legal_basis=Words("公司知识管理要求。", "The company's requirements on knowledge."),
    clauses=(
        chapter("第一章", "内容与读者", "Content and readers"),
        article("第一条", "知识库收录常见问题、技术文档和操作手册，员工和用户各见其所应见，由管理人定期检查。", "The knowledge base holds frequent questions, technical documents and manuals; staff and users each see what is theirs, and its keeper inspects this.", "C1", Proof(attest_days=90)),
        chapter("第二章", "编写", "Writing"),
        article("第二条", "工程师解决问题后应当及时从工单记录可复用的解决方案和经验。", "The engineer who solved it records the reusable solution from the ticket itself, promptly.", "C2", Proof("flows.solved_into_knowledge", threshold=20, span="month")),
        article("第三条", "每个系统都应当有维护手册，写明常见故障和处理方法，便于故障处理时查阅。", "Every system has a maintenance manual with its common faults and how to handle them, at hand in the fault itself.", "C4", Proof("knowledge.systems_with_manual", span="month", correct="exception")),
        chapter("第三章", "评审与更新", "Review and renewal"),
        article("第四条", "知识文章应当按周期评审和更新，不得逾期。", "Articles are reviewed and updated on their cycle, and no review is overdue.", "C3", Proof("knowledge.reviewed", threshold=90, span="month")),
        article("第五条", "知识文章发布前应当由编写人以外的人评审。", "An article is reviewed by somebody other than its author before it is published.", "C3", Proof("knowledge.second_person", threshold=95, span="month")),
        article("第六条", "本制度由技术支持部解释，自发布之日起施行。", "The support department interprets this regulation. It takes effect on publication."),
    ),
)
