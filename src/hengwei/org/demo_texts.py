"""What the sample company wrote: duty sheets, notes of customers, sites."""

from __future__ import annotations

_HEAD = """## 岗位目标
对技术支持部的服务质量、人员和预算负责。

## 职责
1. 制定年度工作计划和服务目标，每季度评估一次；
2. 审批重大变更、服务协议和采购申请；
3. 主持月度服务例会，跟踪改进措施直到完成；
4. 负责重大故障的对外沟通。
"""
_LEAD = """## 岗位目标
保证本组工单按约定时间受理和解决。

## 职责
1. 每天上午查看即将超时和未分派的工单，及时派单；
2. 平衡组员工作量，安排值班和请假代理；
3. 超时工单当日说明原因并上报；
4. 组织每周技术分享，审核本组知识文章。

## 权限
派单、转派、挂起审批；本组排班。
"""
_DEPUTY = """## 职责
1. 组长不在岗时代行组长职责；
2. 负责客户投诉的受理、答复和关闭，关闭须经客户同意；
3. 每月汇总投诉原因并提出改进意见。
"""
_ENGINEER = """## 岗位目标
让用户的问题得到及时、准确的解决。

## 职责
1. 工作时间内 30 分钟内首次响应；
2. 如实记录原因、处理过程和解决方案；
3. 能远程解决的远程解决，需要现场的说明理由；
4. 解决后向用户反馈，并把可复用的方案写入知识库。

## 行为规范
耐心、礼貌；不向无关人员透露用户信息。
"""
_OPERATIONS = """## 职责
1. 每周完成所负责系统的例行维护并记录；
2. 每天检查备份结果，每季度做一次恢复演练；
3. 值班期间 15 分钟内响应告警；
4. 变更前公告，变更后验证。
"""
#: key, name, English, team (None: the department), holders, duties
POSTS: list[tuple[str, str, str, int | None, list[str], str]] = [
    ("head", "部门负责人", "Head of department", None, ["yangjing"], _HEAD), ("lead", "组长", "Team lead", None, ["chenjie", "zhouchao", "hejuan"], _LEAD),
    ("deputy-lead", "副组长", "Deputy lead", None, ["sunyan", "liutao", "linxia"], _DEPUTY), ("engineer", "技术支持工程师", "Support engineer", 0, ["wangmin", "zhaolei", "sunyan"], _ENGINEER),
    ("operations", "系统运维工程师", "Operations engineer", 1, ["liutao", "huangming"], _OPERATIONS), ("quality", "质量管理员", "Quality officer", None, [], ""),
]
NOTES = [
    ("visit", "到厂回访：三号线控制器运行稳定，客户希望周末也能电话支持。"), ("need", "计划明年上半年增加两条包装线，需要控制器选型建议和备件清单。"),
    ("call", "电话沟通续签事宜，客户要求把首次响应从1小时缩短到30分钟，待评估。"), ("note", "设备部联系人下月更换为刘工。"), ("visit", "季度回访，满意度良好；建议提供操作培训。"),
]
SITES = [("昆山一厂", "江苏省昆山市前进东路88号"), ("合肥基地", "安徽省合肥市高新区科学大道12号"), ("大连铸造车间", "辽宁省大连市甘井子区营城子街道")]
