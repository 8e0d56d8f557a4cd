// Copyright 2026 The Genkit for Python authors
// SPDX-License-Identifier: Apache-2.0

// Convex's HTTP API on the loopback interface, over functions that run in convex-test.
// https://docs.convex.dev/http-api
//
//   node bridge.mjs FOLDER KEY     FOLDER has genkit.js and schema.js, and leads to node_modules
import { createServer } from "node:http";
import { convexTest } from "convex-test";
import { makeFunctionReference } from "convex/server";
import { convexToJson, ConvexError, jsonToConvex } from "convex/values";

const [folder, key] = process.argv.slice(2);
const functions = await import(`${folder}/genkit.js`);
const { default: schema } = await import(`${folder}/schema.js`);
const modules = {
  "/convex/genkit.ts": async () => functions,
  "/convex/schema.ts": async () => ({ default: schema }),
  "/convex/_generated/api.js": async () => ({}),
};
let backend = convexTest(schema, modules);
let turn = Promise.resolve(); // one call after another, as a transaction is

const kinds = { query: "isQuery", mutation: "isMutation", action: "isAction" };

class Refused extends Error {
  constructor(status, code, message) {
    super(message);
    Object.assign(this, { status, code });
  }
}

async function call(kind, headers, body) {
  if (headers["content-type"] !== "application/json") {
    throw new Refused(400, "BadJsonBody", "expected JSON");
  }
  const given = headers.authorization;
  if (given !== undefined && given !== `Convex ${key}`) {
    throw new Refused(401, "BadDeployKey", "The provided deploy key was invalid for this deployment");
  }
  const { path, args, format, ...others } = JSON.parse(body);
  if (format !== "json" || Object.keys(others).length > 0 || typeof path !== "string" || Array.isArray(args)) {
    throw new Refused(400, "BadArguments", "path, args and format are expected");
  }
  const [module, name] = path.split(":");
  const found = module === "genkit" ? functions[name] : undefined;
  if (found === undefined || !found[kinds[kind]] || (found.isInternal && given === undefined)) {
    throw new Error(`Could not find public function for '${path}'. Did you forget to run \`npx convex dev\`?`);
  }
  if (Buffer.byteLength(body) > 16 * 1024 * 1024) {
    throw new Error("Function arguments are too large");
  }
  return convexToJson((await backend[kind](makeFunctionReference(path), jsonToConvex(args))) ?? null);
}

const server = createServer(async (request, response) => {
  const answer = (status, value) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(value));
  };
  const pieces = [];
  for await (const piece of request) {
    pieces.push(piece);
  }
  const kind = request.url.replace("/api/", "");
  if (request.method === "POST" && request.url === "/reset") {
    backend = convexTest(schema, modules);
    answer(200, {});
  } else if (request.method === "POST" && kind in kinds) {
    turn = turn.then(async () => {
      try {
        const value = await call(kind, request.headers, Buffer.concat(pieces).toString());
        answer(200, { status: "success", value, logLines: [] });
      } catch (error) {
        if (error instanceof Refused) {
          answer(error.status, { code: error.code, message: error.message });
        } else {
          const data = error instanceof ConvexError ? { errorData: error.data } : {};
          answer(560, { status: "error", errorMessage: String(error), ...data, logLines: [] });
        }
      }
    });
  } else {
    answer(404, { code: "NotFound", message: "no such path" });
  }
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${server.address().port}\n`));
process.stdin.resume().on("end", () => process.exit(0));
