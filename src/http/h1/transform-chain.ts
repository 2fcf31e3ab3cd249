import type { BodyTransform } from "../message/index.ts";

type Emit = (bytes: Uint8Array) => void;

/** Body transforms one behind the other: the first that was pushed sees the handler's bytes, the last one's output goes out. */
export class TransformChain {
  private readonly transforms: BodyTransform[] = [];
  private readonly emits: Emit[] = [];
  private readonly out: Emit;

  constructor(out: Emit) {
    this.out = out;
  }

  push(transform: BodyTransform): void {
    const at = this.transforms.length;
    this.transforms.push(transform);
    this.emits.push((bytes) => this.pass(at + 1, bytes));
  }

  write(chunk: Uint8Array): void {
    this.pass(0, chunk);
  }

  end(): void {
    for (let i = 0; i < this.transforms.length; i++) this.transforms[i]!.end(this.emits[i]!);
  }

  private pass(at: number, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const transform = this.transforms[at];
    if (transform === undefined) this.out(bytes);
    else transform.chunk(bytes, this.emits[at]!);
  }
}
