// Copyright 2026 The Genkit for Python authors
// SPDX-License-Identifier: Apache-2.0
// Serves Firestore on a port until standard input ends.
const { FirestoreServer } = require('@firestore-emulator/server');

const server = new FirestoreServer();
server.start(Number(process.argv[2])).then(() => console.log('ready'));
process.stdin.on('end', () => process.exit(0)).resume();
