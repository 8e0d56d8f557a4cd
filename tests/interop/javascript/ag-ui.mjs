// Copyright 2026 The Genkit for Python authors
// SPDX-License-Identifier: Apache-2.0
// Talks with an agent as a front end that speaks AG-UI, and prints what it knows in the end.
import { HttpAgent } from '@ag-ui/client';

process.env.SUPPRESS_TRANSFORMATION_WARNINGS = 'true';
const [url] = process.argv.slice(2);

function agentOf(threadId, initialMessages = []) {
  const agent = new HttpAgent({ url, threadId, initialMessages });
  const seen = { types: [], errors: [] };
  const subscriber = {
    onEvent: ({ event }) => void seen.types.push(event.type),
    onRunErrorEvent: ({ event }) => void seen.errors.push({ message: event.message, code: event.code }),
    onRunFailed: ({ error }) => void seen.errors.push({ failed: String(error) }),
  };
  const say = async (content, options = {}) => {
    if (content) agent.addMessage({ id: `u${agent.messages.length}`, role: 'user', content });
    return agent.runAgent(options, subscriber);
  };
  return { agent, seen, say, subscriber };
}

const shown = (agent) =>
  agent.messages.map(({ role, content, toolCalls }) => ({
    role,
    content,
    calls: toolCalls?.map((call) => ({ id: call.id, name: call.function.name, arguments: JSON.parse(call.function.arguments) })),
  }));

async function approvals() {
  const { agent, seen, say } = agentOf('approvals');
  await say('pay 80');
  const pending = agent.pendingInterrupts.map(({ id, reason, toolCallId, responseSchema }) => ({
    id,
    reason,
    toolCallId,
    asks: Object.keys(responseSchema?.properties ?? {}),
  }));
  // The page is loaded again.
  const kept = await (await fetch(`${url}/approvals`)).json();
  const resume = agent.pendingInterrupts.map(({ id }, index) => ({
    interruptId: id,
    status: 'resolved',
    payload: { approved: index === 0 },
  }));
  await say(undefined, { resume });
  return { pending, kept: kept.interrupts.map(({ id }) => id), seen, messages: shown(agent), left: agent.pendingInterrupts.length };
}

async function question() {
  const { agent, seen, say } = agentOf('question');
  await say('ask me');
  const [{ id, reason }] = agent.pendingInterrupts;
  await say(undefined, { resume: [{ interruptId: id, status: 'resolved', payload: 'red' }] });
  return { reason, errors: seen.errors, messages: shown(agent) };
}

async function failing() {
  const { seen, say } = agentOf('failing');
  await say('fail');
  return seen;
}

async function state() {
  const { agent, seen, say } = agentOf('state');
  await say('count');
  return { state: agent.state, errors: seen.errors, types: [...new Set(seen.types)], messages: shown(agent) };
}

async function aborted() {
  const { agent, say, subscriber } = agentOf('aborted');
  const run = say('wait');
  const begun = Date.now();
  setTimeout(() => agent.abortRun(), 300);
  await run;
  void subscriber;
  return { seconds: (Date.now() - begun) / 1000 };
}

async function refused() {
  const wrong = [{ threadId: 'x' }, [], { threadId: 'x', runId: 'r', messages: [] }];
  const answers = [];
  for (const body of wrong) {
    const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
    answers.push({ status: answer.status, body: (await answer.text()).slice(0, 300) });
  }
  return answers;
}

console.log(
  JSON.stringify({
    approvals: await approvals(),
    question: await question(),
    failing: await failing(),
    state: await state(),
    aborted: await aborted(),
    refused: await refused(),
    capabilities: await (await fetch(url)).json(),
  }),
);
process.exit(0);
