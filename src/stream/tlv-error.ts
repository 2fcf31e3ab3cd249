import { UnexpectedEnd } from "./unexpected-end.ts";

/** A TLV came, of a known type that the reader did not ask for. Nothing of it was taken: it can be read as what it is. */
export class TlvWrongType extends Error {
  override readonly name = "TlvWrongType";
  /** The number of the type that came. */
  readonly type: number;

  constructor(type: number, came: string, wanted: string) {
    super(`a TLV of type ${type} (${came}) came where one of type ${wanted} was expected`);
    this.type = type;
  }
}

/** A TLV came, of a type that nobody registered. Nothing of it was taken. */
export class TlvUnknownType extends Error {
  override readonly name = "TlvUnknownType";
  readonly type: number;

  constructor(type: number) {
    super(`a TLV of type ${type} came, which is not registered; is the other side speaking this protocol?`);
    this.type = type;
  }
}

/** A TLV is longer than the limit. When it came, nothing was allocated for it and nothing of it was taken; when it was to be written, nothing was sent. */
export class TlvTooLarge extends Error {
  override readonly name = "TlvTooLarge";
  /** The length of the value in bytes, as the wire says it. */
  readonly length: number;
  readonly maxBytes: number;

  constructor(length: number, maxBytes: number) {
    super(`a TLV of ${length} bytes is longer than the limit of ${maxBytes}`);
    this.length = length;
    this.maxBytes = maxBytes;
  }
}

/** The stream ended within a TLV, in its header or its value. */
export class TlvTruncated extends UnexpectedEnd {
  override readonly name = "TlvTruncated";

  constructor(received: number, expected: number, part: "header" | "value") {
    super(received, expected, part === "header" ? "a TLV's header" : "a TLV's value");
  }
}
