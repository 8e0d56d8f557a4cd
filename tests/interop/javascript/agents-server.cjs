// Copyright 2026 The Genkit for Python authors
// SPDX-License-Identifier: Apache-2.0
// Serves JavaScript agents on a free port, and prints the port.

const express = require('express');
const { expressHandler } = require('@genkit-ai/express');
const { GenkitError, InMemorySessionStore, genkit, z } = require('genkit/beta');

const ai = genkit({ model: 'echo' });

ai.defineModel({ name: 'echo', supports: { multiturn: true, tools: true } }, async (request, sendChunk) => {
  const last = request.messages.at(-1);
  const text = last.content[0].text;
  if (text === 'ask' || text === 'confirm') {
    const toolRequest = { name: text, ref: '1', input: { about: 'table' } };
    return { message: { role: 'model', content: [{ toolRequest }] }, finishReason: 'stop' };
  }
  const said = request.messages.map((message) => {
    const [part] = message.content;
    return part.toolResponse ? `tool: ${part.toolResponse.output}` : `${message.role}: ${part.text ?? '?'}`;
  });
  const pieces = said.join('; ').match(/.{1,8}/gs);
  for (const piece of pieces) sendChunk?.({ content: [{ text: piece }] });
  return { message: { role: 'model', content: [{ text: pieces.join('') }] }, finishReason: 'stop' };
});

const About = z.object({ about: z.string() });
const ask = ai.defineInterrupt({ name: 'ask', description: 'Asks.', inputSchema: About, outputSchema: z.string() });
const confirm = ai.defineTool(
  { name: 'confirm', description: 'Does it when told twice.', inputSchema: About, outputSchema: z.string() },
  async ({ about }, { interrupt, resumed }) => (resumed ? `did ${about}` : interrupt({ sure: false }))
);

const waiter = ai.defineAgent({ name: 'waiter', store: new InMemorySessionStore() });
const forgetful = ai.defineAgent({ name: 'forgetful' });
const host = ai.defineAgent({ name: 'host', tools: [ask, confirm], store: new InMemorySessionStore() });
const cook = ai.defineCustomAgent({ name: 'cook', store: new InMemorySessionStore() }, async (runner) => {
  await runner.run(async (input) => {
    const dish = input.message.content[0].text;
    if (dish === 'fail') throw new GenkitError({ status: 'NOT_FOUND', message: 'no such dish' });
    runner.updateCustom((custom) => ({ orders: [...(custom?.orders ?? []), dish] }));
    runner.addArtifacts([{ name: 'bill', parts: [{ text: `1 ${dish}` }] }]);
    runner.addMessages([{ role: 'model', content: [{ text: `One ${dish}.` }] }]);
  });
  return { message: runner.getMessages().at(-1), artifacts: runner.getArtifacts() };
});
const slow = ai.defineCustomAgent(
  { name: 'slow', store: new InMemorySessionStore() },
  async (runner, { abortSignal }) => {
    await runner.run(async (input) => {
      const wait = input.message.content[0].text === 'long' ? 60000 : 50;
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, wait);
        abortSignal?.addEventListener('abort', () => {
          clearTimeout(timer);
          resolve();
        });
      });
      runner.addMessages([{ role: 'model', content: [{ text: 'done' }] }]);
    });
    return { message: runner.getMessages().at(-1) };
  }
);

const app = express();
app.use(express.json());
for (const [name, agent] of Object.entries({ waiter, forgetful, host, cook, slow })) {
  app.post(`/${name}`, expressHandler(agent));
  app.post(`/${name}/getSnapshot`, expressHandler(agent.getSnapshotDataAction));
  app.post(`/${name}/abort`, expressHandler(agent.abortAgentAction));
}

const listening = app.listen(0, '127.0.0.1', () => console.log(listening.address().port));
