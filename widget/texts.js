// Every sentence of the widget, in Chinese and English.

import { LABELS } from "./labels.js";

const TEXTS = {
  // name: [Chinese, English]
  title: ["科问 Kewen", "Kewen 科问"],
  skip: ["跳到提问框", "Skip to the question"],
  tools: ["工具", "Tools"],
  new_conversation: ["新的对话", "New conversation"],
  other_language: ["English", "中文"],
  welcome_title: ["问科技资源，句句有出处", "Ask about science resources; every sentence has a source"],
  welcome_text: [
    "科学数据、仪器设施、种质与样本在哪里，谁能用，怎么申请，哪一条规定是怎么说的。中文、英文都可以问。",
    "Where data, instruments, germplasm and samples are, who may use them, how to apply, and which article of which rule says so. Ask in English or Chinese.",
  ],
  machine: [
    "我是程序，不是人。回答只依据收录的资源目录和政策条款，点开编号可看出处；库里没有的，会直说没有。",
    "I am a program, not a person. I answer only from the catalogue and the policy articles I hold; open a number to see its source. What is not there, I say is not there.",
  ],
  openers_title: ["可以这样问", "For example"],
  conversation: ["对话", "Conversation"],
  question_label: ["你的问题", "Your question"],
  placeholder: ["问一个资源、一项申请或一条规定…", "Ask about a resource or a rule…"],
  send: ["提问", "Ask"],
  stop: ["停止", "Stop"],
  hint_keys: ["Enter 提问，Shift+Enter 换行。", "Enter asks, Shift+Enter starts a line. "],
  hint: ["机器作答，办理前请以官网为准。", "Written by a machine: confirm on the official site before you act."],
  count: ["{n} / {limit}", "{n} / {limit}"],
  too_long: ["问题最多 {limit} 个字符，现在有 {n} 个，请缩短。", "A question has at most {limit} characters; this has {n}. Please shorten it."],
  offline: ["网络断开了，恢复后即可继续提问。", "You are offline. Ask again once the connection is back."],
  new_tab: ["（在新标签页打开）", " (opens in a new tab)"],

  you: ["你问：", "You asked: "],
  asking: ["正在提问…", "Asking…"],
  sources_found: ["找到 {n} 条依据", "{n} sources found"],
  finished: ["回答已完成，来源 {n} 条。", "The answer is complete, with {n} sources."],
  status_not_found: ["没有找到依据", "Nothing found to rest on"],
  status_clarify: ["需要补充一点", "One more fact is needed"],
  status_declined: ["不在可回答的范围", "Not mine to answer"],
  filters: ["筛选条件", "Restricted to"],
  as_of: ["截至 {date}", "as of {date}"],
  sources: ["来源（{n}）", "Sources ({n})"],
  cite: ["来源 {n}：{title}", "Source {n}: {title}"],
  kind_resource: ["资源", "Resource"],
  kind_policy: ["政策", "Policy"],
  quote_digest: ["本库的摘要，不是原文", "A digest in our own words, not the official text"],
  quote_verbatim: ["原文", "Verbatim"],
  open_source: ["打开来源 {host}", "Open the source, {host}"],
  open_statement: ["在科问查看这一处", "See this place in Kewen"],
  no_address: ["库中没有收录网址", "No web address on file"],
  open_record: ["在科问查看整条记录", "See the whole record in Kewen"],
  close: ["关闭", "Close"],
  cards: ["相关资源", "Resources"],
  host: ["依托单位", "Host"],
  province: ["所在地", "Place"],
  access: ["开放方式", "Access"],
  contact: ["联系", "Contact"],
  identifiers: ["标识", "Identifiers"],
  address: ["网址", "Address"],
  steps: ["怎么申请（{n} 步）", "How to apply ({n} steps)"],
  follow_ups: ["接着问", "Ask next"],
  notices: ["说明", "Notes"],
  by_composer: ["由程序依据收录内容整理", "Put together by a program from the records held"],
  by_llm: ["由语言模型 {model} 撰写，引用经过核对", "Written by the language model {model}, its citations checked"],
  by_curated: ["由工作人员整理", "Written by staff"],
  copy: ["复制", "Copy"],
  copied: ["已复制", "Copied"],
  copy_failed: ["没能复制，请选中文字复制。", "Could not copy; please select the text."],
  feedback: ["这个回答有用吗？", "Was this answer useful?"],
  up: ["有用", "Useful"],
  down: ["没用", "Not useful"],
  thanks: ["谢谢，已记下。", "Thank you, noted."],
  comment_label: ["哪里不对？（选填）", "What is wrong with it? (optional)"],
  comment_send: ["发送", "Send"],
  feedback_failed: ["没能记下：{reason}", "Could not be noted: {reason}"],

  handoff: ["转人工", "Ask a person"],
  handoff_what: [
    "这个问题和回答会交给联盟的工作人员，答复会显示在这里。两栏都可以不填。",
    "This question and its answer go to the alliance's staff; their reply is shown here. Both boxes are optional.",
  ],
  handoff_message: ["想补充的话（选填）", "What they should know (optional)"],
  handoff_contact: ["联系方式（选填）", "How to reach you (optional)"],
  handoff_kept: [
    "联系方式只供工作人员使用，工单答复或关闭 30 天后删除。",
    "Your contact is kept for staff only and removed 30 days after the ticket is answered or closed.",
  ],
  handoff_send: ["转交", "Hand over"],
  handoff_cancel: ["取消", "Cancel"],
  handoff_failed: ["没能转交：{reason}", "Could not be handed over: {reason}"],
  handoff_cut: [
    "网络不通。您写的还在，恢复后请再点一次。",
    "there is no connection. What you wrote is still here; please try again once it is back.",
  ],
  handoff_gone: ["这个回答已不在了，请重新提问后再转人工。", "this answer is gone; please ask again and then hand it over."],
  ticket_open: ["已转给工作人员（工单 {id}），正在等候答复。", "Handed to the staff as ticket {id}; it waits for their reply."],
  ticket_closed: ["工单 {id} 已关闭，不会再有答复。", "Ticket {id} is closed; no reply will come."],
  person: ["工作人员答复（由人撰写），{date}", "A reply from the staff, written by a person, {date}"],
  person_named: ["工作人员 {name} 答复（由人撰写），{date}", "A reply from {name} of the staff, written by a person, {date}"],
  by_person: ["工作人员的答复", "A reply from the staff"],
  person_replied: ["工作人员有了新的答复。", "The staff have replied."],

  stopped: ["已停止。", "Stopped."],
  stopped_half: ["已停止，上面的回答不完整。", "Stopped; the answer above is not complete."],
  cut: ["连接中断，没有收到完整的回答。", "The connection was cut before the answer was complete."],
  cut_again: [
    "还是没有连上。问题已放回输入框，请检查网络后再问。",
    "Still no connection. Your question is back in the box; check the network and ask again.",
  ],
  retry: ["再试一次", "Try again"],
  request_id: ["请求编号 {id}", "Request id {id}"],
  question_invalid: ["请用文字提问，最多 2000 个字符。", "please ask in words, in at most 2,000 characters."],
  refused: ["没能回答：{reason}", "No answer: {reason}"],
  restarted: ["之前的对话已不在，这是新的对话。", "The earlier conversation is gone; this is a new one."],

  launcher: ["问科问", "Ask Kewen"],
  launcher_new: ["问科问，有新的答复", "Ask Kewen, there is a new reply"],
  name: ["科问", "Kewen"],
  panel: ["科问问答", "Questions to Kewen"],
  close_panel: ["关闭问答", "Close"],
  switch_language: ["Switch to English", "切换为中文"],
  history: ["以前的对话", "Earlier conversations"],
  history_close: ["回到对话", "Back to the conversation"],
  history_none: ["还没有以前的对话。", "There are no earlier conversations yet."],
  history_kept: [
    "只记在这台设备的浏览器里，最多 20 个、30 天。",
    "Kept in this browser only: at most 20, for 30 days.",
  ],
  history_open: ["打开：{title}，{date}", "Open: {title}, {date}"],
  history_delete: ["删除：{title}", "Delete: {title}"],
  history_deleted: ["已删除。", "Deleted."],
  history_failed: ["没能删除：{reason}", "Could not be deleted: {reason}"],
  history_gone: ["这个对话已不在了。", "This conversation is no longer there."],
  history_search: ["在以前的对话里查找", "Search earlier conversations"],
  history_no_match: ["没有符合的对话。", "No conversation matches."],
  history_rename: ["改名：{title}", "Rename: {title}"],
  history_name: ["对话的名称", "Name of the conversation"],
  search: ["查找资源和政策", "Search resources and rules"],
  search_hint: ["名称、单位、学科或条款", "Name, host, subject or article"],
  search_found: ["找到 {n} 项", "{n} found"],
  search_none: ["没有找到。换几个词，或者回到对话直接问。", "Nothing found. Try other words, or go back and ask."],
  search_failed: ["没能查找：{reason}", "Could not search: {reason}"],
  newest: ["跳到最新", "To the newest"],
  about: ["关于：{name}", "About: {name}"],
  about_remove: ["不限于{name}", "Not only about {name}"],
  about_question: ["{name}：{question}", "{name}: {question}"],
  share: ["复制链接", "Copy link"],
  drop: ["去掉条件：{value}", "Remove: {value}"],
  drop_types: ["不限类型", "Without the type limit"],
  drop_provinces: ["不限地区", "Without the place limit"],
  drop_access: ["不限开放方式", "Without the access limit"],
  made_by_machine: ["AI 生成，请核对来源", "Made by AI: check the sources"],
  made_by_staff: ["由工作人员整理", "Written by staff"],
  answer_number: ["回答编号 {id}", "Answer {id}"],
  actions: ["这个回答", "This answer"],
  reader_place: ["{n} / {of}", "{n} / {of}"],
  previous: ["上一条来源", "Previous source"],
  next: ["下一条来源", "Next source"],
  waiting_online: [
    "网络断开了，没有收到回答。恢复后会自动再发一次。",
    "You are offline, so there is no answer yet. It is sent once more when you are back.",
  ],
  back_online: ["网络已恢复，正在再发一次…", "Back online; sending once more…"],
  unlisted: [
    "这个网站还没有登记使用科问，所以不能在这里回答。",
    "This web site is not registered with Kewen, so there are no answers here.",
  ],
  unlisted_check: ["站点管理员请看诊断", "For the web master: what is wrong"],
  open_kewen: ["到科问提问", "Ask on Kewen itself"],
  site_unknown: [
    "这里的站点编号没有登记，请站点管理员核对 data-site。",
    "The site id used here is not registered; the web master should check data-site.",
  ],
};

export const OPENERS = [
  ["南极冰芯数据在哪里？怎么申请？", "Where is Antarctic ice-core data, and how do I apply?"],
  ["外国公司能在中国采集血样做基因研究吗？", "May a foreign company collect blood samples in China for genomics?"],
  ["上海光源怎么申请机时？", "How do I apply for beam time at the Shanghai Synchrotron?"],
  ["《科学数据管理办法》对涉密数据怎么规定？", "What do the Measures for Scientific Data say about secret data?"],
];

/** First questions about the record that the page around is about. */
export const ABOUT = {
  resource: [
    ["怎么申请？", "How do I apply?"],
    ["谁能用？", "Who may use it?"],
    ["有哪些数据或服务？", "What does it hold?"],
  ],
  policy: [
    ["现在有效吗？", "Is it in force?"],
    ["有哪些要求？", "What does it require?"],
  ],
};

/** The texts in one of the two languages; each widget of a page has its own. */
export class Texts {
  constructor(language) {
    this.language = language;
  }

  pick(pair) {
    return pair[this.language === "zh" ? 0 : 1];
  }

  /** The text for `key` with its values filled in; `set:code` is a label of a closed set. */
  t(key, values = {}) {
    const [set, code] = key.split(/:(.*)/s);
    if (code !== undefined) {
      const pair = LABELS[set]?.[code];
      return pair ? this.pick(pair) : code;
    }
    return this.pick(TEXTS[key]).replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
  }
}

/** zh or en: what the page is written in, else what the browser prefers. */
export function pageLanguage(element) {
  const around = element.closest("[lang]")?.lang || document.documentElement.lang;
  const liked = [around, ...(navigator.languages ?? [navigator.language])];
  return liked.find((tag) => /^(zh|en)\b/i.test(tag ?? ""))?.slice(0, 2).toLowerCase() ?? "zh";
}
