"""What a question asks for, read from its wording: attributes, intent, what is not ours to answer.

Patterns are rules of the two languages, not of single questions: each names a kind of asking. They are
matched against the question after NFKC, traditional → simplified and lower-casing.
"""

from __future__ import annotations

import re
from typing import Literal

Attribute = Literal[
    "url",
    "host",
    "governing_body",
    "place",
    "phone",
    "email",
    "contact",
    "since",
    "holdings",
    "access",
    "steps",
    "amount",
    "stock",
    "schedule",
    "own_case",
    "person",
    "rating",
    "penalty",
]
"""What of a thing is asked. Those after `steps` are never kept in a catalogue."""

_CUES: dict[Attribute, str] = {
    "url": r"网址|官网|网站|链接|主页|网页|登录入口|入口在|\burls?\b|web ?sites?\b|web ?address|\blinks?\b|home ?page|"
    r"official (site|page)|where online",
    "host": r"依托|哪(个|家|所|些)?(单位|机构|研究所|院所|所|大学|学校|高校|公司|部门)|谁(在|来|家)?(管|办|建|运营|负责|主办|运行|维护|牵头|发起|创)"
    r"|归(谁|哪|什么)|属于(谁|哪|什么单位)|隶属|挂靠|挂在|谁家|承办|主办|运营(方|单位)|建设单位|发起(单位|人|方)|"
    r"\bwho (runs?|hosts?|operates?|manages?|owns?|maintains?|founded|set up|is behind|is in charge|is responsible)|"
    r"\bwh(ich|at) (\w+ ){0,2}(institutes?|institutions?|organi[sz]ations?|universit\w+|bod(y|ies)|agency|company)|"
    r"\bhost(s|ed|ing)?( institution)?\b|operated by|belongs? to|affiliat|founded by|\bwho founded",
    "governing_body": r"主管(部门|单位)|上级(单位|部门)|governing body|supervis|competent (authority|department)",
    "place": r"哪(个|座|里的)?(城市|省|市|地方|城)|在哪(个|座)?(城|市|省)|设在|位于|坐落|什么地方|"
    r"\b(which|what) (city|province|town|country|place)|\blocated\b|\blocation\b|where is\b|where's\b|\bsituated\b",
    "phone": r"传真|\bfax\b|电话|座机|手机|号码是|联系号码|热线|\bphone|telephone|\bmobile\b|hotline|\bcall\b(?! for)",
    "email": r"邮箱|电子邮件|邮件地址|\be-?mail",
    "contact": r"联系(方式|人|谁|办法)|怎么联系|找谁|跟谁联系|\bcontact\b|get in touch|reach (them|the)",
    "since": r"(什么时候|何时|哪年|哪一年|几几年)(成立|建|启用|开放|运行|落成|发起|开始|设立|创)|成立(时间|于)|建于|"
    r"\bsince when|\bwhen (was|were|did)\b.*(found|establish|open|launch|creat|set up|start|built|complet)|\bwhen (was|were) (it|they)\b",
    "holdings": r"有(些|点)?(什么|哪些|啥|哪几)|都?有啥|里面|收(藏|录)了?|是(什么|啥|干什么|干啥|干嘛|做什么)|干嘛|干什么|做什么|介绍|"
    r"规模|多少(条|份|个|种|株|件|台|家|颗|头|座)|数据(总)?量|总量|能(查|找|看|提供)(到|些)?(什么|啥|哪些)|"
    r"\bwhat (is|are|'s|does|do|kinds?|sort|types?)\b|\bhow (many|much data|large|big)\b|\btell me about|\bdescribe|collections?\b|holdings?\b",
    "access": r"谁(都)?(能|可以)|对(谁|外|社会|国外|个人|企业)|开放|免费|收费|收钱|要钱|花钱|无偿|有偿|费用|付费|付钱|注册|登录|登陆|实名|账号|帐号|"
    r"公开|受限|受控|保护期|权限|个人(名义|能|可以)|国外|外国|境外|能(不能)?(用|下|看|转|投)|可以(用|下|看|转|投)|"
    r"\bfree\b|\bcharg|\bcosts?\b|\bpay(ing|ment)?\b|\bpaid\b|\bfees?\b|\bregist|\blog ?in\b|\baccounts?\b|\bopen\b|\bpublic\b|\brestrict|"
    r"\bproprietary\b|\beligib|\ballowed\b|\bwho (can|may)\b|\bcan i\b|\bmay i\b|\bdo i (need|have)\b|\bavailable to\b",
    "steps": r"怎么(申请|办|弄|预约|下载|下|获取|获得|订|买|用|拿|要|做|去|交|提交|存|寄|领|查|找|联系)|如何|流程|步骤|手续|申请|预约|下载|下单|订购|购买|申领|"
    r"提交|投递|汇交|存缴|材料|需要(什么|哪些)|要(什么|哪些)|条件|要求|盖章|签字|审核|审批|评审|几步|哪几步|许可证|"
    r"\bhow (do|does|can|to|would|should|could|is|are)\b|\bapply|\bapplication|\brequest|\border\b|\bbook(ing)?\b|\bprocedure|\bsteps?\b|\bpaperwork|"
    r"\brequire|\bsubmi|\bproposals?\b|\bdownload|\bobtain|\bdeposit|\bprocess\b|\bneed to\b|\bget (access|samples|data|hold)\b",
    "amount": r"多少钱|几毛|几(块|元)钱|多少元|(fee|费用?)\s*是\s*多少|价格|单价|报价|价目|什么价|贵不贵|(机时|会|服务|检测|测试|注册|年|版面|处理)费(用)?(是|要|一年)?(多少|几)|费用(是)?多少|"
    r"\bhow much (does|do|is|are|will|would|did)\b(?!.*\bdata\b)|\bprices?\b|\bcharge(s|d)? per\b|\bper (hour|sample|vial|day|run)\b|"
    r"\bwhat does (?:\S+ ){1,6}charge\b|\bfees? (for|of|is|are)\b|\brevenue\b|营收|年收入|\bhow expensive|\bmembership fee",
    "stock": r"库存|还剩|\bstill (have|hold|got)\b|剩(多少|几)|有货|现货|发货|在库|\bin stock\b|\bhow many .* left\b|\bship (today|now)\b|\bstill available\b",
    "schedule": r"明[天日]|后天|昨[天日]|下周|本周|这周|下(个)?月|下(一)?次(停机|检修|开放|征集|机时|申请|公告|培训|会)|空(闲)?机时|空档|档期|排期|检修|停机|几点|周末|"
    r"(开放|营业|上班|办公|值班)时间|周[一二三四五六日末天]|星期[一二三四五六日天]|(今[天日晚]|现在|此刻|目前).{0,12}(还有几|还有空|还有货|还有名额|还有机时|还剩|有没有空|空机|可约|有空|能约|排队|开门|发货|到货|几级|水位|空闲)|"
    r"\bnext (week|month|shutdown|run|maintenance|call|round|(mon|tues|wednes|thurs|fri|satur|sun)day)|\btomorrow\b|\bthis (week|month)\b|\bright now\b|"
    r"\b(opening|office) hours\b|\bwhat time (does|do|is|will)\b.{0,80}\b(open|close)|\bfree (slot|next|on)|\bvacan|\bmaintenance\b|\b(mon|tues|wednes|thurs|fri|satur|sun)day (morning|afternoon)|\blast night\b",
    "own_case": r"(我|我们)(的|课题组|单位|实验室)?[^，。？?]{0,24}(欠|余额|账单|卡在|卡住|报错|登不上|打不开|退款|发票开)|\bmy\b.{0,40}\b(stuck|error|failed|fails|balance|invoice|bill|refund)\b|我(们)?(的|在|上周|昨天|上个?月|之前|刚|前天|已经)?[^，。？?]{0,14}(申请|订单|样品|材料|数据|稿)[^，。？?]{0,10}"
    r"(批|审)(到|得|了|下来|没|完)|我(们)?[^，。？?]{0,20}[，,]?[^。？?]{0,12}(出来|下来|通过|批准|批|受理|到账|寄到|发货)了?(没有|没|吗|么)|(到|进行到)(了)?哪(一)?步|进度|审批结果|"
    r"\bmy (application|order|request|submission|sample|proposal|account)\b.*\b(status|approved|progress|stage|yet|result|arriv)|"
    r"\bstatus of my\b|\bhas my\b|\bmy (password|order)\b",
    "person": r"(主任|负责人|院长|所长|馆长|馆员|站长|首席|领导|经理|老师)(是谁|叫|姓|的|是哪)|谁是[^，。？?]{0,12}(主任|负责人|院长|所长)|PI\s*是|"
    r"\bwho is the (director|head|pi|chief|leader|manager|president)|\bname of the (director|head)|\bdirector of\b|\bpi of\b",
    "rating": r"能不能中|中标率|命中率|影响因子|分区|排名|评分|口碑|好不好|值不值|\bimpact factor\b|\branking|\brated\b|\breviews of\b|\bh-index",
}
_COMPILED = {name: re.compile(pattern, re.I) for name, pattern in _CUES.items()}
LIVE: frozenset[Attribute] = frozenset({"stock", "schedule", "own_case", "person", "rating"})
"""Attributes that no catalogue record holds; answering them would be inventing."""

Refusal = Literal[
    "opinion", "medical", "investment", "harm", "private", "ghostwriting", "errand", "legal_dispute"
]
_REFUSALS: dict[Refusal, str] = {
    "opinion": r"你(个人|自己)?(觉得|认为|怎么看|支持|喜欢|更看好)|你的(看法|观点|意见)|在你看来|\b(in )?your (personal )?(opinion|view)\b|\bwhat do you think\b|\bdo you (like|prefer|believe|agree)\b",
    "harm": r"(制造|合成|配制|培养|怎么做).{0,6}(炸弹|炸药|毒气|毒品|冰毒|生化武器|病毒武器)|(绕过|规避|逃避|骗过).{0,8}(审批|伦理|海关|监管|检查|认证)|"
    r"(拷|偷|弄|搞|盗)(贝|取|出来|走|到).{0,12}(数据|账号|data|account)|(账号|account|数据|data).{0,20}(拷|偷|盗)(出来|走|取|贝)?|没公开.{0,12}(拷|偷|弄出来|搞出来|盗)|黑进|入侵.{0,6}(系统|服务器|网站)|破解.{0,6}(密码|账号|系统)|伪造.{0,6}(证明|批件|公章|数据|材料)|偷(运|带).{0,8}(出境|出国)|"
    r"\b(build|make) (a |an )?(bomb|explosive|weapon|nerve agent)|\bbioweapon|\bhack (into|the)|\b(bypass|evade|get around|dodge|circumvent)\b.{0,30}"
    r"\b(approval|customs|ethics|review|security|law|regulation)|\bsmuggl|\bforge\b.{0,20}\b(permit|certificate|data|approval)",
    "private": r"(私人|个人|家庭|家里的?|本人的?)(电话|手机|住址|地址|邮箱|微信|号码)|(手机号|身份证|住址|工资|年龄|家住)(?!.{0,8}(注册|实名|登录))"
    r".{0,6}(给我|多少|是|告诉)|"
    r"\b(private|personal|home|cell) (mobile|phone|number|address|email|cell)|\bmobile number of\b|\bsalary of\b|\bhow old is\b",
    "medical": r"(我|爸|妈|父亲|母亲|爷爷|奶奶|外公|外婆|孩子|儿子|女儿|老婆|老公|妻子|丈夫|家人|朋友).{0,8}(得了|得的|患了?|确诊|查出|晚期|住院)|能治(好)?吗|治得好|打几针|要不要(做)?手术|化疗.{0,6}吗|(血压|血糖|尿酸|二甲双胍|胰岛素|头[疼痛]|发烧|感冒|咳嗽|失眠|肚子|胃[疼痛]|症状|我(得|患)了).{0,16}(吃|药|怎么(办|治)|治|严重|看什么科|加量|减量|停)|吃(什么|哪种|啥|哪个|哪些).{0,4}药|(癌|肿瘤|糖尿病|高血压|抑郁).{0,12}(吃|用|服).{0,6}药|"
    r"(该|能|要)(不要)?(吃|服|打).{0,4}(药|疫苗)|怎么治|(是不是|会不会)得了|"
    r"\bwhat (medicine|drug|pill|dose)\b.*\b(take|should)|\bshould i take\b|\b(my|i have) (a )?(blood pressure|headache|fever|symptom|cough|rash|pain)|"
    r"\bdiagnose me|\btreat my\b",
    "investment": r"股票|炒股|基金(涨|跌|定投|买)|买.{0,8}(股|基金)(?!委)|(房价|币|大盘|牛市).{0,6}(涨|跌|走势)|投资(建议|哪|什么)|理财|"
    r"\b(stocks?|shares?)\b.{0,30}\b(buy|sell|invest)|\b(buy|sell|invest)\b.{0,30}\b(stocks?|shares|bitcoin|crypto)|\binvestment advice",
    "ghostwriting": r"把.{0,16}(润色|翻(译)?成|改写|缩写|扩写|降重)|(帮|替|给)我.{0,14}(写|代写|润色|起草|编|翻译|做个?PPT)|代写|写(一)?(首|篇|封|段|个).{0,10}(诗|作文|论文|申请书|本子|代码|程序|邮件|文章|总结|小说)|"
    r"(整篇|全文|从头到尾).{0,6}写|\b(write|draft|compose|translate|proofread|polish)\b (me |my |a |an |the |this |us ).{0,40}"
    r"\b(essay|proposal|application|paper|poem|code|script|letter|email|thesis|abstract|song|story|paragraph|grant)|\bwrite (python|java|sql|code)",
    "errand": r"(帮|替|给)我.{0,10}(预约|约(上|一)|下单|订(一|购)|提交|报名|注册|登录|下载(一|下来)|付|发(邮件|货)|取消|催)|(帮|给|替)我.{0,24}(订|约|买|交|填|报|办|抢)(了|好|一下|上|掉|单)|"
    r"\b(book|order|submit|reserve|sign|register|buy|cancel|send)\b (it |this |that |one |me |a slot |them )?.{0,20}\b(for me|on my behalf)\b|"
    r"\bplease (book|order|submit|reserve)\b",
    "legal_dispute": r"(我|我们)(要|想|能)(起诉|打官司|告他|告她|告老板)|(已经|被)起诉|(法院|法官).{0,6}判|起诉书|判谁赢|赔(我)?多少|离婚|拖欠|劳动仲裁|欠(我)?(钱|薪)|怎么判|能赔多少|"
    r"\bwho (will|would) win\b.*\b(court|case)|\bsue\b (my|him|her|them)|\bdivorce\b|\bmy (landlord|employer|boss)\b",
}
_REFUSALS_COMPILED = {name: re.compile(pattern, re.I) for name, pattern in _REFUSALS.items()}

_ELSEWHERE = re.compile(
    r"(今天|明天|后天|周末|这几天|最近).{0,6}天气|天气(怎么样|如何|好不好|好吗)|气温(多少|几)|几度|多少度|下[雨雪]|带伞|台风路径|雾霾|彩票|星座|菜谱|做菜|食谱|外卖|电影|追剧|歌词|球赛|比分|汇率|油价|航班|火车票|高铁票|酒店|快递到哪|好吃|餐馆|饭店|菜馆|美食|咖啡馆?|景点|旅游攻略|租房|挂号|健身|游戏|明星|八卦|世界杯|奥运|NBA|高考|考研|签证怎么|笑话|讲个故事|唱首歌|求(不?定)?积分|求导数|解方程|因式分解|"
    r"\b(weather|temperature|forecast)\b.{0,24}\b(today|tomorrow|tonight|weekend|outside|now)|\b(today|tomorrow)\W{0,2}s? weather|\bhow is the weather|\brecipes?\b|\brestaurants?\b|\bcafes?\b|\bpizza|\bcelebrit|\bworld cup|\bolympic|\btourist|\bsightsee|\bjokes?\b|\bnobel prize\b.*\b(win|who)|\b(win|who)\b.*\bnobel prize|\bcook(ing)?\b|\bbrais|\bbake\b|\bmovie|\blyrics|\bfootball|\bexchange rate|\bflight(s)? (to|from)|\bhotel\b|\blottery|\bhoroscope|\b(integrate|differentiate|factori[sz]e)\b.{0,12}[a-z]\s?[\^*+]|\bsolve (the|this|for) (equation|x)\b|\bsquare root of \d",
    re.I,
)

SmallTalk = Literal["greeting", "thanks", "goodbye", "identity", "scope", "trust", "mood"]
_SMALL_TALK: dict[SmallTalk, str] = {
    "trust": r"(你|会不会|是不是).{0,8}(瞎编|胡说|乱编|编造|骗人|幻觉)|你.{0,10}(可信|靠谱|可靠|准确|准不准)(吗|么|不)?|你的?(答案|回答|信息).{0,6}(从哪|来源|依据|可靠|准)|"
    r"\b(hallucinat|make (things|stuff|it) up|trust (you|what you|your)|trustworthy|reliable are you|where do(es)? your (answers|information))",
    "identity": r"你(是|叫)(谁|什么|啥|哪|人|机器|chatgpt|gpt|ai|真人|deepseek|文心|通义|豆包)|你(的)?名字|(助手|机器人|系统).{0,6}叫(什么|啥)|叫什么名字.{0,6}(助手|你)|自我介绍|谁(开发|做|造)(了|的)?你|你背后|"
    r"(科问|kewen)\s*(是|是谁|是什么|是啥|是干)|"
    r"\bwho are you|\bwhat are you\b|\byour name\b|\bare you (a |an )?(human|bot|robot|real|person|machine|ai|chatgpt|gpt|chatbot)|\bwho (made|built|created) you|"
    r"\bwhat is kewen|\bintroduce yourself",
    "scope": r"你(都)?(能|会|可以)(帮我)?(做|干|回答|查|答|问|提供|帮)(些)?(什么|啥|哪|忙)?|你有(什么|哪些)(功能|用)|(怎么|如何)(使用|用)(你|科问|这个)|"
    r"(能|可以)(问|回答)(你)?(什么|哪些|哪方面)|有(什么|哪些)功能|"
    r"\bwhat (can|could|do) you (help|do|answer|know|offer)|\bhow (can|do) (you|i use) (help|you|this)|\bwhat can i ask|\bwhat (sorts?|kinds?|types?) of (questions?|things) (can|could|may|do|should)\b|\bhow does this work|\bwhat (are|do) you (able|support)",
    "thanks": r"太棒了|真棒|正是我(要|需要)的|解决了|谢谢|多谢|感谢|谢啦|谢了|辛苦了|帮大忙|太好了|\bthank|\bthx\b|\bthanks\b|\bcheers\b|\bappreciate|\btysm\b",
    "goodbye": r"再见|拜拜|拜了|回头见|下次(见|聊|再)|(明天|改天|回头|以后|有空)?再(聊|见|来|问)|明天见|晚安|\bbye\b|\bgoodbye\b|\bsee you\b|\bgood ?night\b",
    "greeting": r"^(你好|您好|哈喽|嗨|早上好|早安|下午好|晚上好|大家好|在吗|在不在|hi|hello|hey|good (morning|afternoon|evening)|greetings|yo)",
    "mood": r"好(的|滴|嘞|哒|吧)?|行(吧|啊)?|嗯+|哦+|哈哈+|知道(了|啦)|明白(了)?|懂(了|啦)|清楚了|收到|了解(了)?|不错|厉害|真?牛|没事(了)?|没问题|可以(了|的)|辛苦|第一次用|请?多(多)?关照|"
    r"\b(ok(ay)?|nice|great|cool|got it|i see|sure|fine|well done|good job|awesome|lol|perfect|wow|alright|no problem|understood|excellent|brilliant|amazing)\b",
}
_SMALL_TALK_COMPILED = {name: re.compile(pattern, re.I) for name, pattern in _SMALL_TALK.items()}
_PADDING = re.compile(
    r"[\W_]|你|您|我|正是|要的|就是|想要|真是|呀|啊|哦|呢|吧|啦|了|嘛|哈|好的?|那|就|这|样|先|大|忙|帮|了|非常|太|很|真|you|so|very|much|a|lot|there|for|your|the|help|ok(ay)?|和|及|to|all|today|now|everyone|kewen|科问|小助手|助手|朋友",
    re.I,
)

_RULE = re.compile(
    r"第[零〇一二三四五六七八九十百\d]+[条章款]|条例|办法|规定(?!的?机时)|法律|法规|细则|政策|标准(?!物质|样品)|哪(一)?条|几条|合法|违法|犯法|违规|法(第|里|中|上|规定|要求|怎么)|"
    r"罚|处罚|处分|追责|责任主体|法律责任|备案|报批|审批|批准|许可|核准|报告.{0,6}(交|提交|期限)|几(天|日|个月|年)(之)?内|(多少|几)(个)?(工作日|天|日|个月|年|小时)|"
    r"有效期|保密期限|密级|涉密|定密|出境|出口|带(出|到)国|国外|境外|外方|外国(人|机构|组织)|外企|外资|伦理|知情同意|义务|必须|应当|允许|能不能|可不可以|可以.{0,16}吗|能.{0,14}吗|要不要|是否|算不算|属于.{0,10}吗|"
    r"号文|令第|号令|国(办|科|务院|发)|gb/?t|现行|作废|废止|失效|生效|施行|实施|修订|修正|替代|代替|"
    r"\barticles?\b|\bregulation|\blaws?\b|\blegal|\brules?\b|\bmeasures for\b|\bprovisions?\b|\bpolicy|\bpolicies|\bstandards?\b(?! (sample|material))|\bact\b|\bfine[sd]?\b|\bpenalt|"
    r"\bpunish|\bapprov|\bpermit|\blicen[cs]e|\ballowed\b|\bmay (we|i|a|an|they|foreign)|\bcan (we|a|an|foreign)|\bmust\b|\b(have|obliged|required) to\b|\bobligat|\brequired by\b|\bworking days\b|\bhow long\b|"
    r"\bdeadline|\bcomply|\billegal|\bexport|\babroad\b|\boverseas\b|\bforeign\b|\bconsent\b|\bethic|\bin force\b|\bsupersed|\brepeal|\beffective\b|\bexempt|\bsecurity assessment|\bresponsible party",
    re.I,
)
_WHERE = re.compile(
    r"哪(里|儿|个|家|些)|在哪|去哪|上哪|到哪|从哪|何处|谁(有|能提供)|有没有|有(现成|地方|平台|这样)|找(一)?(个|下|些|找)?|想(要|找|拿|查|看|用|申请|做|订|买|借)|需要|推荐|"
    r"\bwhere\b|\bwhich\b|\bis there\b|\bare there\b|\bwho has\b|\blooking for\b|\bi need\b|\bwe need\b|\bneed\b|\bfind\b|\brecommend|\bany (chinese|national|public|place|open)|\bdoes china have",
    re.I,
)
_PERMISSION = re.compile(
    r"能不能|可不可以|可以.{0,24}(吗|么|嘛)|能.{0,24}(吗|么|嘛)|允许|是否(可以|允许|需要)|要不要(审批|备案|报批|批准|许可)|用不用|需不需要|合法吗|违法吗|"
    r"\b(may|can|could) (i|we|a|an|they|foreign\w*|our|the)\b|\bam i allowed|\bare we allowed|\bis it (legal|allowed|ok|okay|permitted)|\bdo (i|we) need (approval|permission|a permit|to ask)",
    re.I,
)
_LIST = re.compile(
    r"(有|有没有)(设在|位于|建在|落在|在).{1,8}的|有哪些|都有(哪|什么|啥)|哪些|列(出|一下|举)|清单|名单|所有的?|全部的?|几家|盘点|"
    r"\blist\b|\bwhat .*(centers|centres|banks|facilities|platforms|stations|repositories|instruments|collections)\b|\bwhich .*(centers|centres|banks|facilities|platforms|stations|repositories)\b|\ball (the|national)\b|\bshow me\b",
    re.I,
)
_COMPARE = re.compile(
    r"区别|不同|差别|差异|对比|比较|什么关系|\bdifferen|\bcompare|\bversus\b|\bvs\.?\b|\brelation", re.I
)
_SUM = re.compile(
    r"一共|总共|合计|加起来|相加|总和|剩下|其余|还有多少|差多少|多出|相差|\bin total\b|\baltogether\b|\bsum of\b|\bcombined\b|\bthe rest\b|\bremain",
    re.I,
)


def attributes(text: str) -> frozenset[Attribute]:
    """Every attribute whose wording occurs in the normalised question."""
    return frozenset(name for name, pattern in _COMPILED.items() if pattern.search(text))


_ABOUT_LAW = re.compile(
    r"罚|处分|违法|犯法|犯罪|后果|责任|合法|规定|第.{1,6}条|\bfine\b|\bpenal|\bpunish|\billegal|\blegal\b|\blaw\b|\barticle\b",
    re.I,
)
"""Who asks what the law says of a wrong is not asking for help with it."""


def refusal(text: str) -> Refusal | None:
    """Why a question is not ours to answer, or None."""
    found = next((name for name, pattern in _REFUSALS_COMPILED.items() if pattern.search(text)), None)
    return None if found == "harm" and _ABOUT_LAW.search(text) else found


def is_elsewhere(text: str) -> bool:
    """True for the everyday matters that no catalogue or rule book answers (weather, tickets …)."""
    return bool(_ELSEWHERE.search(text))


_QUESTION = re.compile(
    r"[?？]|吗|么|呢|哪|谁|怎|什么|多少|几|如何|是否|\b(how|what|where|which|who|when|why|can|could|may|do|does|is|are|find|show|tell)\b",
    re.I,
)


def small_talk(text: str) -> SmallTalk | None:
    """The kind of small talk when nothing else is in the question."""
    first: tuple[SmallTalk, ...] = ("trust", "identity", "scope")
    for name in first:
        if _SMALL_TALK_COMPILED[name].search(text):
            return name
    found: SmallTalk | None = None
    rest = text
    then: tuple[SmallTalk, ...] = ("thanks", "goodbye", "greeting", "mood")
    for name in then:
        if _SMALL_TALK_COMPILED[name].search(rest):
            found = found or name
            rest = _SMALL_TALK_COMPILED[name].sub(" ", rest)
    plain = not _QUESTION.search(text) and len(text) <= 40
    if found and (len(_PADDING.sub("", rest)) <= 2 or (plain and found in ("thanks", "goodbye"))):
        return "goodbye" if _SMALL_TALK_COMPILED["goodbye"].search(text) else found
    return None


_IDENTIFIERS = re.compile(r"前缀|标识(符|码)?|注册机构代码|\bprefix|\bidentifiers?\b|\bDOI\b|\bCSTR\b", re.I)


def asks_identifiers(text: str) -> bool:
    """True when a prefix or identifier scheme of a record is asked for."""
    return bool(_IDENTIFIERS.search(text))


_DETAILS = re.compile(
    r"邮编|邮政编码|微信|公众号|QQ群?|客服|员工|职工|多少人上班|编制|预算|经费|营收|收入|利润|市值|股价|占地面积|食堂|宿舍|住宿|停车|班车|地铁|怎么走(?!流程|程序|手续)|路线|招聘|招生|待遇|工资|薪资|门票|"
    r"照片|图片|头像|密码|排队|[\u4e00-\u9fff]{1,4}率(?=是|有|为|多少|大概|百分|高|怎么样|[？?]|$)|注册用户|引用次数|被引|下载量|访问量|点击量|日活|活跃用户|服务器|源代码|口令|法人代表|税号|银行账[号户]|开户行|发票抬头|出栏|产值|去年|今年|"
    r"\bzip code|\bpost ?code|\bwechat|\bstaff\b|\bheadcount|\bemployees?\b|\bbudget|\brevenue|\bturnover|\bprofit|\bfloor area|\bparking|\bdirections to|\bshuttle|\bsubway|\bcanteen|\baccommodation|"
    r"\bhotel|\bvacanc(y|ies)|\bjobs?\b|\bhiring|\bsalar(y|ies)|\btickets?\b|\badmission\b|\bphotos?\b|\bpassword|\bqueue|\b(success|acceptance|approval) rate|\bcitation count|\bdownloads? count|"
    r"\b(last|this) year\b|\bpage views|\bbank account|\btax number|\bsource code|\bvisiting hours",
    re.I,
)


def details(text: str) -> tuple[str, ...]:
    """Particulars asked for by name that catalogues seldom hold: budget, staff, parking, WeChat …"""
    return tuple(found.group(0) for found in _DETAILS.finditer(text))


_COUNTED = re.compile(
    r"(?:多少|几)(?:个)?\s*(人|名|位|块|面|张|篇|辆|层|间|平方米|亩|公顷|吨|公斤|个字|TB|GB|PB|MB|T|G)(?![\u4e00-\u9fff]{0,2}(?:以上|以下))|\bhow many ([a-z]{4,})",
    re.I,
)
_SAME_UNIT = {"人": "人名位", "名": "人名位", "位": "人名位", "块": "块面", "面": "块面"}


def counted(text: str) -> tuple[str, ...]:
    """What a number is asked of, as patterns to look for after a number: 人, TB, panel."""
    found = []
    for match in _COUNTED.finditer(text):
        unit = match[1] or match[2]
        if match[2]:
            stem = re.escape(unit.lower().rstrip("s"))
            found.append(
                rf"(\d[\d,.]*|\b(one|two|three|four|five|six|seven|eight|nine|ten|twelve|hundred))\W+(\w+\W+){{0,3}}{stem}"
                rf"|\bnumber of (\w+\W+){{0,2}}{stem}"
            )
        elif unit.isascii():
            found.append(rf"\d\s*{re.escape(unit[0])}")
        else:
            found.append(rf"[\d万亿余多一二三四五六七八九十百千两]\s*(个)?[{_SAME_UNIT.get(unit, unit)}]")
    return tuple(found)


def about_rules(text: str) -> int:
    """How many different rule words the question holds."""
    return len({found.group(0) for found in _RULE.finditer(text)})


def asks_where(text: str) -> bool:
    return bool(_WHERE.search(text))


def asks_permission(text: str) -> bool:
    return bool(_PERMISSION.search(text))


_AUTHORITY = re.compile(
    r"归.{0,8}(管|批|审)|(由|是)(谁|哪.{0,6})(主?管|批|审批)|主管部门|\bin charge\b|\bcompetent authorit",
    re.I,
)


def asks_authority(text: str) -> bool:
    """True when the question is whose business something is."""
    return bool(_AUTHORITY.search(text))


def asks_list(text: str) -> bool:
    return bool(_LIST.search(text))


def asks_comparison(text: str) -> bool:
    return bool(_COMPARE.search(text))


def asks_sum(text: str) -> bool:
    return bool(_SUM.search(text))


ASKING = re.compile(
    r"截止|截止日期|deadlin|带|要带|交|填|走|我要|准备|要准备|哪些材料|我想|prepar|申请|要申请|怎么|怎么弄|弄|办|办理|预约|下载|数据|资源|东西|样品|材料|流程|步骤"
    r"|手续|收费|免费|钱|网址|官网|电话|联系|问题|帮忙|一下|"
    r"使用|获取|获得|提交|注册|登录|开放|共享|条件|多久|时间|地方|那种|这种|appl(y|i|ic)|application|data|resourc|access|download"
    r"|regist|sampl|it|"
    r"request|procedur|step|cost|free|pay|phone|contact|websit|link|use|someth|thing|go|about|do|one|long"
    r"|time|much|mani|happen|work",
    re.I,
)
"""Words about asking and getting, which name no subject."""
