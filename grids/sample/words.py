"""What residents of the sample say, and staff write down: Chinese sentences put together from parts.

Owns the wording alone.  Nobody said any of this; no sentence names a person or a real place.
"""

from __future__ import annotations

SPOTS = (
    "村口", "村东头", "村西头", "小学后墙外", "老供销社旁", "机井房边上", "桥头", "东沟边上", "西坑塘边", "文化广场旁",
    "公交站牌后面", "小卖部对面", "卫生室门口", "进村路拐弯处", "变压器下面", "养殖小区北侧", "麦场边", "果园围墙外",
    "集市南口", "主街中段", "三队胡同口", "水塔下面", "排水渠旁", "林地边上", "废弃砖厂门口", "大棚东侧",
)  # fmt: skip

SINCE = (
    "今天早上看见的", "昨天晚上开始的", "有两三天了", "快一个星期了", "半个多月了", "上个月就有", "一到周末就这样",
    "下雨以后更厉害", "天天如此", "说过一次没人管", "时好时坏", "刚发现",
)  # fmt: skip

ASKS = (
    "请来看看。", "希望尽快处理。", "麻烦网格员过来一趟。", "老人孩子走路不方便。", "味道很大，请抓紧。",
    "影响大家出行。", "请给个答复。", "处理完了告诉一声。", "别再拖了。", "", "",
)  # fmt: skip

WHAT: dict[str, tuple[str, ...]] = {
    "exposed_rubbish": (
        "垃圾桶满了没人清", "生活垃圾堆在路边", "垃圾袋被狗扒开散了一地", "剩菜烂叶堆着招苍蝇", "垃圾池外面全是垃圾",
    ),
    "dumping": (
        "有人夜里偷倒建筑垃圾", "三轮车来倒渣土", "外来车倒了一大堆装修垃圾", "旧家具和碎砖被倒在这里",
        "又倒了几车垃圾",
    ),
    "fire": ("荒草着火了", "垃圾堆冒烟起火"),
    "straw_burning": ("有人在地里烧秸秆", "烧玉米秆，烟很大", "麦茬地着了，没人看着", "地头烧落叶和秸秆"),
    "road_damage": ("路面塌了一块", "大坑积水，电动车摔过人", "水泥路断裂翘起来了", "路肩被大车压垮", "减速带螺丝松了"),
    "street_lamp": ("路灯不亮", "一排路灯全灭了", "路灯一闪一闪", "灯杆歪了，灯不亮", "太阳能路灯坏了"),
    "wells_ditches": ("机井盖没了，口子敞着", "沟渠堵了，水排不出去", "井台塌了半边", "闸门锈死打不开", "渠边塌方"),
    "dirty_water": ("坑塘水发黑发臭", "有人往沟里排污水", "水面漂满垃圾和水草", "沟里的水起白沫"),
    "stray_dogs": ("几条流浪狗追着人跑", "没拴的大狗吓着孩子", "野狗在垃圾堆边成群", "流浪狗咬死了鸡"),
    "noise": ("夜里施工吵得睡不着", "音响放到半夜", "加工点机器整晚响", "大车半夜鸣笛", "早上五点多就开始切割"),
    "small_ads": ("墙上贴满小广告", "电线杆上全是小广告", "楼道里又喷了电话号码", "公告栏被小广告盖住了"),
    "illegal_building": ("有人在路边私搭棚子", "院墙外接出一间房", "房顶上加盖彩钢房", "占着公共过道盖了小房"),
    "farmland": ("耕地里堆了砂石料", "有人在地里盖房子", "耕地上铺了水泥", "拉土车从地里取土"),
    "safety_hazard": ("电线垂到路面上", "广告牌松了要掉下来", "工地沟槽没有围挡", "老房墙裂开要倒", "变压器旁堆着柴草"),
    "neighbour_dispute": ("两家因为滴水闹矛盾", "邻居占了共用过道", "宅基地边界说不清", "浇地先后争起来了"),
    "elderly_care": ("独居老人几天没出门", "老人生病没人照看", "留守孩子放学没人接", "老人家里炉子不安全"),
    "cadre_conduct": ("去办事总说人不在", "说好的事一拖再拖", "办事态度生硬，不给解释", "公示栏的账目很久没更新"),
    "other": ("想问一下医保怎么交", "健身器材坏了", "公交站牌看不清", "家里收不到信号", "宣传栏玻璃碎了"),
}  # fmt: skip

REASONS: dict[str, tuple[str, ...]] = {
    "decline": (
        "不属于网格事项，已告知办理渠道", "经现场查看，未发现所述情况", "属产权单位自行维护，已书面通知该单位",
        "信息不全，多次联系未能补充",
    ),
    "return": (
        "不是本网格职责，请转有关部门", "需要机械和资金，网格解决不了", "位置在相邻辖区，请重新派单",
        "涉及执法，网格无权处理",
    ),
    "ask_extension": ("连日降雨无法施工", "材料三天后到货", "需要与产权单位协商", "需要两个单位一起到场"),
    "refuse_extension": ("期限内可以完成，请抓紧", "理由不充分", "群众反映强烈，不能再拖"),
    "pause": ("列入下月维修计划，等待施工队进场", "冬季冻土不能施工，化冻后办理", "产权有争议，等待认定结果"),
    "claim": (
        "已清理完毕，现场干净", "已修好并试用正常", "已到现场处理，当事人无异议", "已维修加固，设置了警示",
        "已联系责任人整改到位",
    ),
    "deny": ("根本没人来过", "只清了一半，还堆着", "修了两天又坏了", "和没处理一样"),
    "pass_recheck": ("到现场看过，确已解决", "实地核查，情况属实", "走访了周边住户，都说解决了"),
    "fail_recheck": ("现场仍有遗留，返工", "与所报情况不符，返工", "只做了表面处理，返工"),
    "reopen": ("没过几天又这样了", "问题没有真正解决", "只是暂时好了一阵"),
    "reopen_by_desk": ("同一地点又有群众反映", "又接到同一问题的反映"),
    "will_not_do": (
        "电力公司：属供电设施，已书面移交该单位", "通信公司：属通信线杆，由产权单位负责",
        "业主委员会：属小区专有部分，由业主共同决定",
    ),
}  # fmt: skip


def sentence(category: str, dice: tuple[float, float, float, float]) -> str:
    """One report's words; ``dice`` are four numbers in [0, 1).

    >>> sentence("fire", (0.0, 0.0, 0.0, 0.99))
    '村口荒草着火了，今天早上看见的。'
    """
    what = _pick(WHAT[category], dice[1])
    return f"{_pick(SPOTS, dice[0])}{what}，{_pick(SINCE, dice[2])}。{_pick(ASKS, dice[3])}"


def place_words(dice: float) -> str:
    """Where it is when nobody dropped a pin.

    >>> place_words(0.0)
    '村口一带'
    """
    return f"{_pick(SPOTS, dice)}一带"


def reason(step: str, dice: float) -> str:
    """What was written down with a step; ``will_not_do`` names the body that is responsible first.

    >>> reason("pass_recheck", 0.0)
    '到现场看过，确已解决'
    """
    return _pick(REASONS[step], dice)


def _pick(choices: tuple[str, ...], dice: float) -> str:
    return choices[int(dice * len(choices))]
