// Copyright 2026 The Genkit for Python authors
// SPDX-License-Identifier: Apache-2.0

// What the plugin `convex` of Genkit for Python calls. All functions are internal: a call needs the deploy key.
import {
  internalActionGeneric,
  internalMutationGeneric,
  internalQueryGeneric,
  makeFunctionReference,
  type ActionBuilder,
  type DataModelFromSchemaDefinition,
  type GenericActionCtx,
  type GenericMutationCtx,
  type GenericQueryCtx,
  type MutationBuilder,
  type QueryBuilder,
  type SchemaDefinition,
} from "convex/server";
import { ConvexError, v, type GenericId } from "convex/values";
import { meets, type Condition } from "./genkitFilter";
import { DIMENSIONS, genkitTables } from "./genkitSchema";

type Model = DataModelFromSchemaDefinition<SchemaDefinition<typeof genkitTables, true>>;
type QueryCtx = GenericQueryCtx<Model>;
type MutationCtx = GenericMutationCtx<Model>;
type ActionCtx = GenericActionCtx<Model>;

const internalQuery = internalQueryGeneric as QueryBuilder<Model, "internal">;
const internalMutation = internalMutationGeneric as MutationBuilder<Model, "internal">;
const internalAction = internalActionGeneric as ActionBuilder<Model, "internal">;

const MOST_OF_INDEX = 256; // what a vector search returns at most
const PAGE = 128;
const FETCHED = 64;
const REMOVED = 64;

type Scored = { id: GenericId<"genkitDocuments">; key: string; score: number };
type Page = { found: Scored[]; cursor: string; isDone: boolean };
type Match = { key: string; text: string; dataType: string; metadata: string; parts?: string; score: number };

const pageOf = makeFunctionReference<
  "query",
  { space: string; cursor: string | null; size: number; condition?: string; vector?: number[] },
  Page
>("genkit:page");
const fetched = makeFunctionReference<"query", { wanted: { id: string; score: number }[] }, Match[]>("genkit:fetch");
const fetchedOfVectors = makeFunctionReference<"query", { wanted: { id: string; score: number }[] }, Match[]>(
  "genkit:ofVectors",
);
const removeKeys = makeFunctionReference<"mutation", { space: string; keys: string[]; condition?: string }, number>(
  "genkit:remove",
);

function checkVector(vector: number[]): void {
  if (vector.length !== DIMENSIONS) {
    throw new ConvexError({
      code: "INVALID_ARGUMENT",
      message:
        `a vector has ${vector.length} dimensions, and genkitSchema.ts says ${DIMENSIONS}. Use the embedder that the ` +
        "tables were made for, or write the functions again for this one and index all documents again",
    });
  }
}

async function stored(ctx: QueryCtx | MutationCtx, space: string, key: string) {
  return await ctx.db
    .query("genkitDocuments")
    .withIndex("by_space_and_key", (q) => q.eq("space", space).eq("key", key))
    .unique();
}

export const upsert = internalMutation({
  args: {
    space: v.string(),
    entries: v.array(
      v.object({
        key: v.string(),
        text: v.string(),
        dataType: v.string(),
        metadata: v.string(),
        parts: v.optional(v.string()),
        vector: v.array(v.float64()),
      }),
    ),
  },
  handler: async (ctx, { space, entries }) => {
    entries.forEach(({ vector }) => checkVector(vector));
    for (const { vector, ...entry } of entries) {
      const known = await stored(ctx, space, entry.key);
      if (known !== null) {
        await ctx.db.patch(known.vector, { vector });
        await ctx.db.replace(known._id, { space, ...entry, vector: known.vector });
      } else {
        const made = await ctx.db.insert("genkitVectors", { space, vector });
        await ctx.db.insert("genkitDocuments", { space, ...entry, vector: made });
      }
    }
    return entries.length;
  },
});

export const existing = internalQuery({
  args: { space: v.string(), keys: v.array(v.string()) },
  handler: async (ctx, { space, keys }) => {
    const found = await Promise.all(keys.map(async (key) => ((await stored(ctx, space, key)) === null ? [] : [key])));
    return found.flat();
  },
});

export const remove = internalMutation({
  args: { space: v.string(), keys: v.array(v.string()), condition: v.optional(v.string()) },
  handler: async (ctx, { space, keys, condition }) => {
    const read = condition === undefined ? null : (JSON.parse(condition) as Condition);
    let removed = 0;
    for (const key of keys) {
      const known = await stored(ctx, space, key);
      if (known !== null && (read === null || meets(read, JSON.parse(known.metadata)))) {
        await ctx.db.delete(known.vector);
        await ctx.db.delete(known._id);
        removed += 1;
      }
    }
    return removed;
  },
});

export const page = internalQuery({
  args: {
    space: v.string(),
    cursor: v.union(v.string(), v.null()),
    size: v.number(),
    condition: v.optional(v.string()),
    vector: v.optional(v.array(v.float64())),
  },
  handler: async (ctx, { space, cursor, size, condition, vector }): Promise<Page> => {
    const read = condition === undefined ? null : (JSON.parse(condition) as Condition);
    const result = await ctx.db
      .query("genkitDocuments")
      .withIndex("by_space_and_key", (q) => q.eq("space", space))
      .paginate({ numItems: size, cursor });
    const found: Scored[] = [];
    for (const each of result.page) {
      if (read === null || meets(read, JSON.parse(each.metadata))) {
        const own = vector === undefined ? null : await ctx.db.get(each.vector);
        const score = vector === undefined || own === null ? 0 : similarity(vector, own.vector);
        found.push({ id: each._id, key: each.key, score });
      }
    }
    return { found, cursor: result.continueCursor, isDone: result.isDone };
  },
});

export const ofVectors = internalQuery({
  args: { wanted: v.array(v.object({ id: v.id("genkitVectors"), score: v.number() })) },
  handler: async (ctx, { wanted }): Promise<Match[]> => {
    const found = await Promise.all(
      wanted.map(async ({ id, score }) => {
        const each = await ctx.db
          .query("genkitDocuments")
          .withIndex("by_vector", (q) => q.eq("vector", id))
          .unique();
        return each === null ? [] : [toMatch(each, score)];
      }),
    );
    return found.flat();
  },
});

export const fetch = internalQuery({
  args: { wanted: v.array(v.object({ id: v.id("genkitDocuments"), score: v.number() })) },
  handler: async (ctx, { wanted }): Promise<Match[]> => {
    const found = await Promise.all(wanted.map(async ({ id, score }) => ({ each: await ctx.db.get(id), score })));
    return found.flatMap(({ each, score }) => (each === null ? [] : [toMatch(each, score)]));
  },
});

export const search = internalAction({
  args: { space: v.string(), vector: v.array(v.float64()), k: v.number(), condition: v.optional(v.string()) },
  handler: async (ctx, { space, vector, k, condition }): Promise<Match[]> => {
    checkVector(vector);
    if (condition === undefined && k <= MOST_OF_INDEX) {
      const nearest = await ctx.vectorSearch("genkitVectors", "by_meaning", {
        vector,
        limit: k,
        filter: (q) => q.eq("space", space),
      });
      const wanted = nearest.map(({ _id, _score }) => ({ id: _id as string, score: _score }));
      return await inParts(wanted, (part) => ctx.runQuery(fetchedOfVectors, { wanted: part }));
    }
    let best: Scored[] = [];
    await scan(ctx, { space, condition, vector }, (found) => {
      best = [...best, ...found].sort((a, b) => b.score - a.score).slice(0, k);
    });
    const wanted = best.map(({ id, score }) => ({ id: id as string, score }));
    return await inParts(wanted, (part) => ctx.runQuery(fetched, { wanted: part }));
  },
});

export const count = internalAction({
  args: { space: v.string(), condition: v.optional(v.string()) },
  handler: async (ctx, asked): Promise<number> => {
    let counted = 0;
    await scan(ctx, asked, (found) => {
      counted += found.length;
    });
    return counted;
  },
});

export const removeMeeting = internalAction({
  args: { space: v.string(), condition: v.string() },
  handler: async (ctx, asked): Promise<number> => {
    const keys: string[] = [];
    await scan(ctx, asked, (found) => {
      keys.push(...found.map(({ key }) => key));
    });
    let removed = 0;
    for (let start = 0; start < keys.length; start += REMOVED) {
      // Each is compared once more, as it may have been replaced in the meantime.
      removed += await ctx.runMutation(removeKeys, { ...asked, keys: keys.slice(start, start + REMOVED) });
    }
    return removed;
  },
});

// Goes through all documents of a space, page by page; a page that is more than a query may read is halved.
async function scan(
  ctx: ActionCtx,
  asked: { space: string; condition?: string; vector?: number[] },
  take: (found: Scored[]) => void,
): Promise<void> {
  let cursor: string | null = null;
  let size = PAGE;
  for (;;) {
    let next: Page;
    try {
      next = await ctx.runQuery(pageOf, { ...asked, cursor, size });
    } catch (error) {
      if (size === 1) {
        throw error;
      }
      size = Math.ceil(size / 4);
      continue;
    }
    take(next.found);
    if (next.isDone) {
      return;
    }
    cursor = next.cursor;
  }
}

async function inParts<Wanted, Found>(wanted: Wanted[], ask: (part: Wanted[]) => Promise<Found[]>): Promise<Found[]> {
  const found: Found[] = [];
  let size = FETCHED;
  for (let start = 0; start < wanted.length; ) {
    try {
      found.push(...(await ask(wanted.slice(start, start + size))));
      start += size;
    } catch (error) {
      if (size === 1) {
        throw error;
      }
      size = Math.ceil(size / 4);
    }
  }
  return found;
}

function toMatch(each: Omit<Match, "score">, score: number): Match {
  const { key, text, dataType, metadata, parts } = each;
  return { key, text, dataType, metadata, score, ...(parts === undefined ? {} : { parts }) };
}

function similarity(a: number[], b: number[]): number {
  let product = 0;
  let ofA = 0;
  let ofB = 0;
  for (let n = 0; n < a.length; n += 1) {
    product += a[n] * b[n];
    ofA += a[n] * a[n];
    ofB += b[n] * b[n];
  }
  return product / (Math.sqrt(ofA) * Math.sqrt(ofB) || 1);
}
