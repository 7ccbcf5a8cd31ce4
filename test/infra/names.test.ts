import assert from "node:assert/strict";
import { websiteHost } from "../../infra/names";

describe("websiteHost", () => {
  for (const [region, host] of Object.entries({
    "us-east-1": "photos.s3-website-us-east-1.amazonaws.com",
    "eu-west-1": "photos.s3-website-eu-west-1.amazonaws.com",
    "sa-east-1": "photos.s3-website-sa-east-1.amazonaws.com",
    "eu-central-1": "photos.s3-website.eu-central-1.amazonaws.com",
    "us-east-2": "photos.s3-website.us-east-2.amazonaws.com",
    "ap-northeast-2": "photos.s3-website.ap-northeast-2.amazonaws.com",
    "cn-north-1": "photos.s3-website.cn-north-1.amazonaws.com.cn",
  })) {
    it(`is ${host} in ${region}`, () => {
      assert.equal(websiteHost("photos", region), host);
    });
  }
});
