import { z } from "zod";

import { quantity } from "../config/quantity-schema.ts";
import { dnsLabel, map, oneOf, whole } from "../config/schema-parts.ts";

const list = <T extends z.ZodType>(item: T, what: string) =>
  z.array(item, { error: `a list of ${what}` }).min(1, { error: `a list of at least one of the ${what}` });

const profiles = list(dnsLabel("A profile of fixtures/profiles/profiles.yaml."), "profiles");
const think = quantity("duration", "Of each user, before each request.");
const iterations = whole(1, "Of each user.");
const own = { profiles: profiles.describe("Instead of the form's.").optional() };

/** What a form asks for; a test that is left out is not run. */
const formSchema = map({
  repetitions: whole(1, "Of the whole matrix, one after the other."),
  profiles,
  timeout: quantity("duration", "Until a request counts as timed out."),
  overhead: map({ iterations, think, ...own })
    .describe("Test 1: one user asks a function that does nothing.")
    .optional(),
  payload: map({ iterations, think, sizes: list(quantity("size", "Sent, and sent back."), "sizes"), ...own })
    .describe("Test 2: one user has payloads sent back.")
    .optional(),
  intensive: map({ iterations, think, ...own })
    .describe("Test 3: one user has round objects found in a picture.")
    .optional(),
  scalability: map({
    duration: quantity("duration", "Of each load."),
    think,
    users: list(whole(1, "At the same time."), "numbers of users"),
    n: list(whole(0, "Which Fibonacci number is computed, recursively; at most 40."), "numbers"),
    ...own,
  })
    .describe("Test 4: many users have a Fibonacci number computed.")
    .optional(),
  chains: map({
    iterations,
    think,
    lengths: list(whole(1, "Functions in a chain; at most 33."), "lengths"),
    by: list(oneOf(["client", "server"], "Who calls the next function."), "ends"),
    payload: quantity("size", "Handed from function to function."),
    ...own,
  })
    .describe("Test 5: one user has a payload go through a chain of functions.")
    .optional(),
});

export const matrixSchema = z.record(dnsLabel("Name of the form."), formSchema, {
  error: "a map from names to forms",
});

export type Form = z.output<typeof formSchema>;

/** JSON Schema (draft 7) of a matrix's file. */
export const matrixJsonSchema = (): object =>
  z.toJSONSchema(matrixSchema, { target: "draft-7", io: "input" });
