import assert from "node:assert/strict";
import { AwsError } from "../../aws/aws-error";
import { readElements, xmlDocument, xmlError } from "../../aws/xml";

describe("S3's XML", () => {
  it("reads elements with every kind of reference, and keeps white space", () => {
    const body =
      '<?xml version="1.0" encoding="UTF-8"?>\n<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
      "<Object><Key> a&amp;&lt;&gt;&quot;&apos;&#38;&#x1F600; </Key></Object><Object></Object><Quiet>true</Quiet></Delete>\n";
    assert.deepEqual(readElements(body, "Delete", "Object", ["Key"]), [{ Key: ` a&<>"'&😀 ` }, {}]);
    assert.deepEqual(readElements("<Delete></Delete>", "Delete", "Object", ["Key"]), []);
  });

  it("refuses another document", () => {
    for (const body of ["", "<Delete>", "<Other></Other>", "x<Delete></Delete>", "{}"]) {
      assert.throws(() => readElements(body, "Delete", "Object", ["Key"]), new AwsError("MalformedXML"));
    }
    const beyond = "<Delete><Object><Key>&#x110000;</Key></Object></Delete>";
    assert.throws(() => readElements(beyond, "Delete", "Object", ["Key"]), new AwsError("MalformedXML"));
  });

  it("writes elements, lists and nothing for what is not there", () => {
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
