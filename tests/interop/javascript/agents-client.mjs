// Copyright 2026 The Genkit for Python authors
// SPDX-License-Identifier: Apache-2.0
// Talks with the agents of a Python application as JavaScript clients do, and prints what came.

import { remoteAgent } from 'genkit/beta/client';

const url = process.argv[2];
const told = {};

// What nobody waits for yet when a turn fails is rejected too; what failed is looked at below.
process.on('unhandledRejection', () => {});

async function failure(promise) {
  try {
    return { result: await promise };
  } catch (error) {
    return { status: error.status, message: String(error.message ?? error) };
  }
}

for (const name of ['waiter', 'forgetful']) {
  const agent = remoteAgent({ url: `${url}/${name}` });
  const chat = agent.chat();
  const first = await chat.send('one');
  const turn = chat.sendStream('two');
  const pieces = [];
  for await (const chunk of turn.stream) if (chunk.text) pieces.push(chunk.text);
  const second = await turn.response;
  told[name] = {
    first: first.text,
    second: second.text,
    pieces,
    finishReason: second.finishReason,
    messages: chat.messages.map((message) => message.role),
    snapshots: [first.snapshotId, second.snapshotId],
    session: chat.sessionId,
  };
}

const waiter = remoteAgent({ url: `${url}/waiter` });
const again = await waiter.loadChat({ sessionId: told.waiter.session });
const branch = waiter.chat({ snapshotId: told.waiter.snapshots[0] });
told.resumed = {
  loaded: again.messages.map((message) => message.content[0].text),
  third: (await again.send('three')).text,
  branch: (await branch.send('other')).text,
  parent: (await waiter.getSnapshot(told.waiter.snapshots[1])).parentId,
  unknownSnapshot: await failure(waiter.getSnapshot('nobody')),
  unknownChat: await failure(waiter.chat({ snapshotId: 'nobody' }).send('x')),
};

const cook = remoteAgent({ url: `${url}/cook` });
const kitchen = cook.chat();
const made = kitchen.sendStream('soup');
const artifacts = [];
const customs = [];
for await (const chunk of made.stream) {
  if (chunk.artifact) artifacts.push(chunk.artifact.name);
  if (chunk.custom !== undefined) customs.push(structuredClone(chunk.custom));
}
await made.response;
const failed = await failure(kitchen.send('fail'));
const goesOn = (await kitchen.send('tea')).finishReason;
told.cook = {
  artifacts,
  customs,
  state: kitchen.state,
  kept: kitchen.artifacts.map((artifact) => artifact.parts[0].text),
  failed,
  goesOn,
};

const host = remoteAgent({ url: `${url}/host` });
const table = host.chat();
const waiting = await table.send('ask');
const [request] = waiting.interrupts;
const answered = await table.resume({ respond: [request.respond('by the window')] });
const confirmed = host.chat();
const [risky] = (await confirmed.send('confirm')).interrupts;
const restarted = await confirmed.resume({ restart: [risky.restart()] });
const forged = host.chat();
await forged.send('ask');
const lie = { toolResponse: { name: 'ask', ref: 'never', output: 'x' } };
told.host = {
  waiting: waiting.finishReason,
  input: request.input,
  answered: answered.text,
  restarted: restarted.text,
  forged: await failure(forged.resume({ respond: [lie] })),
};

const slow = remoteAgent({ url: `${url}/slow` });
const task = await slow.chat().detach('long');
const before = (await slow.getSnapshot(task.snapshotId)).status;
const statusBefore = await task.abort();
const ended = await task.wait({ intervalMs: 20 });
const short = await (await slow.chat().detach('short')).wait({ intervalMs: 20 });
told.slow = {
  before,
  statusBefore,
  ended: ended.status,
  short: short.status,
  said: short.state.messages.at(-1).content[0].text,
};

console.log(JSON.stringify(told));
