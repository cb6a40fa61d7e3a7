"""The words of the sample company's knowledge base."""

from __future__ import annotations

from typing import NamedTuple


class Sample(NamedTuple):
    """An article of the sample: kind, category, audience, Chinese and (sometimes) English words, tags."""

    kind: str
    category: str
    audience: str
    title: str
    summary: str
    body: str
    tags: tuple[str, ...] = ()
    title_en: str = ""
    summary_en: str = ""
    body_en: str = ""


#: key, parent, Chinese, English, icon, audience
CATEGORIES = [
    ("office", None, "办公与账号", "Office and accounts", "building", "everyone"), ("kb-account", "office", "账号与密码", "Accounts and passwords", "key", "everyone"),
    ("kb-mail", "office", "邮箱与会议", "Mail and meetings", "mail", "everyone"), ("kb-printer", "office", "打印与扫描", "Printing and scanning", "printer", "everyone"),
    ("kb-network", None, "网络与远程", "Network and remote work", "network", "everyone"), ("kb-erp", None, "ERP与业务系统", "ERP and business systems", "database", "everyone"),
    ("kb-product", None, "产品使用与售后", "Products and after-sales", "package", "everyone"), ("kb-plant", None, "生产设备", "Production equipment", "building-factory-2", "staff"),
    ("kb-inner", None, "内部运维", "Internal operations", "server", "staff"), ("kb-inner-dc", "kb-inner", "机房与备份", "Machine room and backup", "server-2", "staff"),
]


def _steps(what: str, cause: str, *steps: str, hint: str = "") -> str:
    """The usual shape of an article: how it shows, why, what to do."""
    numbered = "\n".join(f"{n}. {step}" for n, step in enumerate(steps, 1))
    parts = [f"## 现象\n\n{what}", *([f"## 原因\n\n{cause}"] if cause else []), f"## 处理步骤\n\n{numbered}"]
    return "\n\n".join([*parts, *([f"> {hint}"] if hint else [])])


def _english(what: str, cause: str, *steps: str) -> str:
    numbered = "\n".join(f"{n}. {step}" for n, step in enumerate(steps, 1))
    return "\n\n".join([f"## What you see\n\n{what}", *([f"## Why\n\n{cause}"] if cause else []), f"## What to do\n\n{numbered}"])


ARTICLES = [
    Sample("faq", "kb-account", "everyone", "忘记域账号密码怎么办", "在自助页面用手机验证码重置，三分钟完成。", _steps(
        "登录电脑时提示“用户名或密码不正确”，连续五次后账号锁定。", "密码每90天过期，或输入错误次数过多。", "在任意电脑打开自助重置页面。", "输入工号，接收手机验证码。", "设置新密码：至少10位，含大小写字母和数字。", "等待一分钟后重新登录。",
        hint="手机号已变更的，请部门负责人在门户提交“账号与权限”请求。"), ("密码", "账号", "锁定"), "I forgot my domain password", "Reset it on the self-service page with a code sent to your phone.", _english(
        "The sign-in says that the user name or password is wrong; after five attempts the account is locked.", "Passwords expire after 90 days.", "Open the self-service page on any computer.", "Enter your employee number and the code from your phone.", "Choose a new password of at least 10 characters.", "Sign in again after a minute.")),
    Sample("how_to", "kb-account", "everyone", "开启两步验证", "用手机验证器保护邮箱、VPN和ERP账号。", _steps("首次登录VPN或在外网登录邮箱时要求两步验证。", "", "手机安装任一验证器应用。", "在“我的账号→两步验证”中扫描二维码。", "输入六位验证码确认。", "**保存恢复码**，放在手机以外的地方。"), ("两步验证", "安全")),
    Sample("faq", "kb-account", "everyone", "新员工需要开通哪些账号", "入职当天由人力资源部统一提交，一个工作日内开通。", "## 默认开通\n\n| 系统 | 开通时间 | 负责 |\n| --- | --- | --- |\n| 域账号、邮箱 | 入职当天 | IT支持组 |\n| OA、考勤 | 入职当天 | 人力资源部 |\n| ERP | 部门负责人申请后1个工作日 | 系统运维组 |\n\n## 另行申请\n\nVPN、共享目录和专业软件在门户“账号与权限”中申请，注明用途和期限。", ("入职", "账号")),
    Sample("known_error", "kb-account", "everyone", "修改密码后手机邮箱反复锁定账号", "旧密码仍保存在手机上，需要在手机中更新。", _steps("修改域密码后不久账号再次锁定。", "手机或平板上的邮箱、无线网络仍在用旧密码不断尝试。", "在手机邮箱设置中更新密码。", "忘记公司无线网络后重新连接。", "检查会议室平板等共用设备。", "在自助页面解锁账号。"), ("锁定", "手机", "邮箱")),
    Sample("faq", "kb-mail", "everyone", "邮箱容量已满收不到邮件", "清理大附件或申请归档，容量上限5 GB。", _steps("收到“邮箱容量已满”的提示，外部来信被退回。", "邮箱上限为5 GB，已发送和已删除邮件也计入。", "按大小排序，删除或另存大附件。", "清空“已删除邮件”。", "启用自动归档，保留最近12个月。", "仍不够的，由部门负责人申请扩容。"), ("邮箱", "容量", "归档"), "My mailbox is full", "Delete large attachments or archive; the limit is 5 GB.", _english("Mail from outside is returned because the mailbox is full.", "The limit is 5 GB, deleted mail included.", "Sort by size and remove large attachments.", "Empty the deleted items.", "Switch on automatic archiving.")),
    Sample("how_to", "kb-mail", "everyone", "设置外出自动回复和代理人", "出差或休假前设置，内外部可用不同内容。", "1. 打开邮箱设置中的“自动回复”。\n2. 填写开始和结束时间。\n3. 分别填写公司内部和外部的回复内容，写明代理人。\n4. 在“我的→外出”中登记代理人，工单会自动转给代理人。", ("外出", "自动回复")),
    Sample("known_error", "kb-mail", "everyone", "发给外部客户的邮件被退回550", "多为收件地址错误或对方拒收，按退信代码处理。", _steps("发出的邮件几分钟后退回，退信含550。", "收件地址不存在，或对方把附件判定为风险。", "核对收件地址，注意空格和中文标点。", "550 5.7开头的：把可执行文件和加密压缩包改为共享链接。", "仍退回的，把完整退信作为附件提交工单。"), ("退信", "550")),
    Sample("faq", "kb-mail", "everyone", "线上会议没有声音", "先看会议软件的设备选择，再看系统音量。", _steps("听不到别人，或别人听不到自己。", "", "在会议软件中测试扬声器和麦克风。", "拔插耳机，选择正确的设备。", "关闭占用麦克风的其他软件。", "重新加入会议。"), ("会议", "声音", "麦克风")),
    Sample("known_error", "kb-printer", "everyone", "打印机卡纸报E05", "后部定影单元残留碎纸，取出后复位。", _steps("打印时报E05，面板提示卡纸，重启后依旧。", "定影单元后部有碎纸，传感器一直被遮挡。", "关机，等待5分钟冷却。", "打开后盖，顺出纸方向取出碎纸。", "检查传感器摆杆能否弹回。", "开机打印测试页。", hint="同一台一周内第三次卡纸的，请报修更换搓纸轮。"), ("打印机", "卡纸", "E05"), "Printer jams with E05", "Paper is left at the back of the fuser; take it out and reset.", _english("The panel shows E05, also after a restart.", "A scrap of paper covers the sensor at the back.", "Switch it off and let it cool for five minutes.", "Open the back and pull the paper out in the direction of travel.", "See that the sensor arm springs back.", "Switch it on and print a test page.")),
    Sample("how_to", "kb-printer", "everyone", "添加部门打印机", "从打印门户选择楼层和打印机，一键安装。", "1. 浏览器打开打印门户。\n2. 选择楼层和所在区域。\n3. 点击打印机图标，等待驱动安装完成。\n4. 设为默认打印机并打印测试页。", ("打印机", "安装")),
    Sample("faq", "kb-printer", "everyone", "扫描件怎样发送到邮箱", "刷卡后选“扫描到我”，PDF自动发到本人邮箱。", "1. 在复合机上刷工卡。\n2. 选择“扫描到我”。\n3. 选择单面或双面、彩色或黑白。\n4. 几分钟后在邮箱查收，超过20 MB的会改发下载链接。", ("扫描", "邮箱")),
    Sample("known_error", "kb-printer", "everyone", "月结单据打印位置偏移", "针式打印机纸张类型被驱动更新重置。", _steps("月结三联单的打印内容整体下移约8毫米。", "驱动更新后自定义纸张“三联241×140”丢失。", "在打印服务器属性中新建表单241×140毫米。", "在打印机首选项中选用该表单。", "先打印一张作废单核对位置。"), ("针式", "月结", "单据")),
    Sample("how_to", "kb-network", "everyone", "在家连接公司VPN", "安装客户端、两步验证、选择就近接入点。", "## 准备\n\n- 已开通VPN权限\n- 已开启两步验证\n\n## 步骤\n\n1. 从软件中心安装VPN客户端。\n2. 服务器选择 `vpn.hengxin.example`。\n3. 用域账号登录，输入六位验证码。\n4. 连接成功后访问内网主页确认。\n\n## 连不上时\n\n- 提示“证书错误”：校准电脑时间。\n- 提示“无权限”：在门户申请VPN。\n- 公共无线网络限制时，改用手机热点。", ("VPN", "远程", "居家"), "Connect to the company VPN from home", "Install the client, two-step sign-in, nearest gateway.", "## Steps\n\n1. Install the VPN client from the software centre.\n2. Server: `vpn.hengxin.example`.\n3. Sign in with your domain account and the six-digit code.\n4. Open the intranet to make sure.\n\n## If it does not connect\n\n- Certificate error: set the clock of your computer.\n- No permission: ask for VPN in the portal."),
    Sample("known_error", "kb-network", "everyone", "VPN连接几分钟后自动断开", "家用路由器的节能策略切断空闲连接。", _steps("VPN连接后5到10分钟断开，重连又正常。", "部分家用路由器会关闭空闲的UDP会话。", "在客户端设置中改用TCP模式。", "把保活间隔设为20秒。", "升级路由器固件。"), ("VPN", "断开")),
    Sample("faq", "kb-network", "everyone", "办公无线网络连接不上", "区分员工网和访客网，访客密码每天更换。", _steps("搜索得到但连接不上，或连接后无法上网。", "", "员工选择HX-Office，用域账号登录。", "访客选择HX-Guest，向前台领取当天密码。", "提示密码错误时先“忘记网络”再连接。", "只有一个位置信号差的，请报告楼层和座位。"), ("无线", "WiFi")),
    Sample("how_to", "kb-network", "staff", "给供应商开通临时远程访问", "限定主机、时段和协议，全程录屏。", "1. 供应商签署保密承诺并登记身份。\n2. 在堡垒机新建临时账号，限定目标主机和时段，最长8小时。\n3. 由系统负责人在场陪同。\n4. 结束后立即停用账号，录屏随工单归档。", ("供应商", "堡垒机", "远程")),
    Sample("known_error", "kb-network", "staff", "三楼交换机环路导致全楼丢包", "会议室面板被接成环路，启用环路检测后解决。", _steps("三楼整层网络时断时续，交换机指示灯同步狂闪。", "会议室两个墙面端口被一根网线互联，接入层未启用环路检测。", "登录接入交换机查看MAC地址漂移日志。", "关闭可疑端口，确认恢复。", "现场拆除网线。", "全部接入端口启用环路检测和BPDU防护。"), ("交换机", "环路", "丢包")),
    Sample("faq", "kb-erp", "everyone", "ERP登录提示许可证已满", "有人未正常退出，等待或联系管理员释放。", _steps("登录时提示“并发许可数已满”。", "直接关闭浏览器而未退出，会话占用许可30分钟。", "请同事使用右上角“退出”。", "等待30分钟自动释放。", "月结期间紧急的，在门户提交ERP请求。"), ("ERP", "许可证", "登录"), "ERP says that all licences are in use", "Sessions that were not closed hold licences for 30 minutes.", _english("The sign-in says that the licences are used up.", "Closing the browser keeps the session for 30 minutes.", "Ask colleagues to sign out properly.", "Wait 30 minutes.", "At month end ask for a release in the portal.")),
    Sample("known_error", "kb-erp", "everyone", "ERP月结报错“期间未打开”", "财务期间未打开或上期未关闭，由财务管理员处理。", _steps("生成凭证时报“期间未打开（错误码619）”。", "新会计期间未打开，或上一期间存在未过账凭证。", "财务管理员打开“期间管理”。", "检查上期未过账凭证并处理。", "打开当期后重新生成凭证。"), ("ERP", "月结", "期间", "619")),
    Sample("how_to", "kb-erp", "everyone", "在ERP中导出库存明细", "用“库存台账”报表，按仓库和日期筛选后导出Excel。", "1. 打开“库存→报表→库存台账”。\n2. 选择仓库和日期范围，单次不超过三个月。\n3. 点击“查询”，核对合计。\n4. 点击“导出Excel”，大于5万行的改用后台导出。", ("ERP", "库存", "导出")),
    Sample("known_error", "kb-erp", "staff", "ERP夜间批处理超时", "统计信息过期使执行计划变差，更新后恢复。", _steps("夜间MRP运算超过4小时，早班无法开工单。", "大量导入后统计信息未更新，优化器选择了全表扫描。", "查看长事务和执行计划。", "对MRP相关表执行 `ANALYZE`。", "重新提交批处理并观察。", "把统计更新加入每日02:00的维护计划。"), ("ERP", "MRP", "超时")),
    Sample("manual", "kb-erp", "staff", "ERP系统维护手册", "架构、启停顺序、日常检查和常见故障。", "# 架构\n\n应用服务器两台、数据库主备各一台、报表服务器一台。\n\n# 启停顺序\n\n1. 停止：接口→应用→数据库\n2. 启动：数据库→应用→接口\n\n# 日常检查\n\n- [ ] 表空间使用率低于85%\n- [ ] 备份任务成功\n- [ ] 接口队列无积压\n- [ ] 应用日志无ERROR突增\n\n# 升级与回退\n\n升级前执行全量备份，回退时限2小时。", ("ERP", "维护", "手册")),
    Sample("faq", "kb-erp", "everyone", "采购订单审批人离职怎么处理", "由部门负责人在OA中更换审批人，已在途的单据转派。", "1. 部门负责人在OA提交“审批人变更”。\n2. 系统运维组更新ERP审批矩阵。\n3. 在途单据由管理员转派给新审批人。\n4. 申请人收到通知后无需重新提交。", ("采购", "审批")),
    Sample("faq", "kb-product", "customers", "控制器指示灯含义", "绿色常亮为运行，黄色闪烁为警告，红色常亮为故障。", "| 指示灯 | 含义 | 处理 |\n| --- | --- | --- |\n| 绿色常亮 | 正常运行 | 无需处理 |\n| 黄色闪烁 | 警告，可继续运行 | 读取报警记录 |\n| 红色常亮 | 故障停机 | 断电30秒后重启，仍亮请联系售后 |\n| 全部熄灭 | 无电源 | 检查24 V电源 |", ("控制器", "指示灯"), "Lights of the controller", "Green runs, yellow blinking warns, red has stopped.", "| Light | Meaning | What to do |\n| --- | --- | --- |\n| green | runs | nothing |\n| yellow, blinking | warning | read the alarm list |\n| red | stopped | off for 30 s, then call us |"),
    Sample("how_to", "kb-product", "customers", "升级HX-200控制器固件", "用U盘升级，约10分钟，参数自动保留。", "## 准备\n\n- FAT32格式的U盘\n- 与型号一致的固件文件\n\n## 步骤\n\n1. **备份参数**：菜单→维护→参数导出。\n2. 停机并断开负载。\n3. 插入U盘，选择“固件升级”。\n4. 进度到100%后自动重启。\n5. 核对版本号和参数。\n\n> 升级过程中切勿断电。", ("HX-200", "固件", "升级"), "Update the firmware of the HX-200", "From a USB stick in ten minutes; parameters are kept.", "1. **Export the parameters** first.\n2. Stop the machine and take the load off.\n3. Insert the stick, choose “Firmware update”.\n4. It restarts by itself at 100 %.\n5. Compare version and parameters.\n\n> Never cut the power meanwhile."),
    Sample("faq", "kb-product", "customers", "保修期内怎样申请返修", "在门户填写序列号和现象，审核后寄送检测。", "1. 在门户选择“返修申请”，填写序列号、购买日期和现象。\n2. 一个工作日内收到返修编号。\n3. 外箱标注返修编号后寄出。\n4. 检测报告5个工作日内发出；保修范围内免费。", ("保修", "返修")),
    Sample("known_error", "kb-product", "customers", "HX-200通讯中断报警A27", "屏蔽层单端接地不良，重新压接即可。", _steps("设备运行中随机报A27通讯中断，复位后恢复。", "变频器附近的通讯线屏蔽层接地不良。", "检查通讯线与动力线是否分槽敷设。", "屏蔽层在控制器侧单端接地。", "终端电阻拨码置ON。", "连续运行24小时观察。"), ("HX-200", "A27", "通讯")),
    Sample("faq", "kb-product", "customers", "备件怎样订购", "按备件编码在线下单，常用件48小时发货。", "备件编码在铭牌或手册附录中。常用件有库存，48小时内发货；定制件交期以报价单为准。", ("备件",)),
    Sample("known_error", "kb-plant", "staff", "数控机床伺服报警414", "X轴电机动力线磨损，更换并加装护套。", _steps("X轴快速移动时报414，随机出现。", "拖链内动力线外皮磨损，间歇短路。", "断电挂牌。", "测量电机三相对地绝缘。", "更换动力线并加装护套。", "空载往复运行30分钟。"), ("数控", "伺服", "414")),
    Sample("how_to", "kb-plant", "staff", "注塑机液压油更换", "每4000小时更换，更换前后记录油温和压力。", "1. 停机挂牌，泄压至0。\n2. 排空旧油，清洗油箱和滤芯。\n3. 加注46号抗磨液压油至2/3液位。\n4. 点动排气，检查泄漏。\n5. 记录油温和系统压力。", ("注塑机", "液压油", "保养")),
    Sample("known_error", "kb-plant", "staff", "扫码枪连不上MES终端", "蓝牙配对数已满，清除旧配对后重新连接。", _steps("扫码枪蓝灯闪烁，终端无反应。", "终端蓝牙最多保存8个配对。", "在终端蓝牙设置中删除不用的设备。", "扫描“恢复出厂”条码。", "重新配对并试扫三次。"), ("扫码枪", "MES", "蓝牙")),
    Sample("faq", "kb-plant", "staff", "生产线停线的上报流程", "停线超过10分钟立即电话上报，30分钟启动应急。", "1. 班组长确认停线时间和工位。\n2. 10分钟内电话通知服务台，口述影响的订单。\n3. 服务台建立严重故障并通知设备部。\n4. 30分钟未恢复，启动应急维护，可先处理后补审批。", ("停线", "应急", "上报")),
    Sample("manual", "kb-inner-dc", "staff", "机房断电应急手册", "UPS可支撑25分钟，按等级依次关机。", "# 判断\n\n市电中断5分钟未恢复，启动关机。\n\n# 关机顺序\n\n1. 测试与开发虚拟机\n2. 报表和接口服务器\n3. 业务应用\n4. 数据库\n5. 存储\n\n# 恢复顺序\n\n与关机相反，每步确认后再继续。\n\n# 通知\n\n经理、各系统负责人、受影响部门。", ("机房", "断电", "UPS")),
    Sample("how_to", "kb-inner-dc", "staff", "数据库恢复演练步骤", "每季度一次，在隔离环境恢复并核对记录数。", "1. 选取最近一次全量备份。\n2. 在隔离主机恢复，禁止连接生产网络。\n3. 核对关键表记录数和最新时间。\n4. 记录恢复用时，与目标4小时比较。\n5. 清理环境，归档演练报告。", ("备份", "恢复", "演练")),
    Sample("known_error", "kb-inner-dc", "staff", "备份任务报“磁盘空间不足”", "旧快照未清理，调整保留策略。", _steps("夜间备份失败，日志报空间不足。", "保留策略更改后旧快照未被清理。", "查看仓库占用。", "执行一次清理。", "重新运行失败的任务。", "设置占用率80%告警。"), ("备份", "空间")),
    Sample("how_to", "kb-inner", "staff", "受理电话报修的标准话术", "问候、确认身份、复述问题、承诺时间。", "1. 您好，恒信服务台，我是×××。\n2. 确认工号和联系方式。\n3. 询问现象、时间、影响范围、已做的操作。\n4. 复述一遍请对方确认。\n5. 告知工单号和预计答复时间。", ("服务台", "话术", "受理")),
    Sample("faq", "kb-inner", "staff", "哪些情况必须升级上报", "超时、多人受影响、涉及安全或客户投诉。", "- 解决时限已用75%而无方案\n- 三人以上受同一问题影响\n- 涉及数据泄露、人身或设备安全\n- 客户投诉或重复报修三次以上", ("升级", "上报")),
    Sample("how_to", "kb-inner", "staff", "电脑重装与数据迁移", "先备份后重装，迁移清单逐项核对。", "- [ ] 备份桌面、文档、浏览器收藏\n- [ ] 记录专业软件和授权\n- [ ] 网络启动安装标准镜像\n- [ ] 加入域，安装安全软件\n- [ ] 恢复数据，请用户签字确认", ("重装", "迁移")),
    Sample("known_error", "kb-inner", "staff", "考勤机时间不准导致迟到误判", "与时间服务器失去同步，重设NTP地址。", _steps("多名员工反映打卡时间晚7分钟。", "考勤机更换网段后无法访问时间服务器。", "在考勤机网络设置中填写新的NTP地址。", "手动同步一次。", "通知人力资源部更正当天记录。"), ("考勤", "时间", "NTP")),
    Sample("faq", "kb-inner", "staff", "软件授权怎样回收再分配", "员工离职或90天未使用的授权由IT支持组回收。", "每月1日导出授权使用报表，90天未使用的通知使用人，一周内无异议即回收，登记后再分配。", ("授权", "软件")),
    Sample("known_error", "kb-mail", "everyone", "日历会议显示时间差一小时", "对方日历使用其他时区，核对会议时区设置。", _steps("外部邀请的会议时间与实际相差一小时。", "邀请未带时区，或对方处于夏令时。", "打开会议查看时区。", "请组织者以北京时间重发。", "在日历中同时显示两个时区。"), ("日历", "时区"), "A meeting is an hour off", "The invitation carries another time zone or summer time.", _english("A meeting from outside is shown an hour early or late.", "The invitation carries no time zone.", "Open it and look at the time zone.", "Ask the organiser to send it again.")),
]

#: name, English, aliases, categories of items, team, described faults
SYSTEMS = [
    ("ERP", "ERP", ["U9", "用友", "企业资源计划"], ["erp"], "operations", [
        ("登录缓慢或超时", "Sign-in slow or timing out", "登录超过30秒，或提示网关超时。多个部门同时反映。", "应用服务器连接池耗尽，或数据库有长事务。", [
            (True, "打开监控看应用服务器CPU和内存", "CPU低于85%，内存有余量"), (True, "查询数据库长事务：运行超过10分钟的会话", "没有超过10分钟的会话"), (False, "结束确认无用的长事务", "阻塞的会话数降为0"),
            (False, "逐台重启应用服务（先切走负载）", "服务状态为运行，日志无ERROR"), (False, "请报告人重新登录", "10秒内进入首页")], "联系ERP供应商热线，并上报组长"),
        ("接口队列积压", "Interface queue piles up", "MES工单不同步，接口监控显示待处理持续增长。", "消息格式异常卡住队列，或对方接口停止服务。", [
            (True, "查看接口监控的第一条待处理消息", "能看到消息内容和错误"), (False, "把异常消息移入错误队列", "后续消息开始处理"), (False, "通知发送方更正数据后重发", "错误队列清空")], "联系MES负责人"),
        ("月结批处理失败", "Month-end batch fails", "月结任务状态为失败，财务无法出报表。", "期间未打开、存在未过账凭证或表空间不足。", [
            (True, "查看批处理日志的错误码", "得到错误码，如619、721"), (True, "检查表空间使用率", "低于85%"), (False, "按错误码处理后重新提交", "任务状态为成功")], ""),
    ]),
    ("VPN", "VPN", ["远程接入", "SSL VPN"], ["vpn"], "it-support", [
        ("用户无法连接", "A user cannot connect", "客户端提示认证失败或证书错误。", "密码过期、未开通权限或电脑时间偏差。", [
            (True, "在管理台查看该用户最近的登录日志", "能看到失败原因"), (True, "核对VPN用户组", "用户在组内"), (False, "请用户校准电脑时间", "与标准时间相差小于1分钟"), (False, "重置两步验证绑定", "用户收到新的二维码并登录成功")], "网络工程师"),
        ("全体断线", "Everybody is disconnected", "所有远程用户同时掉线。", "出口线路中断或VPN网关主备切换失败。", [
            (True, "从外网ping网关地址", "有应答且丢包低于1%"), (True, "查看网关主备状态", "一主一备，状态正常"), (False, "手动切换到备机", "新会话可以建立"), (False, "在门户发布公告", "公告已显示")], "运营商热线，经理"),
    ]),
    ("MES", "MES", ["制造执行系统"], ["equipment"], "operations", []),
    ("邮件系统", "Mail system", ["邮箱", "Exchange"], ["mail"], "operations", []),
    ("打印服务", "Print service", ["打印机", "打印服务器"], ["printer"], "it-support", []),
]

SYNONYMS = [["打印机", "printer", "打印设备"], ["密码", "口令", "password"], ["无线", "WiFi", "无线网络"], ["卡纸", "paper jam"], ["电脑", "计算机", "PC", "computer"], ["邮箱", "邮件", "mail"]]
GAPS = [("投影仪 无信号", 9, False), ("工资条 查询", 6, False), ("teams 共享屏幕", 4, False), ("plc 通讯 掉线", 3, True)]
WORDS = [
    ("步骤很清楚，自己就解决了。", True), ("图片再多一点更好。", True), ("第三步的菜单名称和我看到的不一样。", False), ("手机上也能照着做，谢谢。", True), ("对我的机型不适用。", False), ("Clear and short, thanks.", True),
]
CORRECTIONS = [("菜单已改名为“设备维护”，请更新。", "open"), ("服务器地址应为新的域名。", "open"), ("缺少Mac电脑的步骤。", "accepted")]
