import { expect, test } from "bun:test";
import { Misuse } from "./misuse.ts";
import { parseSocketState } from "./socket-state.ts";

test.each([
  ["CLOSE_WAIT", "CLOSE_WAIT"],
  ["close_wait", "CLOSE_WAIT"],
  ["close-wait", "CLOSE_WAIT"],
  ["CLOSEWAIT", "CLOSE_WAIT"],
  ["Listen", "LISTEN"],
  ["fin-wait-2", "FIN_WAIT_2"],
  ["unconnected", "UNCONNECTED"],
])("%s is %s", (text, state) => {
  expect(parseSocketState(text)).toBe(state as never);
});

test.each(["CLOSED_WAIT", "", "ESTAB", "LISTEN,CLOSE_WAIT"])("%j is none", (text) => {
  expect(() => parseSocketState(text)).toThrow(Misuse);
  expect(() => parseSocketState(text)).toThrow("there are ESTABLISHED, SYN_SENT,");
});
