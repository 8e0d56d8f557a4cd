// Copyright 2026 The Genkit for Python authors
// SPDX-License-Identifier: Apache-2.0
// Plays the scenarios of generate_test.py with the JavaScript SDK, and prints what models were asked and what came out.

import { readFileSync } from 'node:fs';
import { GenkitError, z } from 'genkit';
import { genkit } from 'genkit/beta';

const SUPPORTS = {
  able: { tools: true, multiturn: true, media: true, systemRole: true, context: true, constrained: 'all' },
  plain: undefined,
  'no-tools': { tools: true, constrained: 'no-tools' },
};

function plain(value) {
  return JSON.parse(JSON.stringify(value));
}

function application(scenario, asked) {
  const ai = genkit({});
  for (const [name, supports] of Object.entries(SUPPORTS)) {
    ai.defineModel({ name, supports, apiVersion: 'v2' }, async (request, { sendChunk }) => {
      const call = asked.push(plain(request)) - 1;
      for (const chunk of scenario.chunks[call] ?? []) sendChunk(chunk);
      const answer = scenario.answers[Math.min(call, scenario.answers.length - 1)];
      if (answer.status) throw new GenkitError({ status: answer.status, message: 'told to' });
      return plain(answer);
    });
  }
  const value = z.object({ value: z.number() });
  const anything = z.any();
  const tool = (name, inputSchema, run, options = {}) =>
    ai.defineTool({ name, description: name, inputSchema, ...options }, run);
  tool('more', value, async (input) => input.value + 1);
  tool('deep/most', value, async (input) => input.value + 2);
  tool('fails', anything, async () => {
    throw new GenkitError({ status: 'PERMISSION_DENIED', message: 'told to' });
  });
  tool('asks', anything, async (input, context) =>
    context.resumed ? { resumed: context.resumed, input } : context.interrupt({ why: 1 })
  );
  tool('draws', anything, async () => ({ output: 'o', content: [{ text: 'c' }], metadata: { m: 1 } }), {
    multipart: true,
  });
  ai.defineResource({ name: 'note', uri: 'note://a' }, async () => ({
    content: [{ text: 'a' }, { text: 'b', metadata: { x: 1 } }],
  }));
  return ai;
}

// What nobody waits for when a call fails is rejected too.
process.on('unhandledRejection', () => {});

const told = {};
for (const [name, scenario] of Object.entries(JSON.parse(readFileSync(0, 'utf-8')))) {
  const asked = [];
  const chunks = [];
  const generate = await application(scenario, asked).registry.lookupAction('/util/generate');
  const options = scenario.stream ? { onChunk: (chunk) => chunks.push(plain(chunk)) } : {};
  const result = await generate(scenario.options, options).then(
    (response) => ({ response: plain(response) }),
    (error) => ({ failed: error.status ?? 'without a status' })
  );
  told[name] = { asked, chunks, ...result };
}
console.log(JSON.stringify(told));
