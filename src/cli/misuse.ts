/** The command line is wrong: a value that cannot be read, or what does not go together. */
export class Misuse extends Error {
  override readonly name = "Misuse";
}
