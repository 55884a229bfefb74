"""Words of a question that name an act, a thing, a foreign party or a fact that a verdict hangs on.

Patterns are rules of the two languages, not of single questions. They are matched against the question
after NFKC, traditional → simplified and lower-casing.
"""

from __future__ import annotations

import re

from corpus.rulings import Act, Fact, Thing

_COUNTRIES_ZH = (
    "美国|英国|德国|法国|日本|韩国|新加坡|加拿大|澳大利亚|澳洲|欧洲|欧盟|荷兰|瑞士|瑞典|丹麦|挪威|芬兰|俄罗斯|印度|泰国|越南|巴西|以色列|意大利|西班牙"
    "|比利时|奥地利|波兰|新西兰|马来西亚|印尼|非洲|墨西哥|阿根廷|智利|秘鲁|埃及|土耳其|菲律宾|巴基斯坦|蒙古国|朝鲜|缅甸|柬埔寨|老挝|尼泊尔|哈萨克|乌克兰|爱尔兰|葡萄牙|希腊|捷克|匈牙利|沙特|伊朗|南非|肯尼亚|cimmyt|北美|南美|东南亚|美方|日方|德方|英方|哈佛|ncbi|genbank|dbgap|embl|ebi|ddbj|牛津|剑桥|斯坦福|波士顿|纽约|伦敦|东京|柏林|巴黎"
)
_COUNTRIES_EN = (
    r"americans?|german\w*|british|uk|u\.k\.|usa|u\.s\.a?\.?|united states|united kingdom|england|scottish|french|france|japan\w*|korean?|singapore\w*|canad\w+|australia\w*|europe\w*|eu"
    r"|dutch|netherlands|swiss|switzerland|swed\w+|danish|denmark|norw\w+|finnish|finland|russia\w*|india\w*|thai\w*|vietnam\w*|brazil\w*|israel\w*|ital\w+|spanish|spain|belgi\w+|austria\w*|new zealand"
    r"|mexic\w+|argentin\w+|chile|egypt\w*|turkey|turkish|philippin\w+|pakistan\w*|irish|ireland|portug\w+|greece|greek|czech\w*|hungar\w+|saudi|iran\w*|south africa\w*|kenya\w*|ukrain\w+|cimmyt|the us|boston|new york|london|tokyo|berlin|paris|munich|harvard|ncbi|genbank|dbgap|embl-?ebi|ddbj|oxford|cambridge|stanford"
)
FOREIGN_ZH = rf"国外|境外|海外|外国人?|外方|外资|外企|外籍|外商|国际期刊|外刊|对外合作|对外提供|中外|涉外|国际合作|跨国公司|老外|洋(?:专家|公司)|{_COUNTRIES_ZH}"
FOREIGN_EN = rf"\b(?:foreign\w*|overseas|abroad|non-chinese|international(?:ly)?|multinational|{_COUNTRIES_EN})\b|\bus (?=repositor|server|database|cloud|journal|publish|agenc|authorit|headquart|parent|start-?up|firm|group|corporat|biotech|colleague|scientist|professor|team|hospital|student|investor|customer|compan|universit|lab|firm|institut|partner|collab)"
FOREIGN = re.compile(f"{FOREIGN_ZH}|{FOREIGN_EN}", re.I)
NOT_FOREIGN = re.compile(
    r"(?:没有|无|不(?:涉及|含|是|带|属于)|未涉及)[^，。,.]{0,6}(?:外方|外国|境外|国外|外资)|全是中方|纯国内|都在国内|国内(?:企业|公司|单位|高校|大学|机构|用户|同行)"
    r"|\b(?:no|without(?: any)?|not) (?:a )?(?:foreign|overseas|international)\w*|\bdomestic\b|\bonly chinese\b|\b(?:within|inside) china\b|\bto (?:a |an |the |another )(?:\w+ )?chinese\b|\banother chinese\b",
    re.I,
)
TO_FOREIGN = re.compile(
    rf"(?:给|向|与|和|跟|同|为|对|到|往|去|于|在|从|寄|送|卖|传|交|运|带|发|出|有|回|用|看|让)(?:一?[个家位些]|我们的|我的|那个|这个|[^，。,.?？]{{0,2}})?(?:{FOREIGN_ZH}|\s*(?:{FOREIGN_EN}))(?:的?\s*(?:{FOREIGN_ZH}|{FOREIGN_EN}))*"
    rf"|\b(?:to|with|for|from|at|in|on|into|of|through|via)\b (?:\w+ ){{0,3}}(?:{FOREIGN_EN})|\b(?:abroad|overseas)\b(?! (?:universit|compan|partner|institut|researcher|scholar|part))",
    re.I,
)
"""A foreign party that receives, takes part or is a place: not the one that acts."""
PARTY = re.compile(
    r"的?(?:公司|企业|机构|大学|高校|学者|专家|团队|研究|单位|组织|个人|股东|资本|人员|学生|导师|科学家|教授|老师|同行|朋友|客户| \w*(?:universit|compan|institut|research|scholar|team|part(?:y|ies|ner)|student|visitor|scientist|researcher))",
    re.I,
)
"""What follows a word for abroad where it names somebody and not a place."""
ALIEN_KIND = re.compile(
    r"(?:外国|国外|境外|海外|进口)(?:来的|引进的|带回来的|运来的|的)?(?=物种|昆虫|虫|鱼|龟|蛙|甲虫|蜗牛|水草)|巴西(?=龟)"
    r"|\b(?:foreign|exotic|imported|introduced|overseas) (?=(?:\w+ )?(?:species|insects?|fish|beetles?|bees|snails?|turtles?|frogs?|weeds?)\b)",
    re.I,
)
"""Foreign of a living kind, not of somebody: an alien species."""
PARTY_FROM = re.compile(
    r"\b(?:universit(?:y|ies)|compan(?:y|ies)|institut\w+|firms?|teams?|researchers?|scientists?|lab(?:orator(?:y|ies)|s)?|scholars?|hospitals?|organi[sz]ations?|bod(?:y|ies)|groups?|professors?|visitors?|people|persons?|individuals?|students?)"
    rf" (?:that (?:is|comes) |who (?:is|comes) )?(?:from|based in|registered in|headquartered in|based) (?:the )?(?:{FOREIGN_EN})",
    re.I,
)
"""「a university from abroad」: somebody foreign."""
RECEIVES = re.compile(r"\b(?:to|with|for|by|let|give|send|show|at|in|from|of)\b (?:\w+ ){0,3}$", re.I)
"""What stands before a party that receives or takes part."""
ASKED_BY = re.compile(
    rf"(?:{FOREIGN_ZH})[^，,。]{{0,8}}(?:让|叫|请|要求|托|催|希望)(?:我|咱)"
    rf"|(?:{FOREIGN_EN})(?: \w+){{0,3}} (?:asks?|asked|wants?|wanted|requests?|requested|demands?|demanded|would like|is asking|are asking)\b",
    re.I,
)
"""A foreign party that asks somebody of China for something."""
SENDS = re.compile(r"寄|发|送|传|交|给|\b(?:send|mail|post|ship|transfer|forward|hand|giv|provid)", re.I)
DOMESTIC = re.compile(
    r"我们?(?!国)|咱|本(?:院|所|校|单位|人)|医院|课题组|研究所|高校|大学|中方|实验室|国内|中国(?:的)?(?:公司|企业|大学|机构|医院|学者)|\b(?:we|our|us|my|i|hospital|domestic)\b|\bchinese (?:universit|hospital|compan|firm|institut|partner|researcher)",
    re.I,
)
INDIVIDUAL = re.compile(
    r"(?<!给)(?<!向)(?<!归我)(?<!归)个人(?!信息|隐私|数据|资料)|自然人|私人|爱好者|普通人|老百姓|\bprivate (?:person|individual|collector)|\ban individual\b|\bindividuals\b|\bhobby",
    re.I,
)

_ABROAD = rf"(?:{FOREIGN_ZH})"
_ACTS: dict[Act, str] = {
    "cite": r"署(?:个)?名|不(?:提|写|标|感谢)(?!供|交|前|升|取|醒|出|准|本|完|好|志|题|书|记|测|定|签|价)|标注|注明|致谢|引用|出处|标明|写.{0,8}来源|来源.{0,4}(?:写|标|注)|\backnowledg|\bcit(?:e|ing|ation)\b|\bcredit|\battribut|\bmention(?:ing|ed)?\b|\bname the source|\bmention the source",
    "change": r"变更|换(?:一?[个家])?(?:合作|单位|伙伴|人|对象)|更换|改(?:方案|内容|目的|合作)|\bchange (?:the |our )?(?:partner|aim|plan|term|content)|\breplace (?:the |our )?partner|\bswitch (?:the |our )?partner",
    "connect": r"联网|接(?:入|上|到)?.{0,4}(?:互联网|外网|公网|wifi)|上(?:互联)?网|连.{0,4}(?:网|wifi)|\bconnect\w*.{0,20}(?:internet|online|network)|\bplug.{0,20}internet",
    "found": r"设.{0,8}(?:分会|分支|分部|办事处)|成立|设立|登记|注册成|组建|\bset(?:ting)? up\b|\bestablish|\bfound(?:ing)? (?:a|an|our)|\bregister (?:as|our|a|an)\b|\bopen(?:ing)? (?:a )?(?:regional )?branch",
    "run_business": r"营利|盈利|经营|赚钱|做生意|for[- ]profit|\bmake (?:a )?(?:money|profit)|\brun a business",
    "apply_ip": r"申请.{0,12}(?:专利|品种权|知识产权|新品种|品种保护)|(?:专利|品种权|知识产权).{0,8}(?:归|申请|属|写|报)|申(?:报)?专利|品种权|专利(?:里|中)|\bpatent|\bvariety (?:right|protection|claim)|\bplant variety\b.{0,20}\b(?:claim|right|appl)",
    "keep": r"占为己有|据为己有|归(?:谁|我|个人|自己|用户|哪)|自己留|私自留|带走|带到新|归属|属于谁|上缴|上交财政|独占(?!许可)|\bkeep\b.{0,30}\b(?:my|him|her|them|your|our)sel|\bbelong|\bwho owns|\bownership|\btake .{0,20}with me|\bkeep (?:all )?(?:the )?(?:income|money|results|data|copies)",
    "charge": r"收费|收钱|要钱|收(?!的|入|到).{0,8}(?:费|钱)(?!力)|付费|付钱|交钱|(?<!自己)(?<!企业)(?<!公司)(?<!单位)花钱|免费|无偿|有偿|白用|白给|\bcharg(?:e|es|ed|ing)\b|\bfees?\b|\bpay(?:ing|ment)?\b|\bfree of charge|\bfor free\b|\bbill\b",
    "import": rf"进口|引进|引种|入境|进境|带(?:回|进)(?:国|来|中国)|运(?:回|进)|从.{{0,4}}{_ABROAD}.{{0,14}}(?:引|带|买|寄|运|进|要|拿|弄)|\bimport|\bbring\w* .{{0,40}}(?:into|to|back to) china|\bintroduc(?:e|ing)|\bfrom (?:\w+ ){{0,2}}(?:abroad|overseas)\b",
    "export": rf"出境|输出|出口|出国|出(?:海)?关|过境|跨境|对外提供|向外(?:方|国|界)?提供|(?:带|寄|邮寄|快递|送|运|发|传|交|给|提供|交换|转|分享|共享|开放|拿|携带|上传|存|放|拷|分|访问|托运|捎)[^，,。？?]{{0,12}}{_ABROAD}|{_ABROAD}[^，,。？?]{{0,14}}(?:要|拿|访问|下载|调取|共享|分享|看|获取|得到)"
    r"|\babroad\b|\boverseas\b|\bexport|\b(?:out of|leave|outside) (?:china|the country)|\bcross-border|\bcross the border|\bthrough customs"
    rf"|\b(?:send|sending|ship|shipping|mail|mailing|transfer|transferring|take|taking|carry|carrying|give|giving|provide|providing|transmit|bring|fly|post|move|moving|upload|uploading|hand|release|store|storing|host|hosting|share|sharing|pass|supply|donate|lend|exchange|open)\b.{{0,60}}(?:{FOREIGN_EN})",
    "license": r"转让|(?:独占|专利|技术|成果|普通|排他)[^，,。]{0,6}(?:许可|转让|授权)|(?:许可|转让|授权)[^，,。]{0,10}(?:专利|技术|成果|给)|作价|入股|\blicen[cs](?:e|es|ing)\b.{0,30}(?:to|out|patent|technolog|abroad|foreign)|\btransfer.{0,30}(?:patent|technolog|\bip\b|achievement|rights?)|\bexclusive licen|\bsell.{0,20}patent",
    "sell": r"卖|出售|买卖|交易|倒卖|贩|质押|\bsell|\bsold\b|\bsale\b|\btrad(?:e|ing)\b|\bcommerciali",
    "submit": r"汇交|上交|(?:数据|资料|成果|报告|材料).{0,10}交(?:上|给|到|国家|出去|掉|了|不|吗)|(?:非得|必须|要|得)?交(?:给|到)?(?:国家|中心|上去)|提交|上报|报送|结题|先验收|再(?:上)?交(?!流|换|代|叉)|补交|没(?:有)?交|不交|递交|入库|\bsubmit|\bdeposit|\bhand (?:it |them |over |in )|\breport\b.{0,20}(?:to|within)|\bturn (?:it |them )?in\b",
    "publish": r"发表|公布|公开(?!的|数据|资料)|对(?:外|社会)开放|上传|[挂贴晒发传](?:到|在|上|出)?(?:网|平台|朋友圈|公众号)|放(?:到)?网上|发(?:篇|个)?(?:论文|文章|paper)|投稿|出版|发布|晒|\bpublish|\bpublic(?:ly|ation)?\b|\bpost(?:ing)?\b|\bput(?:ting)? .{0,40}\bon (?:a|the|our) (?:\w+ )?(?:web|site|server|repositor|platform|database)|\bupload|\bdisclos|\brelease\b|\b(?:put|posting?|place|make|share)\b.{0,60}(?:\bonline\b|on the (?:web|internet))|\bopen data",
    "collect": r"敲|凿|刨|抽.{0,8}血|采(?!购|用|取措施|集(?:的|来的|到的|自|于|所得)|的)|抽血|取样|收集|科考|考察|(?<!问卷)调查|挖|发掘|猎捕|捕|抓(?!紧|住)|捉|捞|砍|伐|野外考察|测绘|航测|航拍|爬(?:取|虫)|抓取|摘|移栽|\bcollect(?!ed\b|ion)|\b(?:be|being|is|are) collected|\bto sample\b|\bsample (?:from|people|volunteers|wild|water)|\bsampling|\bgather|\bcatch|\bcaptur|\btrap|\bhunt|\bdig|\bexcavat|\bharvest|\bpick\b|\bdraw(?:ing)? blood|\btake (?:blood|samples|specimens|saliva)|\bsurvey(?! (?:results?|data|answers?|respon|questionnaire|form))|\bcrawl|\bscrap(?:e|ing)|\bchip(?:ping)? (?:off|out)|\b(?:do|carry out|conduct) (?:\w+ )?(?:marine|research at sea)|\bexpedition",
    "preserve": r"保藏|保存|建(?:立|个|设)?.{0,8}库|储存|存放|存着|留着|自己留|囤|持有|\b(?:run|build|set up|operat\w+|establish|open|keep|hav\w+|host)\b.{0,24}(?:biobank|\bbank\b|collection)|\bbank(?:ing)? (?:chinese|human|tissue|blood|samples)|\bpreserv|\bstor(?:e|es|ing|age)\b|\bkeep\b(?!.{0,20}sel)|\bhold\b|\bretain",
    "destroy": r"丢(?:到|进|在|掉)|销毁|处理掉|丢弃|扔|处置|擅自处理|\bdestroy|\bdispos|\bdiscard|\bthrow away|\babandon|\bcull",
    "release": r"放生|释放|放归|野放|放(?:到|进|回|走|飞)(?:野外|自然|外面|大自然|河|湖|江|海|山|水|田|林|池|了|掉|吗)|\breleas(?:e|ing)\b.{0,30}(?:wild|nature|species|into|insects?|fish|animals?|plants?|beetles?|organisms?)|\blet(?:ting)? .{0,30}\bgo\b|\bset free",
    "breed": r"饲养|繁育|繁殖|育种|养殖|养(?!老)|\bbreed|\brear(?:ing)?\b|\brais(?:e|ing)\b|\bin captivity",
    "enter": r"进(?:入|去|到)|进.{0,6}(?:核心区|缓冲区|保护区)|\benter|\bgo(?:ing)? in(?:to|side)?\b|\baccess(?:ing)? the (?:reserve|core|buffer)|实习|参观|观鸟|露营|徒步|\bwalk into|\bvisit(?:ing)? (?:the|a)\b",
    "occupy": r"占用|占地|\boccup",
    "buy": r"买|购|添(?:一)?(?:台|套|置)|采购|\bbuy|\bpurchas|\bacquir|\bprocure|\border\b",
    "transport": rf"运输|运(?:到|往|去|过|至)|运送|快递|寄|携带|托运|搬运|坐(?:飞机|高铁)|空运|公交|地铁|护送|\btransport|\bcarry|\bcourier|\bmail|\bship|\bby (?:air|train|bus|road)\b|\bon (?:a|the) (?:bus|train|plane|metro)|带.{{0,12}}{_ABROAD}",
    "cooperate": rf"合作(?!企业|公司|方|单位|伙伴|者|医院|实验室|机构|院校|团队|课题组)|联合(?:研究|攻关|申请|考察|开展|做|培育)|共同(?:研究|开展|申请)|交换|(?:与|和|跟|同).{{0,6}}{_ABROAD}.{{0,14}}(?:做|研究|开展|搞|一起|项目)|{_ABROAD}.{{0,10}}(?:参与|加入|合作)|\bcooperat|\bcollaborat|\bjoint|\bpartner|\btogether\b|\bexchang",
    "reuse": r"(?:用|使用|借用|拿).{0,6}(?:别人|他人|人家|别的|其他|同行|公开)|(?:别人|他人|人家|其他(?:人|组|单位))(?:的)?.{0,8}(?:数据|成果|dataset)|(?:同事|同门|师兄|师姐|师弟|导师)的.{0,8}(?:数据|成果)|\bcolleagues?'?s?'? .{0,14}(?:data|dataset|result)|\bother(?:s'?| people'?s?| group'?s?| lab'?s?)\b.{0,14}(?:data|dataset|result)|\bsomeone else|\breus(?:e|ing)",
    "share": r"给[^，,。？?]{0,8}(?:单位|公司|企业|高校|大学|机构|课题组|同事|朋友|别人|他人|用户|医院|团队)|共享|开放|提供|(?:发|转|拷|交|传|送)(?:送|交|发|递)?给|给.{0,12}用|借|分享|别(?:人|的单位)用|让.{0,8}用|接入|供种|转给|\bshar(?:e|es|ing)\b|\bopen\b|\bmake .{0,30}available|\bgiv(?:e|ing)\b|\bprovid(?:e|ing)|\blend|\bsuppl(?:y|ies)|\bpass(?:ing)? .{0,20}\bon\b|\bhand(?:ing)? (?:over|it|them|our|the|data)|\blet .{0,60}use",
    "use": r"使用|利用|用于|用来|拿来|用(?!户|途|不用)|做.{0,10}(?:实验|试验|研究|测序|分析|检测|课题)|开展|研究|测序|检测|分析|试验|\bus(?:e|ed|es|ing)\b|\bexperiment|\bresearch|\bsequenc(?:e|ing)\b|\banaly[sz]|\bstud(?:y|ies|ying)|\btest|\bperform|\brun\b",
}
ACTS = {act: re.compile(pattern, re.I) for act, pattern in _ACTS.items()}
TIERS: tuple[frozenset[Act], ...] = (
    frozenset(("cite", "change", "connect", "found", "run_business", "apply_ip", "keep", "charge")),
    frozenset(
        (
            "import",
            "export",
            "license",
            "sell",
            "submit",
            "publish",
            "collect",
            "preserve",
            "destroy",
            "release",
            "breed",
            "enter",
            "occupy",
            "buy",
        )
    ),
    frozenset(("transport", "cooperate", "reuse", "share")),
    frozenset(("use",)),
)
"""The most telling acts first: an act counts only where no act before it has a rule."""

_THINGS: dict[Thing, str] = {
    "hgr_material": r"人类?遗传(?:资源)?|人遗|病理|切片|(?:人|人类|人体|患者|病人|志愿者|受试者|人群|临床|产妇|老人|儿童)(?:的)?(?:血|尿|唾液|组织|细胞|样本|样品|标本|dna|粪便|胎盘|肿瘤)|血(?:液)?(?:样|清|浆|标本)|血液|抽血|采血|采.{0,4}血|唾液|(?:肿瘤|病理|脑|癌|手术|手术后)(?:的)?组织|生物样本|脐带|骨髓|活检|中国人的?.{0,6}(?:样|血|dna|组织|唾液|细胞)|dna\s*样|队列|\bhuman (?:blood |tissue |biological |genetic |tumou?r )?(?:samples?|tissues?|materials?|specimens?|blood|genetic|cells|resources?|dna|organs?)|\bblood\b|\bsaliva|\b(?:patients?|tumou?r|biological|chinese|volunteers?|donor)(?:'s|s'|')? (?:tissue|samples?|specimens?)|\btissue|\bbiobank|\bbiops|\bplasma\b|\bserum\b|\bhgr\b|\bplacenta|\bdna samples?|\bcohort",
    "hgr_information": r"人类?遗传(?:资源)?|人遗|基因组|基因(?:数据|信息|测序|型)|测序(?:的)?(?:数据|结果|信息|文件)|遗传(?:数据|信息|资源信息)|外显子|dna\s*(?:数据|信息|序列)|\bsequenc\w+ (?:data|results?|files?|reads)|\bgenom\w*|\bgenetic (?:data|information)|\bexome|\bhuman genetic|\bhgr\b|\bdna (?:data|sequences?)",
    "human_research": r"伦理|受试者|以人为|涉及人的|志愿者|临床试验|人体试验|问卷|\bethic|\bhuman (?:subjects?|participants?)|\bvolunteers?\b|\bclinical (?:trials?|stud)|\bquestionnaire",
    "personal_information": r"个人(?:敏感)?(?:信息|数据|资料|隐私)|隐私|病历|健康(?:档案|记录|数据|信息)|(?:患者|病人|用户|受访者|参与者|学生|居民|公民|受试者|志愿者)(?:的)?(?:个人)?(?:信息|数据|资料|病历|姓名)|身份证|手机号|(?:姓名|名字|住址|家庭(?:地址|住址)|家里地址|联系方式|电话)[^，,。]{0,10}(?:姓名|住址|地址|联系方式|电话|手机|身份证)|(?:访者|愿者|与者|试者|患者|献者|病人|村民|居民|学生|农户|农民|老人|儿童|孩子|别人|他人|个人|供者|用户)们?的?(?:真实)?(?:姓名|名字|住址|地址|联系方式|电话|手机|微信)|[他她]们?的(?:真实)?(?:姓名|名字|住址|手机号)|人脸|医疗(?:数据|记录|信息)|就诊|住院|病案|指纹|行踪|\bpersonal (?:data|information)|\bprivate (?:data|information)|\bpatients?(?:'s|s'|')? (?:\w+ )?(?:data|records?|information|names?)|\b(?:health|medical) (?:records?|data|information)|\bprivacy|\bface images|\bidentifiable|\b(?:names?|(?:home |street |postal |email )?address(?:es)?|(?:tele)?phone numbers?|contact details)\b(?: and | or |, (?:and )?)(?:the )?(?:names?|(?:home |street |postal |email )?address(?:es)?|(?:tele)?phone numbers?|contact details)\b|\b(?:people|person|participant|respondent|interviewee|villager|volunteer|student|farmer|resident|patient|user|donor|subject)s?(?:'s|s'|')? (?:full |real |home )?(?:names?|address(?:es)?|(?:tele)?phone numbers?|contact details|emails?)\b|\b(?:names?|address(?:es)?|phone numbers?|contact details) of (?:\w+ ){0,3}(?:people|persons?|participants?|respondents?|interviewees?|villagers|volunteers?|students?|farmers|residents|patients?|users|donors|subjects)\b|\busers?'? (?:data|information)",
    "important_data": r"重要数据|核心数据|\bimportant data|\bcore data",
    "state_secret": r"国家秘密|涉密|机密|绝密|秘密级|定密|保密(?:的)?(?:数据|资料|成果)|\bstate secrets?|\bclassified\b|\b(?:top )?secret\b",
    "scientific_data": r"科学数据|科研数据|数据集|数据(?!库|中心|安全|跨境|平台|出版|质量)|\bdata ?sets?\b|\bdata\b(?! (?:bank|cent|repositor|security))|\bmeasurements\b",
    "paper": r"论文|文章|期刊|\bpaper|文献|\bjournal|\bmanuscript|\bpublications?\b",
    "programme_report": r"科技报告|结题|成果报告|\bfinal report|\bprogramme report|\bs&t report|\bresults report",
    "web_data": r"爬虫|爬取|抓取(?:网|数据)|网上.{0,6}(?:抓|爬|扒)|\bscrap(?:e|ing)\b|\bcrawl|\bweb data",
    "public_data": r"公共数据|政务数据|数据(?:交易|要素|产品)|\bpublic data\b|\bdata (?:trading|exchange|market)",
    "user_data": r"用户.{0,14}(?:身份|数据|技术秘密|结果|样品)|\busers?'? (?:identity|know-how)",
    "data_for_foreign_court": rf"(?:{FOREIGN_ZH}).{{0,6}}(?:法院|法庭|警方|警察|司法|执法|检察|监管|调查机关|fbi)|\b(?:foreign|overseas|{_COUNTRIES_EN}) (?:\w+ )?(?:court|police|prosecut|judge|law[- ]enforcement|authorit|judicia|regulator)|\b(?:courts?|police|prosecutors?|judges?|law[- ]enforcement|regulators?|authorities) (?:overseas|abroad|(?:in|from|of) (?:the )?(?:\w+ )?(?:{FOREIGN_EN}))|\bsubpoena|\bfbi\b",
    "map_data": r"测绘|航测|航拍|地图|地理信息|坐标|大地测量|\bmaps?\b|\bsurveying\b|\b(?:land|topographic|geodetic|aerial) survey results|\bgeographic|\bgeospatial|\btopograph",
    "weather_data": r"气象|\bweather|\bmeteorolog",
    "marine_data": r"海洋(?:科学)?(?:研究|调查|考察|科考|资料|样品)|海域|海底|领海|内海|海上|海水|科考船|航次|\bmarine|\bsea ?bed|\bterritorial (?:sea|waters)|\bresearch (?:vessel|ship|cruise)|\binternal waters|\bsea\b|\bocean",
    "station_data": r"野外(?:观测)?(?:科学观测研究)?(?:台)?站|\bfield stations?",
    "crop_germplasm": r"种质|农作物|(?:水稻|小麦|玉米|大豆|棉花|蔬菜|果树|作物|油菜|茶树|稻|麦)(?!粒)|种子|种苗|果苗|(?:草莓|葡萄|苹果|柑橘|茶|水稻|蔬菜|花卉|树)苗|育种材料|地方品种|老品种|\bwheat|\brice\b|\bmaize|\bcorn\b|\bsoy\w*|\bcrops?\b|\bgermplasm|\bseeds?\b|\bseedlings?\b|\blandraces?|\bbarley|\bcotton",
    "germplasm_bank": r"种质(?:资源)?(?:库|圃|保护)|长期库|\bgene ?banks?\b|\blong-term bank",
    "plant_variety": r"授权品种|受保护的品种|有品种权的|\bprotected (?:plant )?variet|\bplant variet|\blicensed variet",
    "livestock_germplasm": r"畜禽|家畜|家禽|(?<!实验)(?<!小型)猪(?!瘟)|(?<!蜗)牛(?!津|顿)|羊|(?<!田)鸡|鸭|鹅|种畜|精液|冻精|(?<!人)胚胎|\blivestock|\bcattle|\bpigs?\b|\bsheep\b|\bchickens?\b|\bpoultry|\bsemen|\bembryos?|\bswine|\bgoats?\b|\bcows?\b|\bbulls?\b",
    "wild_plant": r"野生(?:的)?(?:植物|花|草|树|兰|药材)|野(?:生)?.{0,4}(?:兰花|植物|草本|苗)|兰花|兰科|珍稀植物|植物标本|野外.{0,6}植物|(?:重点)?保护(?:的)?(?:野生)?植物|红豆杉|珙桐|苏铁|\borchids?|\bwild (?:plants?|flowers?|herbs?)|\bprotected (?:wild )?(?:plants?(?! variet)|trees?|flowers?|ferns?)|\bplant specimens?|\bherbarium specimens?|\bferns?\b",
    "wild_animal": r"野生(?:的)?(?:动物|鸟|猴|鱼|蛇)|保护(?:的)?(?:野生)?动物|候鸟|鸟类|抓鸟|捕鸟|大熊猫|穿山甲|藏羚|动物标本|国家[一二]级.{0,6}(?:动物|鸟)|\bwild ?life|\bwild (?:animals?|birds?|monkeys?)|\bprotected (?:wild ?life|animals?|birds?|species)|\bgiant pandas?|\bpangolins?|\bbirds?\b",
    "wild_animal_genetics": r"(?:(?<!实验)动物|大熊猫|金丝猴|藏羚|雪豹|穿山甲).{0,8}(?:遗传|基因|dna|组织|血|样本|细胞|毛发)|\b(?:wild ?life|wild animals?|pandas?).{0,12}(?:genetic|dna|tissue|samples?|blood|cells)|\b(?:tissue|dna|genes?|blood|samples?|cells) (?:of|from) .{0,20}(?:wild ?life|animals?|pandas?)|\bgenetic (?:resources?|material) of .{0,20}(?:wild ?life|animals?|pandas?)",
    "endangered_species": r"濒危|\bcites\b|\bendangered|公约(?:附录|限制|物种)",
    "biological_resource": r"生物资源|(?<!人类)(?<!畜禽)(?<!动物)遗传资源|\bbiological resources?|(?<!human )(?<!livestock )\bgenetic resources?",
    "alien_species": r"外来(?:物)?种|外来的?(?:昆虫|虫|鱼|植物|动物|生物)|入侵(?:物)?种|\balien (?:\w+ )?(?:species|fish|animals?|plants?|organisms?|insects?|beetles?|bees|snails?|turtles?|frogs?|weeds?)\b|\binvasive|\bnon-native",
    "quarantine_item": r"动植物|(?:动物|植物|种苗|苗木|[\u4e00-\u9fff]苗(?!条|头)|土壤|昆虫|害虫|蜜蜂|药用植物|花卉)(?!标本|园)|\banimals?\b|\bplants?\b(?! variet)|\bpests?\b|\binsects?\b|\bsoil\b|\bbees\b",
    "pathogen": r"病原|病毒|菌(?:毒)?(?:种|株)|细菌|毒株|毒种|高致病|鼠疫|霍乱|结核|炭疽|布病|猪瘟|禽流感|\bpathogen|\bvirus|\bstrains?\b|\bbacteri|\bmicrob|\bbsl|\banthrax|\bplague",
    "lab_animal": r"实验(?:用)?(?:动物|猴|鼠|小鼠|大鼠|兔|犬|猪|比格)|(?:小|大|裸|豚|转基因)鼠|动物(?:做)?(?:实验|试验)|\blab(?:oratory)? (?:animals?|mice|rats?)|\bmice\b|\bmouse\b|\brats?\b|\brabbits?\b|\bmonkeys?\b|\banimal (?:experiments?|tests?|testing|studies)|\banimals? (?:in|for) (?:experiments?|research|tests?)",
    "fossil": r"化石|恐龙|\bfossil|\bdinosaur",
    "reserve": r"自然保护区|保护区|核心区|缓冲区|\bnature reserves?|\breserves?\b(?! the right)|\bcore zone|\bbuffer zone|\bprotected area",
    "instrument": r"测样|上机|仪器|设备|设施|机时|质谱|电镜|显微镜|光源|装置|测序仪|核磁|色谱|\binstruments?\b|\bequipment|\bfacilit(?:y|ies)\b|\bmicroscopes?|\bspectromet\w+|\bbeam ?time|\bsequencers?\b",
    "duty_free_instrument": r"免税|\bduty-free|\btax-free|\btax exempt",
    "platform_resource": r"科技资源|资源库的?|国家(?:共享)?平台|共享服务平台|财政.{0,8}资源|\bs&t resources?|\bnational (?:platform|bank|resource)s?|\bresource banks?|\bscience resources?",
    "reference_material": r"标准物质|\breference materials?",
    "biotech": r"基因编辑|转基因|生物技术|合成生物|\bgene[- ]edit|\bbiotech|\bsynthetic biology|\bgenetic engineering",
    "controlled_item": r"管控清单|特殊生物因子|生物因子|\bcontrol list|\bbiological agents?|\bspecial agents?",
    "controlled_data": r"管制物项|出口管制|\bexport[- ]control|\bcontrolled items?",
    "classified_system": r"涉密(?:系统|计算机|网络|电脑|机器|服务器)|保密(?:电脑|计算机|机)|\bclassified (?:systems?|computers?|networks?|machines?|servers?)",
    "achievement": r"科技成果|科研成果|成果(?:转化|转让|许可)|职务(?:科技)?成果|专利|发明(?!人)|知识产权|技术(?:转让|许可|秘密)|\bpatents?\b|\binventions?\b|\btechnolog\w+ transfer|\bservice achievement|\bintellectual property|\bips?\b(?! address)|\bwork results",
    "transfer_income": r"(?:转化|转让|专利|成果).{0,12}(?:收入|钱|收益|所得)|\b(?:income|money|proceeds|revenue)\b.{0,20}(?:patent|transfer|licen|transform)",
    "invention": r"(?:发明|专利).{0,20}遗传资源|遗传资源.{0,20}(?:发明|专利)|\b(?:invention|patent).{0,40}genetic resource|\bgenetic resource.{0,40}(?:invention|patent)",
    "service_income": r"(?:测样|送样|测试|仪器|设备|机时|检测|平台|共享|对外|外单位|服务)[^，,。]{0,14}(?:收(?:的|来的|到的|入|益)|赚|挣|钱|费|款)|\b(?:instruments?|tests?|testing|measur\w+|services?|facilit\w+|users?|microscopes?|equipment|machine|outsiders?|samples?)\b.{0,40}\b(?:fees?|income|revenue|money|charges|earnings)\b|\b(?:fees?|income|revenue|money|earnings)\b.{0,40}\b(?:instruments?|tests?|testing|measur\w+|services?|facilit\w+|users?|microscopes?|equipment|machine|outsiders?)\b",
    "association": r"社会团体|社团|学会|协会|联盟|\bsocial organi[sz]ation|\bassociation\b|\blearned society|\balliance",
    "association_branch": r"(?:分会|分支机构|分部|地方分会|地区分会|办事处)|\bbranch(?:es)?\b|\bchapters?\b",
}
THINGS = {thing: re.compile(pattern, re.I) for thing, pattern in _THINGS.items()}
KIND_OF_DATA = re.compile(
    r"(?:重要|核心|健康|医疗|个人|患者|病人|员工)(?:的)?数据|\b(?:important|core|personal|health|medical|patients?'?s?'?|private) data\b",
    re.I,
)
"""Data of a kind that has rules of its own: not research data as such."""
FACILITY = re.compile(
    r"仪器|机组|机时|设施|装置|线站|设备|测(?:的|试)|\binstrument|\bfacilit|\bbeam|\bequipment|\bmachine",
    re.I,
)
REQUIREMENTS = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        r"合同|协议|签约|\bcontract|\bagreement",
        r"同意|\bconsent",
        r"检疫|\bquarantine",
        r"报告|\breport",
        r"登记|\bregist",
        r"证书|合格证|\bcertificate",
        r"备份|\bbackup",
        r"评估|\bassess",
        r"档案|记录|\brecords?\b",
        r"注明|标注|署名|\backnowledg",
        r"告知|\bnotice\b|\bnotify|\binform\b",
    )
)
"""What a duty may consist of; asked for by name, the duty that names it answers."""
ETHICS = re.compile(r"伦理|\bethic", re.I)
NAMES = re.compile(
    r"姓名|名字|住址|联系方式|电话|\bnames?\b|\baddress(?:es)?\b|\bphone numbers?|\bcontact details", re.I
)
"""Who somebody is: beside people, always personal information."""
GENES = re.compile(r"遗传|基因|种质|野生|\bgenes?\b|\bgenetic|\bgermplasm|\bwild\b|\bseeds?\b", re.I)
SAMPLE = re.compile(r"样本|样品|标本|(?<!论文)(?<!申请)材料|\bsamples?\b|\bspecimens?\b|\bmaterials?\b", re.I)
"""A thing of which the kind is not told."""

_NOT = r"(?:没有|没|不含|无|不(?:涉及|是|属于|包含|带|包括)|未(?:涉及|包含|含)|非|也不是|也没|without|not?|no|neither|nor|non-?)(?:任何|什么|有|是|含|any|contain\w*|hold\w*|include\w*|involve\w*| )*"
_AMONG = rf"{_NOT}[^，。；,.;？?]{{0,20}}?(?:和|及|、|或者?|以及|与|and|or|nor)\s*(?:any )?"
"""A denial that reaches over the first of two things: 没有个人信息和…"""
_FACTS: dict[tuple[Fact, str], str] = {
    (
        "protection",
        "none",
    ): r"(?:不是|非|没有?|不受|未列入)[^，,。]{0,6}(?:重点)?保护|\bnot (?:a )?protected|\bunprotected",
    (
        "secret",
        "no",
    ): rf"{_AMONG}(?:国家秘密|涉密|秘密|state secrets?|secrets?)|{_NOT}\s*(?:国家秘密|涉密|秘密|保密|敏感|state secret|secret|classified)|不涉密|非涉密|公开的数据|\bunclassified|\bnothing secret",
    (
        "secret",
        "yes",
    ): r"国家秘密|涉密|机密|绝密|秘密级|商业秘密|国家安全|保密(?:的)?(?:数据|资料|成果|内容)|\bstate secrets?|\bclassified\b|\btrade secrets?|\bsecret\b|\bconfidential",
    (
        "personal",
        "no",
    ): rf"{_AMONG}(?:个人(?:信息|隐私|数据)|personal (?:data|information))|{_NOT}\s*(?:个人(?:信息|隐私|数据)|隐私|personal (?:data|information)|private data)",
    (
        "personal",
        "yes",
    ): r"个人(?:敏感)?(?:信息|隐私|数据|资料)|隐私|病历|健康(?:档案|记录)|(?:患者|病人|受访者|用户)(?:的)?(?:信息|数据|资料)|(?:员工|客户|职工)(?:的)?(?:个人)?信息|身份证|手机号|人脸|姓名|住址|\bnames and addresses|\bpersonal (?:data|information)|\bpatients?(?:'s|s'|')? (?:\w+ )?(?:data|records?|information)|\b(?:health|medical) records?|\bprivacy",
    (
        "important",
        "no",
    ): rf"{_AMONG}(?:重要数据|important data)|{_NOT}\s*(?:重要数据|important data)|(?:no|without) personal information (?:and|or|nor) (?:no )?important data",
    ("important", "yes"): r"重要数据|核心数据|\bimportant data|\bcore data",
    ("anonymised", "no"): rf"{_NOT}\s*(?:匿名|脱敏|anonymi)|\bidentifiable|实名",
    ("anonymised", "yes"): r"匿名化|匿名(?!函)|anonymi[sz]ed",
    (
        "consent",
        "no",
    ): r"(?:没有|没|未|未经|不经|无).{0,8}(?:同意|授权|告知)|\bwithout .{0,16}(?:consent|asking)|\bno consent",
    (
        "consent",
        "yes",
    ): r"(?:取得|有|签了|拿到|征得|经).{0,8}(?:单独)?(?:同意)|\bwith .{0,16}consent|\bconsented|\bagreed to",
    (
        "sensitive",
        "yes",
    ): r"敏感|病历|健康|医疗|患者|病人|生物识别|人脸|指纹|行踪|未成年|儿童|\bsensitive|\bhealth|\bmedical|\bpatient|\bbiometric|\bfaces?\b|\bminors\b|\bchildren",
    ("sensitive", "no"): rf"{_NOT}\s*(?:敏感|sensitive)|\bnon-sensitive",
    ("cii", "no"): rf"{_NOT}\s*(?:关键信息基础设施|关基|critical information|cii)",
    ("cii", "yes"): r"关键信息基础设施|关基|\bcritical information infrastructure|\bcii\b",
    (
        "contract",
        "yes",
    ): r"履行合同|订立合同|人力资源|员工(?:信息|数据)|紧急情况|\bperform(?:ing)? (?:a |the )?contract|\bhuman resources?\b(?! gen)|\bhr data|\bemergenc",
    (
        "from_abroad",
        "yes",
    ): rf"(?:{FOREIGN_ZH})(?:收集|采集|产生)的?.{{0,14}}(?:数据|信息)|\bcollected (?:abroad|overseas|outside china)",
    (
        "purpose",
        "public_good",
    ): r"公益|非营利|科普|政府决策|防灾|减灾|环保|教学|应急|国防|公共安全|\bpublic[- ](?:interest|good|benefit|welfare)|\bnon-?profit|\bgovernment|\bdisaster|\bteaching|\bcharit",
    (
        "purpose",
        "commercial",
    ): r"商业|经营性|企业|公司|营利(?!性机构之外)|盈利|赚钱|产品开发|商用|\bcommercial|\bcompan(?:y|ies)|\bfirms?\b|\bbusiness|\bfor[- ]profit|\bindustr",
    (
        "funding",
        "private",
    ): r"社会资金|自筹|自己(?:掏|出|花)(?:的)?钱|自费|企业(?:自己)?(?:出资|投入|的钱)|横向|民营|私人(?:出资|投资)|非财政|民间|\bprivate(?:ly)?[- ](?:funded|money|funds|sector|financed)|\bown money|\bself-funded|\bcompany[- ]funded|\bpaid for (?:it )?(?:by )?(?:our|it)sel",
    (
        "funding",
        "public",
    ): r"财政|国家(?:项目|课题|资助|拨款|经费|出钱|的钱)|公家|国拨|科技计划|重点研发|国自然|基金(?:项目|委)|纵向|政府(?:资助|出资|经费)|课题|中央(?:的)?(?:财政|的钱)|验收|\bpublic(?:ly)?[- ](?:funded|money|funds|financed|purchased|bought)|\bfunded by the (?:state|government)|\btaxpayer|\bstate[- ]funded|\bgovernment[- ]funded|\bgrant\b|\bnsfc\b|\bpublic fund",
    (
        "clinical",
        "yes",
    ): r"看病|临床诊疗|诊断|治疗|化验(?!室)|体检|采供血|献血|输血|刑侦|破案|兴奋剂|殡葬|\bclinical care|\bdiagnos|\btreatment|\bblood (?:donation|bank|service)|\bdoping|\bforensic|\bfuneral",
    ("trial", "no"): rf"{_NOT}\s*(?:临床试验|clinical trial)",
    (
        "trial",
        "yes",
    ): r"上市许可|(?:新药|药品|药物|器械).{0,4}上市|药械(?:的)?临床|注册临床|(?:新药|药物|器械|药品).{0,8}(?:临床)?试验|\bmarketing (?:approval|authori)|\b(?:drug|device) trial|\bclinical trials? .{0,30}(?:marketing|approval)",
    (
        "hgr_kind",
        "ordinary",
    ): r"普通(?:样本|人群)|常见病|少量(?:样本|的)?|\ba few (?:samples|people|volunteers)|\bordinary",
    (
        "hgr_kind",
        "special",
    ): r"遗传家系|家系|特定地区|大规模(?:人群)?|\bpedigree|\bspecific[- ]region|\blarge[- ](?:scale|population|cohort)",
    (
        "ethics_exempt",
        "yes",
    ): r"(?:符合|属于|满足|已经?|获批|批了)[^，,。]{0,4}免(?:除)?(?:伦理)?审查|\b(?:is|are|was|were|counts? as|qualif\w+ as) (?:\w+ )?exempt|(?:只|仅|都是|用的是)[^，,。]{0,10}(?:公开|匿名)|匿名化|公开数据(?:库|集)?|合法公开|\banonymi[sz]ed|\bpublic(?:ly available)? (?:data|datasets?)|\bopen data",
    (
        "pathogen",
        "high",
    ): r"高致病|[一二]类病原|烈性|鼠疫|炭疽|埃博拉|禽流感|sars|\bhigh(?:ly)?[- ]pathogenic|\bclass (?:1|2|i|ii)\b|\banthrax|\bplague|\bebola",
    (
        "pathogen",
        "other",
    ): r"低致病|(?:三|四)类病原|普通(?:细菌|菌)|非(?:高)?致病|\blow[- ]pathogenic|\bnon-?pathogenic|\bclass (?:3|4|iii|iv)\b",
    (
        "lab",
        "level_1_2",
    ): r"[一二1-2]级(?:生物安全)?实验室|生物安全[一二12]级|p[12](?![0-9a-z])|bsl-?[12]|普通实验室|\b(?:ordinary|basic) lab",
    ("lab", "level_3_4"): r"[三四34]级(?:生物安全)?实验室|生物安全[三四34]级|p[34](?![0-9a-z])|bsl-?[34]",
    ("risk", "high_medium"): r"(?:高|中)风险|中高风险|\b(?:high|medium)[- ]risk",
    ("risk", "low"): r"低风险|\blow[- ]risk",
    (
        "certificate",
        "no",
    ): r"(?:没有?|无|缺|不带|不合格|未取得).{0,8}(?:合格证|证书|证明|合格)|不合格|来路不明|市场(?:上)?买|宠物店|\bwithout .{0,20}(?:certificate|papers)|\bno (?:quality )?certificate|\bunqualified|\bpet shop",
    ("certificate", "yes"): r"有合格证|带合格证|\bwith .{0,20}certificate|\bcertified",
    (
        "protection",
        "class_1",
    ): r"(?:国家)?一级(?:重点)?(?:保护)?|一类保护|\b(?:class|grade|category) (?:i|1|one)\b|\bfirst[- ](?:class|grade)|\bfirst-class|\bclass-(?:i|1)\b",
    (
        "protection",
        "class_2",
    ): r"(?:国家)?二级(?:重点)?(?:保护)?|二类保护|\b(?:class|grade|category) (?:ii|2|two)\b|\bsecond[- ](?:class|grade)|\bclass-(?:ii|2)\b",
    (
        "unnamed",
        "yes",
    ): r"(?:未|没|没有|尚未|还没|还没有)(?:被)?(?:正式)?(?:命名|定名|鉴定|描述|取名|起名)|新发现|新种|\bunnamed|\bundescribed|\bnewly (?:found|discovered)|\bnew species|\bunidentified|\bnot (?:yet )?(?:named|identified|described)",
    (
        "unnamed",
        "no",
    ): r"已(?:经)?(?:命名|定名|鉴定)|\balready (?:named|identified|described)|\bit is named|有名字",
    (
        "endemic",
        "yes",
    ): r"特有|(?:只|仅)(?:在|产于|分布|见)[^，,。]{0,4}(?:中国|我国)|(?:中国|我国)(?:才有|独有)|大熊猫|金丝猴|扬子鳄|\bendemic|\bgiant panda|\bonly (?:found |lives? )?in china|\blives only in china|\bfound only in china",
    (
        "fossil",
        "key",
    ): r"重点保护化石|重点(?:保护)?(?:的)?(?:古生物)?化石|模式标本|恐龙(?:骨架|骨骼)?|\bkey fossil|\bkey[- ]protect|\btype specimen|\bdinosaur",
    (
        "fossil",
        "general",
    ): r"一般(?:保护)?(?:的)?化石|普通化石|\bgeneral(?:ly protected)? fossil|\bordinary fossil|\bcommon fossil",
    (
        "minor",
        "yes",
    ): r"零星|捡|手持|小锤子|几块|少量|一两块|\bminor\b|\bpick(?:ing)? up|\bhand tools?|\bhammer|\ba few\b|\bsmall amount",
    (
        "vehicle",
        "public_transit",
    ): r"地铁|公交|公共汽车|公共汽电车|电车|城铁|轻轨|\bbus(?:es)?\b|\bsubway|\bmetro\b|\btrams?\b|\btrolley|\bunderground\b",
    ("zone", "core"): r"核心区|\bcore zone|\bcore area",
    ("zone", "buffer"): r"缓冲区|\bbuffer zone",
    ("sea", "territorial"): r"领海|内海|\bterritorial (?:sea|waters)|\binternal waters",
    ("sea", "other"): r"专属经济区|大陆架|其他管辖海域|\bexclusive economic zone|\beez\b|\bcontinental shelf",
    (
        "unlawful",
        "yes",
    ): r"(?:违法|非法|偷|私自|没有?批准|未经批准).{0,12}(?:获取|取得|采|得来|拿|弄|用)|来路不明|\b(?:unlawfully|illegally) (?:obtained|acquired|used|collected|taken|gathered|sourced)|\b(?:obtained|acquired|used|collected|taken|gathered|sourced|got|dug|picked)\b[^,.?]{0,20}\b(?:unlawfully|illegally)|\b(?:stolen|smuggled|poached)\b|\bobtained (?:unlawfully|illegally)",
}
FACTS = [(fact, value, re.compile(pattern, re.I)) for (fact, value), pattern in _FACTS.items()]
"""Of a fact the first value whose words occur; what denies stands before what affirms."""
PEOPLE = re.compile(
    r"(\d[\d,.]*)\s*(万|亿|千|k|thousand|million)?\s*(?:多|余)?\s*(?:个|名|位)?(?:病人|患者|志愿者|受试者|用户|居民|人|名|例|位|份|条|people|persons|patients|participants|volunteers|users|subjects|individuals|records|samples|exomes|genomes)",
    re.I,
)
PEOPLE_ZH = re.compile(
    r"([一二两三四五六七八九十百千万亿][零一二两三四五六七八九十百千万亿]+)(?:多|余)?(?:个|名|位)?(?:病人|患者|志愿者|受试者|用户|居民|人|名|例|位|份)"
)
VALUE = re.compile(
    r"(\d[\d,.]*)\s*(万|million)(?!\s*(?:人|名|例|位|份|条|people|person|patient|record))|(\d[\d,.]*)\s*(?:元|块|yuan|cny|rmb)",
    re.I,
)
VALUE_ZH = re.compile(
    r"([一二两三四五六七八九十百千][零一二两三四五六七八九十百千万]*万)(?!人|名|例|位|份|条)"
)
MAY = re.compile(
    r"能不能|可不可以|可否|能否|可以.{0,40}(?:吗|么|嘛|不[?？]?$|[?？]$)|能.{0,40}(?:吗|么|嘛|不[?？]?$)|是否(?:可以|允许|能|合法|合规|违)|允许|准许|准不准|许可吗|合法|违法|犯法|违规|合规|行不行|行吗|可行|让不让|让.{0,10}吗|有没有权|有权|禁止|不许|不得|没问题吧|(?:行|成)么|犯不犯|算不算.{0,4}(?:违|犯)|会不会.{0,6}(?:违|犯)|敢|随便|(?:^|[，,。])(?:可以|能).{1,30}[?？]$"
    r"|(?:^|[,;:.?!] ?|\b(?:so|and|or|then|if|whether) )(?:may|can|could|might) (?!you\b)\w+|\b(?:may|can) (?:we|i|they|it|a|an|the|our|my|one|any|foreign\w*)\b|\bis (?:it|this|that) (?:\w+ )?(?:legal|lawful|ok|okay|allowed|permitted|permissible|possible|illegal|fine|acceptable|against|forbidden|prohibited)|\b(?:am|are|is|were|be) .{0,40}(?:allowed|permitted|entitled|free to|forbidden|prohibited|barred|banned|permissible|legal|lawful|illegal)\b|\ballowed to\b|\bpermitted to\b|\blegally\b|\bagainst the (?:law|rules)|\bthe right to\b|\bok to\b|\bokay to\b",
    re.I,
)
MUST = re.compile(
    r"要不要|需不需要|用不用|该不该|是否(?:需要|要|必须|应当|须)|(?:需要|必须|一定要|非得|非要|应当|须|得先|(?<!取)(?<!获)得|要先|(?<!重)(?<!主)(?<!需)要(?!来|到|求|素|么|是|点)).{0,30}(?:吗|么|不[?？]?$|嘛)|一定要|是不是(?:也)?(?:非|得|要|必须|应)|必须"
    r"|\bdo(?:es)? .{0,40}(?:need|have to)\b|\bmust\b|\bis .{0,60}(?:needed|required|necessary|mandatory|compulsory|obligatory)|\brequired to\b|\bneed (?:an? )?(?:approval|permission|permit|licen|consent|security|ethics|to)|\bhave to\b|\bobliged\b|\bobligat|\bshould (?:i|we)\b",
    re.I,
)
MAY_AT_LAST = re.compile(
    r"(?<!才)(?<!才可)(?:行|可以|成|可行|合法|违法|犯法|合规|违规|允许)(?:吗|么|嘛|不|不行)[?？]*\s*$", re.I
)
"""「…行吗」: what the sentence asks, whatever words of duty stand before."""
HOW = re.compile(
    r"(?:需要|要|办|走|得)(?:办)?(?:什么|哪些|啥|哪个|哪种|哪道)(?:样的)?(?:手续|审批|批准|材料|证|证明|文件|程序|流程|关|许可|批文|条件)|什么\s*(?:证明|手续|批文|许可|审批|certificate|permit)|怎么(?:审批|报批|备案|批(?!评)|办(?:手续|理))|如何(?:审批|报批|备案|办理)|(?:要|需要|得)(?:先)?办(?:个)?(?:许可)?证|(?:向|找|去|跟)?(?:谁|哪个?(?:部门|一级|级|里)?|什么部门).{0,6}(?:申请|报批|审批|备案|批准|批)|谁(?:来)?(?:批|审批|批准|决定|说了算)|(?<!不)(?<!不去)(?<!不用)(?<!不先)(?<!没)(?<!没有)报批|(?:审批|批准)还是备案|备案还是(?:审批|批准)|提前(?:多久|多长|几个?月|多少).{0,8}(?:申请|报|办)|过哪道关|走什么程序|多(?:久|少天|长时间|少个工作日).{0,10}(?:批|决定|审|出结果|办下来)|(?:批|审批|决定|审).{0,8}(?:多久|几天|多少天|几个工作日|多长)|要(?:办|做|走)(?:什么|哪些)"
    r"|\b(?:what|which) (?:kind of |sort of )?(?:approvals?|permits?|permissions?|paperwork|certificates?|licen[cs]es?|documents?|formalities|authorit\w+|department|ministry|conditions)\b|\bwho (?:approves?|decides?|grants?|issues?|must approve|has to approve|gives permission)|\bhow (?:far|long|many months) (?:in advance|ahead|before)|\bapproval or (?:only )?filing|\bfiling or approval|\bwhat (?:is|do (?:we|i|they)) (?:needed|need|required|have to)|\bwhat does .{0,60} require|\bwhat .{0,40}(?:required|needed|requirements)\b|\bhow (?:long|many (?:working )?days).{0,50}(?:approv|decid|decision|permit|review)",
    re.I,
)
LOOKUP = re.compile(
    r"多久|多长|几[天个月年日份人条]|什么时候|何时|哪天|多少|有效期|过期|最[多少]|至少|主要看|\bhow (?:long|many)|\bwhen\b|\bby when|\bdeadline|\b(?:smallest|minimum|maximum|at least|at most)\b|\bvalid",
    re.I,
)
"""A single figure or date is asked for, which the article itself tells best."""
WHO = re.compile(
    r"谁|哪个?(?:部门|一?级|机关)|什么(?:手续|审批|证)|哪(?:些|道)|提前|\bwho\b|\bwhich\b|\bwhat (?:approv|permi|certif|paper|licen)|\bin advance|\bhow far ahead",
    re.I,
)
QUESTION = re.compile(
    r"几|多少|多久|什么|谁|怎么|哪|如何|为何|\b(?:how|what|who|when|which|where|why)\b", re.I
)
FILLERS = re.compile(
    r"能不能|可不可以|可以|可否|能否|是否|允许|合法|违法|犯法|合规|要不要|需不需要|需要|用不用|必须|可行|行不行|直接|随便|一下|东西|这些?个?|那些?个?|我们?|咱们?|[能要的把被了吗么呢吧行它给想去到在是得]"
    r"|\b(?:may|can|could|is|are|am|do|does|must|should|we|i|they|it|this|that|these|the|a|an|our|my|any|to|be|of|out|from|for|and|or|legal|lawful|allowed|permitted|china|country|need|have|them)\b",
    re.I,
)
BOOKS = re.compile(
    r"(?:进|入|走|上交|交).{0,8}(?:账|帐|财务|预算)|账外|小金库|自己留|私分|(?:课题组|实验室|个人|自己|我们).{0,8}(?:留|花|存|分)|\boff the books|\bslush|\b(?:accounts?|budget|books|pocket)\b|\bkeep(?:ing)?\b",
    re.I,
)
"""What becomes of an income: the unit's books, or somebody's own pocket."""
OFF_BOOKS = re.compile(
    r"不(?:用|必|通过)?(?:进|入|走|交|上交).{0,10}(?:账|帐|财务|预算)|账外|小金库|自己留|私分|(?:课题组|实验室|个人|自己).{0,8}(?:留|花|存|分)|\boff the books|\bslush|\bpocket|\b(?:my|our|their|the group'?s|the lab'?s) own\b|\b(?:lab|group|team|i|we)\b.{0,12}\bkeep|\bwithout .{0,30}(?:account|budget|books)",
    re.I,
)
OTHER_RULES = re.compile(
    r"收(?:的|来的)钱|收入.{0,6}(?:发|分|给)|自贸|自由贸易|负面清单|\bfree[- ]trade|\bnegative list", re.I
)
"""Matters next to an act that no ruling is about: what they say is told by the articles themselves."""
PENALTY = re.compile(
    r"罚|处罚|处分|后果|追责|怎么处理|拿.{0,6}怎么办|坐牢|被抓|赔|责任|会怎样|会怎么样|\bfined?\b|\bfines\b|\bpenalt|\bpunish|\bconsequence|\bsanction|\bwhat happens if|\bwhat can .{0,30}\bdo (?:about|to)",
    re.I,
)
FREE = re.compile(
    r"不(?:用|必|需要)?(?:付|交|花|给|收)(?:费|钱)|免费|无偿|白(?:用|给|拿)|\bwithout (?:paying|pay\b|charge|any fee)|\bfor free\b|\bfree of charge|\bno fees?\b|\bnot pay|\bfree access",
    re.I,
)
"""To use without a charge, where charging is the act."""
WHERE = re.compile(r"哪里|哪[个家些](?!部门|机关|级)|哪儿|在哪|去哪|上哪|网址|官网|\bwhere\b|\bwebsite", re.I)
NEGATED = re.compile(
    r"(?:可以|能否|可否|能不能|可不可以|能|是否可以)(?:先|暂时|就|都)?不(?!能|可以|可|经)|(?:可以|能).{0,12}(?:不|拒绝|先不|免于|不用|不必)(?=共享|开放|交|汇交|提交|公开|注明|标注|署名|引用|给|提供)|不(?:共享|开放|汇交|交|提交|注明|标(?:注|明|出)|署名?|引用?|致谢|感谢|签|做(?=伦理|检疫|评估|备份)|提(?!供|前|升|取|醒)|写(?=来源|出处|明|上|仪器|设备|数据|平台|单位|名))(?!的).{0,24}?(?:行|可以|合法|违法|违规|犯法|要紧|没事)|先(?:不|别)(?:交|汇交|提交)(?!的)|验收(?:完|后|完了|过了|通过)?(?:了)?(?:以后|之后)?再(?:说|交|补|汇交|提交)|不(?!经|用|通过|需|必|报|申请|办|打|能|可|是|涉|含|属|带|超|对|同|好|太|在|会|出|一|得|许|准|行|了|要)[^，,。;；]{1,12}(?:行|可以|成)(?:吗|么|不|嘛)[?？]*$|先验收|拒绝|藏着|捂着"
    r"|\b(?:refus\w+|declin\w+|withhold|skip|avoid|get out of|opt out)\b|\bnot (?:to )?(?:share|submit|open|cite|deposit|acknowledge|hand)|\bkeep .{0,30}(?:closed|to ourselves|secret|private)\b|\bwithout (?:citing|acknowledging|submitting|sharing|depositing|crediting)|\b(?:submit|deposit|hand)\w*\b.{0,40}\b(?:after|once|until)\b.{0,20}\b(?:acceptance|accepted|reviewed|closed|concluded)|\b(?:postpone|delay|put off|hold off|wait)\b.{0,40}\b(?:submi|deposit|hand)|\bnot (?:to )?(?:mention|name)|\b(?:leave out|omit)\b|\bwithout (?:mentioning|naming|signing)|\bbefore (?:submitting|depositing|handing)",
    re.I,
)
WITHOUT_LEAVE = re.compile(
    r"不(?:去|先|用|需|必|经|经过|通过)?(?:审批|批准|报批|报备|备案|申请|打招呼|办(?:证|手续|许可))", re.I
)
"""What is left out is the leave, not the act."""

HUMAN_SAMPLE = re.compile(
    r"样本|样品|材料|组织(?!者|部|机构|结构)|血|细胞|切片|\b(bio)?(sample|specimen)s?\b|\btissues?\b|\bblood\b|\bmaterials?\b",
    re.I,
)
HUMAN_DATA = re.compile(
    r"数据|信息|基因组|序列|测序结果|\bdata(sets?)?\b|\binformation\b|\bgenom\w+|\bsequences\b", re.I
)
