// Copyright 2026 The Genkit for Python authors
// SPDX-License-Identifier: Apache-2.0

import { defineSchema } from "convex/server";
import { genkitTables } from "./genkitSchema";

export default defineSchema({ ...genkitTables });
