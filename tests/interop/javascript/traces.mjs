// Copyright 2026 The Genkit for Python authors
// SPDX-License-Identifier: Apache-2.0
// Runs what traces_test.py runs, with the JavaScript SDK; its spans go to the server that the environment names.

import { z } from 'genkit';
import { InMemorySessionStore, genkit } from 'genkit/beta';

const ai = genkit({});
ai.defineModel({ name: 'acme/small', apiVersion: 'v2', supports: { tools: true } }, async (request) => {
  const asks = request.tools?.length && request.messages.length === 1;
  const part = asks ? { toolRequest: { name: 'look', input: { at: 1 } } } : { text: 'done' };
  return { message: { role: 'model', content: [part] }, finishReason: 'stop' };
});
ai.defineTool({ name: 'look', description: 'looks', inputSchema: z.object({ at: z.number() }) }, async () => 'seen');
const greet = ai.definePrompt({ name: 'greet', model: 'acme/small', prompt: 'Hi {{name}}' });
const agent = ai.defineAgent({ name: 'waiter', model: 'acme/small', store: new InMemorySessionStore() });
const failing = ai.defineFlow({ name: 'failing' }, () => ai.run('step', async () => {
  throw new Error('broken');
}));
const flow = ai.defineFlow({ name: 'everything', inputSchema: z.string() }, async (said) => {
  await ai.run('count', async () => 3);
  await greet({ name: 'Ada' });
  return (await ai.generate({ model: 'acme/small', prompt: said, config: { temperature: 1 } })).text;
});

await flow('hey', { context: { auth: { uid: 'u1' }, tenant: 't' } });
await ai.generate({ model: 'acme/small', prompt: 'look', tools: ['look'], returnToolRequests: true });
await greet.render({ name: 'Bob' });
await agent.chat({ sessionId: 'table-7' }).send('one');
await failing().catch(() => {});
