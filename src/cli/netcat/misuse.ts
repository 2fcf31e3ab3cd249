/** The command line asks for what does not go together. */
export class Misuse extends Error {
  override readonly name = "Misuse";
}
