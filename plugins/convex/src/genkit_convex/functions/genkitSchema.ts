// Copyright 2026 The Genkit for Python authors
// SPDX-License-Identifier: Apache-2.0

// The tables that genkit.ts uses. Spread them into your schema:
//
//   export default defineSchema({ ...genkitTables, ...yourTables });
import { defineTable } from "convex/server";
import { v } from "convex/values";

// The number of dimensions of the embedder. Whoever changes it has to index all documents again.
export const DIMENSIONS = __DIMENSIONS__;

export const genkitTables = {
  genkitDocuments: defineTable({
    space: v.string(),
    key: v.string(),
    text: v.string(),
    dataType: v.string(),
    metadata: v.string(),
    parts: v.optional(v.string()),
    vector: v.id("genkitVectors"),
  })
    .index("by_space_and_key", ["space", "key"])
    .index("by_vector", ["vector"]),
  genkitVectors: defineTable({
    space: v.string(),
    vector: v.array(v.float64()),
  }).vectorIndex("by_meaning", {
    vectorField: "vector",
    dimensions: DIMENSIONS,
    filterFields: ["space"],
  }),
};
