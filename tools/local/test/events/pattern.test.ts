import assert from "node:assert/strict";
import { eventMatcher } from "../../events/pattern";
import { UserError } from "@image-resizer/lib/program";

/** What a list of one test says of values, as the EventBridge user guide's "Comparison operators" has it. */
const TABLE: readonly (readonly [test: unknown, takes: readonly unknown[], leaves: readonly unknown[]])[] = [
  ["a.jpg", ["a.jpg", ["b.jpg", "a.jpg"]], ["A.jpg", "a.jpg ", ["b.jpg"], undefined, null]],
  ["", [""], [" ", null, undefined]],
  [null, [null], ["", undefined, 0]],
  [5, [5, 5.0], ["5", 6]],
  [true, [true], ["true", false]],
  [{ exists: true }, ["", null, 0, ["a"]], [undefined, []]],
  [{ exists: false }, [undefined, []], ["", null]],
  [{ prefix: "p_1/" }, ["p_1/a.jpg", "p_1/"], ["a/p_1/", "P_1/a.jpg", undefined, 1]],
  [{ prefix: { "equals-ignore-case": "P_1/" } }, ["p_1/a", "P_1/a"], ["a/p_1/"]],
  [{ suffix: ".jpg" }, [".jpg", "a/b.jpg"], ["b.JPG", "a.jpg.png"]],
  [{ suffix: { "equals-ignore-case": ".JPG" } }, ["a.jpg", "a.JpG"], ["a.png"]],
  [{ "equals-ignore-case": "Alice" }, ["alice", "ALICE"], ["alice "]],
  [{ wildcard: "*/640w/*" }, ["p/640w/a.jpg", "/640w/", "a/b/640w/c/d"], ["640w/a.jpg", "p/640w.webp/a", "p/640w"]],
  [{ wildcard: "640w/*" }, ["640w/a/b", "640w/"], ["p/640w/a"]],
  [{ wildcard: "a.*(b" }, ["a.x(b", "a.(b", "a.\n(b"], ["axx(b"]],
  [{ wildcard: "a\\*b" }, ["a*b"], ["axb", "a\\*b"]],
  [{ wildcard: "a\\\\*" }, ["a\\", "a\\b"], ["a*"]],
  [{ "anything-but": "a" }, ["b", "", 1, ["a", "b"]], ["a", undefined, ["a"]]],
  [{ "anything-but": ["a", 1] }, ["b", "1"], ["a", 1]],
  [{ "anything-but": { prefix: "a" } }, ["b", "ba"], ["a", "ab"]],
  [{ "anything-but": { suffix: [".png", ".gif"] } }, ["a.jpg"], ["a.png", "a.gif"]],
  [{ "anything-but": { "equals-ignore-case": ["A", "b"] } }, ["c"], ["a", "B"]],
  [
    { "anything-but": { wildcard: ["*/640w/*", "640w/*"] } },
    ["p/a.jpg", "640w.jpg", "p/640w"],
    ["p/640w/a.jpg", "640w/a.jpg", "a/b/640w/c", undefined],
  ],
];

/** Patterns that are refused, and what of them the error names. */
const REFUSED: readonly (readonly [pattern: string, named: RegExp])[] = [
  ["{", /^the event pattern of the rule "r" is no JSON$/],
  ["[]", /is no JSON object/],
  ["{}", /: it is an empty object/],
  ['{"a":"b"}', /: a is neither an object nor a list/],
  ['{"a":[]}', /: a is an empty list/],
  [
    '{"detail":{"size":[{"numeric":[">",0]}]}}',
    /: detail\.size\.numeric is a test that the local stack does not serve/,
  ],
  ['{"a":[{"cidr":"10.0.0.0/8"}]}', /: a\.cidr is a test/],
  ['{"$or":[{"a":["b"]}]}', /: \$or is a test/],
  ['{"a":[{"anything-but":{"numeric":"1"}}]}', /: a\.anything-but\.numeric is a test/],
  ['{"a":[{"prefix":1}]}', /: a\.prefix is no text/],
  ['{"a":[{"exists":"yes"}]}', /: a\.exists is neither true nor false/],
  ['{"a":[{"prefix":"a","suffix":"b"}]}', /: a holds a test that is not of one name/],
  ['{"a":[{"wildcard":"a**"}]}', /: a\.wildcard has two \* in a row/],
  ['{"a":[{"wildcard":"a\\\\n"}]}', /: a\.wildcard has a backslash before/],
  ['{"a":[{"anything-but":[]}]}', /: a\.anything-but is no value/],
];

describe("event patterns", () => {
  for (const [test, takes, leaves] of TABLE) {
    it(`reads ${JSON.stringify(test)}`, () => {
      const matches = eventMatcher(JSON.stringify({ detail: { key: [test] } }), "the rule");
      for (const key of takes) assert.equal(matches({ detail: { key } }), true, JSON.stringify(key));
      for (const key of leaves) assert.equal(matches({ detail: { key } }), false, JSON.stringify(key));
    });
  }

  it("asks for every field, and for any of a field's values", () => {
    const matches = eventMatcher('{"source":["aws.s3"],"detail":{"type":["a",{"prefix":"b"}]}}', "the rule");
    assert.equal(matches({ source: "aws.s3", detail: { type: "bc" }, more: 1 }), true);
    assert.equal(matches({ source: "aws.s3", detail: { type: "c" } }), false);
    assert.equal(matches({ source: "aws.ec2", detail: { type: "a" } }), false);
    assert.equal(matches({ source: "aws.s3" }), false);
  });

  it("finds what is not there in an object that is not there either", () => {
    const matches = eventMatcher('{"detail":{"error":[{"exists":false}]}}', "the rule");
    assert.equal(matches({}), true);
    assert.equal(matches({ detail: { error: "x" } }), false);
  });

  for (const [pattern, named] of REFUSED) {
    it(`refuses ${pattern}`, () => {
      assert.throws(
        () => eventMatcher(pattern, 'the rule "r"'),
        (error) => error instanceof UserError && named.test(error.message),
      );
    });
  }
});
