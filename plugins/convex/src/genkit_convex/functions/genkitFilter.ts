// Copyright 2026 The Genkit for Python authors
// SPDX-License-Identifier: Apache-2.0

// Whether the metadata of a document meet a condition. A condition is true or false of every document: a member that is
// missing, null, an empty list or of another type meets no comparison, and so each negated one.

type Scalar = string | number | boolean;

export type Condition =
  | { all: Condition[] }
  | { any: Condition[] }
  | { path: string[]; operator: string; values: Scalar[]; negated: boolean };

export function meets(condition: Condition, metadata: unknown): boolean {
  if ("all" in condition) {
    return condition.all.every((each) => meets(each, metadata));
  }
  if ("any" in condition) {
    return condition.any.some((each) => meets(each, metadata));
  }
  const found = member(metadata, condition.path);
  return compares(condition.operator, condition.values, found) !== condition.negated;
}

function member(metadata: unknown, path: string[]): unknown {
  let found = metadata;
  for (const name of path) {
    if (typeof found !== "object" || found === null || Array.isArray(found) || !Object.hasOwn(found, name)) {
      return null;
    }
    found = (found as Record<string, unknown>)[name];
  }
  return found;
}

function compares(operator: string, values: Scalar[], found: unknown): boolean {
  if (operator === "exists") {
    return found !== null && found !== undefined && !(Array.isArray(found) && found.length === 0);
  }
  const elements: unknown[] = Array.isArray(found) ? found : [found];
  return elements.some((element) => values.some((value) => holds(operator, element, value)));
}

function holds(operator: string, found: unknown, value: Scalar): boolean {
  if (typeof found !== typeof value) {
    return false;
  }
  switch (operator) {
    case "eq":
    case "in":
      return found === value;
    case "gt":
      return order(found as Scalar, value) > 0;
    case "gte":
      return order(found as Scalar, value) >= 0;
    case "lt":
      return order(found as Scalar, value) < 0;
    case "lte":
      return order(found as Scalar, value) <= 0;
    default:
      throw new Error(`unknown operator ${operator}`);
  }
}

function order(a: Scalar, b: Scalar): number {
  if (typeof a === "string" && typeof b === "string") {
    return orderOfTexts(a, b);
  }
  return a < b ? -1 : a > b ? 1 : 0;
}

// By code points; JavaScript's own order is by halves of surrogate pairs.
function orderOfTexts(a: string, b: string): number {
  let place = 0;
  while (place < a.length && place < b.length && a.charCodeAt(place) === b.charCodeAt(place)) {
    place += 1;
  }
  if (place === a.length || place === b.length) {
    return a.length - b.length;
  }
  return rank(a.charCodeAt(place)) - rank(b.charCodeAt(place));
}

function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
