import assert from "node:assert/strict";
import { eventMatcher } from "../../events/rule";
import { UserError } from "@image-resizer/lib/program";

/** Values that a list of one test accepts, and values that it does not. (EventBridge guide, "Comparison operators") */
const TABLE: readonly (readonly [test: unknown, accepted: readonly unknown[], others: readonly unknown[]])[] = [
  ["a.jpg", ["a.jpg", ["b.jpg", "a.jpg"]], ["A.jpg", "a.jpg ", ["b.jpg"], undefined, null]],
  ["", [""], [" ", null, undefined]],
  [null, [null], ["", undefined, 0]],
  [5, [5, 5.0], ["5", 6]],
  [true, [true], ["true", false]],
  [
    { "anything-but": { wildcard: ["*/640w/*", "640w/*"] } },
    ["p/a.jpg", "640w.jpg", "p/640w", "p/640w.webp/a"],
    ["p/640w/a.jpg", "640w/a.jpg", "a/b/640w/c\nd", undefined],
  ],
  [{ "anything-but": { wildcard: ["a.*(b"] } }, ["axx(b", "a.x(b "], ["a.x(b", "a.(b"]],
];

/** Patterns that are rejected, and the problem that the error names. */
const REJECTED: readonly (readonly [pattern: string, problem: string])[] = [
  ["{", "it is no JSON"],
  ["[]", "it is no object with fields"],
  ["{}", "it is no object with fields"],
  ['{"a":"b"}', "a is no object with fields"],
  ['{"a":[]}', "a is an empty list"],
  ['{"$or":[{"a":["b"]}]}', "$or is a test that the local stack does not serve"],
  ...[
    '{"prefix":"p_1/"}',
    '{"exists":true}',
    '{"wildcard":"a*"}',
    '{"anything-but":"a"}',
    '{"anything-but":{"suffix":".png"}}',
    '{"anything-but":{"wildcard":[]}}',
    '{"anything-but":{"wildcard":["a**"]}}',
    '{"anything-but":{"wildcard":["a?"]}}',
  ].map(
    (test) =>
      [
        `{"detail":{"key":[${test}]}}`,
        `detail.key has ${test}: the local stack serves values and {"anything-but": {"wildcard": [...]}}`,
      ] as const,
  ),
];

describe("event patterns", () => {
  for (const [test, accepted, others] of TABLE) {
    it(`accept by ${JSON.stringify(test)}`, () => {
      const matches = eventMatcher(JSON.stringify({ detail: { key: [test] } }), "the rule");
      for (const key of accepted) assert.equal(matches({ detail: { key } }), true, JSON.stringify(key));
      for (const key of others) {
        assert.equal(matches({ detail: key === undefined ? {} : { key } }), false, JSON.stringify(key));
      }
    });
  }

  it("need every field, and any of a field's values", () => {
    const matches = eventMatcher('{"source":["aws.s3"],"detail":{"type":["a","b"]}}', "the rule");
    assert.equal(matches({ source: "aws.s3", detail: { type: "b" }, more: 1 }), true);
    assert.equal(matches({ source: "aws.s3", detail: { type: "c" } }), false);
    assert.equal(matches({ source: "aws.ec2", detail: { type: "a" } }), false);
    assert.equal(matches({ source: "aws.s3" }), false);
  });

  for (const [pattern, problem] of REJECTED) {
    it(`are rejected if ${problem}`, () => {
      assert.throws(
        () => eventMatcher(pattern, 'the rule "r"'),
        new UserError(`the event pattern of the rule "r" cannot be served: ${problem}`),
      );
    });
  }
});
