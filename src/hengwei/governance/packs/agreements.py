"""Agreements: requirements B1 to B3."""

from . import Pack, Proof, Words, article, chapter

PACK = Pack(
    "agreements", "HX-SL-01", Words("服务协议管理制度", "Service agreements regulation"),
    purpose=Words(
        "明确与客户和内部部门之间的服务约定，使承诺有依据、计时有说明。",
        "To make clear what is agreed with customers and departments, so that each promise has its ground and each figure its explanation."),
    scope=Words(
        "适用于与外部客户、内部部门和供应商之间的各类服务协议。",
        "It holds for all service agreements with customers, with departments of the company and with suppliers."),
    body=Words("技术支持部", "The support department"),
    definitions=Words(
        "服务协议：约定服务内容、响应时间、解决时间、流程、责任和费用的书面文件。工作日历：计算承诺时间所用的工作时间、节假日和调休。",
        "Service agreement: the written document on content, response time, resolution time, process, responsibilities and fees. "
        "Working calendar: the working hours, holidays and make-up days by which promised times are counted."),
    legal_basis=Words("公司合同与服务管理要求。", "The company's requirements on contracts and services."),
    clauses=(
        chapter("第一章", "协议的内容", "What an agreement says"),
        article("第一条", "服务协议应当写明服务内容、响应时间、解决时间、请求流程、双方责任和费用，由负责人定期核对。", "An agreement states content, response time, resolution time, request process, responsibilities and fees; its keeper checks it at intervals.", "B1", Proof(attest_days=180)),
        chapter("第二章", "协商、签署与续签", "Negotiation, signing, renewal"),
        article("第二条", "协议经协商并由双方签署后方可生效；不得在未签署或已过期的协议下处理工单。", "An agreement takes effect only when both sides have signed; no item is handled under an unsigned or expired one.", "B2", Proof("work.under_agreement", threshold=98, correct="control")),
        article("第三条", "协议的各个版本应当保存，并在到期30天前续签。", "All versions are kept, and an agreement is renewed 30 days before it ends.", "B2", Proof("work.agreements_renewed", {"days": 30}, span="month", correct="exception")),
        chapter("第三章", "计时", "Counting time"),
        article("第四条", "承诺时间按协议的工作日历计算，节假日和调休以公布的为准，每个计时数字都应当有分段说明。", "Promised times run on the agreement's calendar with published holidays and make-up days; every figure is explained by its segments.", "B3", Proof("work.clocks_explained")),
        article("第五条", "计时只能因协议列明的原因暂停，等待本单位同事不得暂停。", "A clock pauses only for reasons that the agreement lists; waiting for our own colleagues never pauses it.", "B3", Proof("work.pauses_stated")),
        chapter("第四章", "附则", "Final provisions"),
        article("第六条", "组与组之间的约定和供应商的支撑合同参照本制度执行，各组应当在约定的时间内完成。", "Agreements between teams and contracts of vendors follow this regulation; each team finishes within the agreed time.", "B1", Proof("work.team_resolution", threshold=90)),
        article("第七条", "本制度由技术支持部解释，自发布之日起施行。", "The support department interprets this regulation. It takes effect on publication."),
    ),
)
