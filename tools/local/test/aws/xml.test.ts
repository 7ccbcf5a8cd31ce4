import assert from "node:assert/strict";
import { AwsError } from "../../aws/aws-error";
import { readTexts, xmlDocument, xmlError } from "../../aws/xml";

describe("AWS's XML", () => {
  it("reads texts with every kind of reference, and keeps white space", () => {
    const body =
      '<?xml version="1.0" encoding="UTF-8"?>\n<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
      "<Object><Key> a&amp;&lt;&gt;&quot;&apos;&#38;&#x1F600; </Key></Object><Key>b</Key><Quiet>true</Quiet></Delete>\n";
    assert.deepEqual(readTexts(body, "Delete", "Key"), [` a&<>"'&😀 `, "b"]);
    assert.deepEqual(readTexts("<Delete></Delete>", "Delete", "Key"), []);
  });

  for (const body of [
    "",
    "<Delete>",
    "<Other></Other>",
    "x<Delete></Delete>",
    "{}",
    "<Delete><Key>&#x110000;</Key></Delete>",
  ]) {
    it(`rejects ${JSON.stringify(body)}`, () => {
      assert.throws(() => readTexts(body, "Delete", "Key"), new AwsError("MalformedXML"));
    });
  }

  it("writes elements and lists, and leaves out undefined", () => {
    const written = xmlDocument("R", {
      A: "<&>\u0001",
      N: 1,
      B: false,
      L: [{ K: "1" }, { K: "2" }],
      None: undefined,
      E: [],
    });
    assert.equal(
      written,
      '<?xml version="1.0" encoding="UTF-8"?>\n<R xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
        "<A>&#60;&#38;&#62;&#1;</A><N>1</N><B>false</B><L><K>1</K></L><L><K>2</K></L></R>",
    );
    assert.equal(xmlError({ Code: "X" }), '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>X</Code></Error>');
  });
});
