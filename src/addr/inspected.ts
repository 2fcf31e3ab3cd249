/** The method by which `console.log`, and whatever else shows values to people, asks for a form of their own. */
const INSPECT: symbol = Symbol.for("nodejs.util.inspect.custom");

/** Makes the values of a class show as its name and their text, such as "Addr 192.0.2.1", and not as what they are made of. */
export function inspectedAsText(of: { readonly name: string; readonly prototype: { toString(): string } }): void {
  const { name, prototype } = of;
  Object.defineProperty(prototype, INSPECT, {
    value(this: { toString(): string }): string {
      return `${name} ${this.toString()}`;
    },
  });
}
