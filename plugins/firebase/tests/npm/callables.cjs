// Copyright 2026 The Genkit for Python authors
// SPDX-License-Identifier: Apache-2.0
// Calls functions with Firebase's own client, one for each line of JSON on standard input, and prints what came of it.
const readline = require('node:readline');
const { initializeApp } = require('@firebase/app');
const { connectFunctionsEmulator, getFunctions, httpsCallable, httpsCallableFromURL } = require('@firebase/functions');

const [, , address, project] = process.argv;
const { hostname, port } = new URL(address);
const app = initializeApp({ projectId: project });

// What the other parts of the client bring: tokens of somebody who is signed in, and of the application.
let tokens = {};
const { Component } = require('@firebase/component');
const register = (name, make) => app.container.addComponent(new Component(name, make, 'PRIVATE'));
register('auth-internal', () => ({ getToken: async () => tokens.auth && { accessToken: tokens.auth } }));
register('app-check-internal', () => ({ getToken: async () => ({ token: tokens.app ?? 'none' }) }));

const functions = getFunctions(app);
connectFunctionsEmulator(functions, hostname, Number(port));

const failure = (error) => ({ code: error.code, message: error.message, details: error.details ?? null });
const shown = (value) => JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? `${each}n` : each));

async function run({ name, data, stream, given, leave }) {
  tokens = given ?? {};
  const callable = name.startsWith('http') ? httpsCallableFromURL(functions, name) : httpsCallable(functions, name);
  if (!stream) {
    return { data: (await callable(data)).data };
  }
  const abort = new AbortController();
  const answered = await callable.stream(data, { signal: abort.signal });
  answered.data.catch(() => {});
  const chunks = [];
  const reading = answered.stream[Symbol.asyncIterator]();
  for (;;) {
    const { value, done } = await reading.next();
    if (done) {
      return { chunks, data: await answered.data };
    }
    chunks.push(value);
    if (leave) {
      abort.abort();
      return { chunks };
    }
  }
}

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const outcome = await run(JSON.parse(line)).catch((error) => ({ error: failure(error) }));
    console.log(shown(outcome));
  }
  process.exit(0);
}

main();
