// Copyright 2026 The Genkit for Python authors
// SPDX-License-Identifier: Apache-2.0
// Calls the flows of a Python application with the JavaScript client, and prints what came.

import { runFlow, streamFlow } from 'genkit/beta/client';

const url = process.argv[2];

// The client also rejects what nobody has asked for yet when a stream breaks off; what was asked for is looked at below.
process.on('unhandledRejection', () => {});

async function failure(promise) {
  try {
    return { result: await promise };
  } catch (error) {
    return { message: String(error.message ?? error) };
  }
}

const streamed = streamFlow({ url: `${url}/count`, input: 3 });
const chunks = [];
for await (const chunk of streamed.stream) chunks.push(chunk);

const broken = streamFlow({ url: `${url}/break_off`, input: 1 });
const interrupted = failure(broken.output);
const before = [];
const ended = await failure(
  (async () => {
    for await (const chunk of broken.stream) before.push(chunk);
  })()
);

console.log(
  JSON.stringify({
    result: await runFlow({ url: `${url}/cook`, input: { dish: 'soup', count: 2 } }),
    secured: await runFlow({
      url: `${url}/whoami`,
      input: 'x',
      headers: { Authorization: 's3cret' },
    }),
    chunks,
    output: await streamed.output,
    failed: await failure(runFlow({ url: `${url}/fail`, input: 'no salt' })),
    wrong: await failure(runFlow({ url: `${url}/cook`, input: { dish: 7 } })),
    unknown: await failure(runFlow({ url: `${url}/none`, input: 1 })),
    before,
    ended,
    interrupted: await interrupted,
  })
);
