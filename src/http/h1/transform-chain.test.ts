import { describe, expect, test } from "bun:test";
import type { BodyTransform } from "../message/index.ts";
import { TransformChain } from "./transform-chain.ts";

const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);
const text = (value: Uint8Array): string => new TextDecoder().decode(value);

/** Puts a mark behind every chunk, and another one at the end. */
function marking(mark: string): BodyTransform {
  return {
    chunk: (chunk, emit) => emit(bytes(text(chunk) + mark)),
    end: (emit) => emit(bytes(`${mark}!`)),
  };
}

function chainOf(...transforms: readonly BodyTransform[]): { readonly chain: TransformChain; readonly out: string[] } {
  const out: string[] = [];
  const chain = new TransformChain((chunk) => void out.push(text(chunk)));
  for (const transform of transforms) chain.push(transform);
  return { chain, out };
}

describe("TransformChain", () => {
  test("without transforms passes on what comes, but nothing empty", () => {
    const { chain, out } = chainOf();
    chain.write(bytes("a"));
    chain.write(bytes(""));
    chain.end();
    expect(out).toEqual(["a"]);
  });

  test("gives each chunk, and what each says at the end, to those behind it", () => {
    const { chain, out } = chainOf(marking("1"), marking("2"));
    chain.write(bytes("a"));
    chain.end();
    expect(out).toEqual(["a12", "1!2", "2!"]);
  });

  test("holds a chunk back as long as a transform does, and takes several for one", () => {
    let held = "";
    const gather: BodyTransform = {
      chunk: (chunk) => void (held += text(chunk)),
      end: (emit) => {
        emit(bytes(held));
        emit(bytes("."));
      },
    };
    const { chain, out } = chainOf(gather, marking("x"));
    chain.write(bytes("a"));
    chain.write(bytes("b"));
    expect(out).toEqual([]);
    chain.end();
    expect(out).toEqual(["abx", ".x", "x!"]);
  });
});
