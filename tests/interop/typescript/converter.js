// SPDX-License-Identifier: MIT
// A converter that knows big integers, and a codec that turns every byte around: what the server stores is not readable.
'use strict';
const {
  BinaryPayloadConverter, CompositePayloadConverter, JsonPayloadConverter, UndefinedPayloadConverter,
} = require('@temporalio/common');

const METADATA_ENCODING_KEY = 'encoding';
const utf8 = new TextEncoder();
const ENCODING = 'orrery/bigint';

class BigIntPayloadConverter {
  encodingType = ENCODING;
  toPayload(value) {
    if (typeof value !== 'bigint') return undefined;
    return { metadata: { [METADATA_ENCODING_KEY]: utf8.encode(ENCODING) }, data: utf8.encode(value.toString()) };
  }
  fromPayload(payload) {
    return BigInt(new TextDecoder().decode(payload.data));
  }
}

const payloadConverter = new CompositePayloadConverter(
  new UndefinedPayloadConverter(), new BinaryPayloadConverter(), new BigIntPayloadConverter(), new JsonPayloadConverter());

const turned = (bytes) => Uint8Array.from(bytes, (byte) => 255 - byte);

const codec = {
  async encode(payloads) {
    return payloads.map((payload) => ({
      metadata: { [METADATA_ENCODING_KEY]: utf8.encode('orrery/turned'), inner: payload.metadata[METADATA_ENCODING_KEY] },
      data: turned(payload.data ?? new Uint8Array()),
    }));
  },
  async decode(payloads) {
    return payloads.map((payload) => ({
      metadata: { [METADATA_ENCODING_KEY]: payload.metadata.inner }, data: turned(payload.data),
    }));
  },
};

module.exports = { payloadConverter, codec };
