// Copyright 2026 The Genkit for Python authors
// SPDX-License-Identifier: Apache-2.0
// Serves JavaScript flows on a free port, and prints the port.

// CommonJS, as @genkit-ai/express is: it knows no errors of the other build of `genkit`.

const express = require('express');
const { expressHandler } = require('@genkit-ai/express');
const { UserFacingError, genkit, z } = require('genkit');

const ai = genkit({});
const Order = z.object({ dish: z.string(), count: z.number().default(1) });

const cook = ai.defineFlow({ name: 'cook', inputSchema: Order }, async (order) => ({
  dishes: Array(order.count).fill(`hot ${order.dish}`),
}));

const count = ai.defineFlow(
  { name: 'count', inputSchema: z.number(), streamSchema: z.object({ number: z.number() }) },
  async (last, { sendChunk }) => {
    for (let number = 0; number < last; number += 1) sendChunk({ number });
    return `counted to ${last}`;
  }
);

const refuse = ai.defineFlow({ name: 'refuse', inputSchema: z.string() }, async (reason) => {
  throw new UserFacingError('PERMISSION_DENIED', reason, { asked: 'salt' });
});

const fail = ai.defineFlow({ name: 'fail', inputSchema: z.number() }, async (before, { sendChunk }) => {
  for (let number = 0; number < before; number += 1) sendChunk(number);
  throw new Error('a secret reason');
});

const app = express();
app.use(express.json());
const contextProvider = (request) => ({ auth: request.headers.authorization });
const whoami = ai.defineFlow({ name: 'whoami' }, async (_, { context }) => context.auth ?? null);
for (const flow of [cook, count, refuse, fail]) app.post(`/${flow.__action.name}`, expressHandler(flow));
app.post('/whoami', expressHandler(whoami, { contextProvider }));

const listening = app.listen(0, '127.0.0.1', () => console.log(listening.address().port));
