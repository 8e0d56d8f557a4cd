// Copyright 2026 The Genkit for Python authors
// SPDX-License-Identifier: Apache-2.0
// Talks with an agent as a page does that uses the AI SDK, and prints what the page would show.
import {
  AbstractChat,
  DefaultChatTransport,
  lastAssistantMessageIsCompleteWithApprovalResponses,
  lastAssistantMessageIsCompleteWithToolCalls,
} from 'ai';

const [api, disconnects] = [process.argv[2], Number(process.argv[3] ?? 0)];

class State {
  messages = [];
  status = 'ready';
  error;
  pushMessage = (message) => {
    this.messages = [...this.messages, message];
  };
  popMessage = () => {
    this.messages = this.messages.slice(0, -1);
  };
  replaceMessage = (index, message) => {
    this.messages = this.messages.with(index, structuredClone(message));
  };
  snapshot = structuredClone;
}

class Chat extends AbstractChat {
  constructor(options) {
    super({ ...options, state: new State() });
  }
}

const answersAll = (chat) =>
  lastAssistantMessageIsCompleteWithApprovalResponses(chat) || lastAssistantMessageIsCompleteWithToolCalls(chat);

function chatOf(id, fetch = globalThis.fetch, messages = undefined) {
  const ends = [];
  const chat = new Chat({
    id,
    messages,
    transport: new DefaultChatTransport({ api, fetch }),
    sendAutomaticallyWhen: answersAll,
    onFinish: (end) => ends.push(end),
  });
  if (messages) chat.messages = messages;
  return { chat, ends };
}

async function until(found) {
  for (let tries = 0; tries < 400; tries++) {
    if (found()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`not found: ${found}`);
}

const toolsOf = (chat) =>
  chat.messages
    .flatMap((message) => message.parts)
    .filter((part) => part.toolCallId)
    .map(({ type, toolCallId, state, input, output, approval }) => ({
      type,
      toolCallId,
      state,
      input,
      output,
      approved: approval?.approved,
    }));
const textOf = (message) => message.parts.map((part) => part.text ?? '').join('');

async function approvals() {
  const { chat, ends } = chatOf('approvals');
  await chat.sendMessage({ text: 'pay 80' });
  const asked = toolsOf(chat);
  // The page is loaded again.
  const { messages } = await (await fetch(`${api}/approvals`)).json();
  const reloaded = chatOf('approvals', globalThis.fetch, messages);
  for (const part of messages.at(-1).parts.filter((part) => part.state === 'approval-requested')) {
    await reloaded.chat.addToolApprovalResponse({ id: part.approval.id, approved: part.input.amount < 100 });
  }
  await until(() => reloaded.ends.length === 1);
  return {
    asked,
    finish: ends[0].finishReason,
    errors: [chat.error, reloaded.chat.error].map((error) => error?.message),
    answered: toolsOf(reloaded.chat),
    messages: reloaded.chat.messages.map(({ id, role }) => ({ id, role })),
    text: textOf(reloaded.chat.messages.at(-1)),
    metadata: Object.keys(reloaded.chat.messages.at(-1).metadata ?? {}),
  };
}

async function question() {
  const { chat, ends } = chatOf('question');
  await chat.sendMessage({ text: 'ask me' });
  const part = chat.messages.at(-1).parts.find((each) => each.toolCallId);
  await chat.addToolOutput({ tool: 'ask', toolCallId: part.toolCallId, output: 'red' });
  await until(() => ends.length === 2);
  return { answered: toolsOf(chat), text: textOf(chat.messages.at(-1)), status: chat.status };
}

async function stopped() {
  const { chat, ends } = chatOf('stopped');
  const sent = chat.sendMessage({ text: 'wait' });
  await until(() => chat.messages.length === 2 && textOf(chat.messages[1]).length > 0);
  const answer = await fetch(`${api}/stopped/stop`, { method: 'POST' });
  await sent;
  return { status: answer.status, chat: chat.status, text: textOf(chat.messages[1]), ends: ends.length };
}

async function failing() {
  const { chat } = chatOf('failing');
  await chat.sendMessage({ text: 'fail' });
  return { status: chat.status, error: chat.error?.message };
}

// A fetch whose connections break after some bytes.
function breaking(random) {
  return async (input, init) => {
    const answer = await fetch(input, init);
    if (!answer.body || random() < 0.2) return answer;
    let left = Math.floor(random() * 900);
    const reader = answer.body.getReader();
    const body = new ReadableStream({
      async pull(controller) {
        const { done, value } = await reader.read();
        if (done) return controller.close();
        if (value.length > left) {
          await reader.cancel();
          return controller.error(new TypeError('network error'));
        }
        left -= value.length;
        controller.enqueue(value);
      },
    });
    return new Response(body, { status: answer.status, headers: answer.headers });
  };
}

function randomOf(seed) {
  return () => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed / 2147483648;
  };
}

async function disconnected(number) {
  const { chat, ends } = chatOf(`broken-${number}`, breaking(randomOf(number + 1)));
  await chat.sendMessage({ text: 'count' });
  let breaks = 0;
  while (ends.at(-1)?.isDisconnect || chat.status === 'error') {
    breaks += 1;
    const before = ends.length;
    await chat.resumeStream();
    if (ends.length === before) break; // no run goes on
    if (breaks > 200) throw new Error('it never ends');
  }
  let last = chat.messages.at(-1);
  if (!finished(chat)) {
    // The run ended while nobody listened: the conversation is asked for.
    const { messages } = await (await fetch(`${api}/broken-${number}`)).json();
    last = messages.at(-1);
  }
  return { text: textOf(last), tools: last.parts.filter((part) => part.toolCallId).map((part) => part.output), breaks };
}

const finished = (chat) => Boolean(chat.messages.at(-1)?.metadata?.snapshotId);

const result = { approvals: await approvals(), question: await question(), stopped: await stopped(), failing: await failing() };
if (disconnects) {
  const { chat } = chatOf('whole');
  await chat.sendMessage({ text: 'count' });
  const whole = { text: textOf(chat.messages.at(-1)), tools: toolsOf(chat).map((part) => part.output) };
  const all = [];
  for (let number = 0; number < disconnects; number++) all.push(await disconnected(number));
  result.disconnects = {
    whole,
    different: all.filter(({ text, tools }) => text !== whole.text || String(tools) !== String(whole.tools)),
    breaks: all.reduce((sum, { breaks }) => sum + breaks, 0),
  };
}
console.log(JSON.stringify(result));
process.exit(0);
